"""The whole stack on one machine: Azurite, a quantum workspace and the app, running together."""

from local.stack.endpoints import Endpoints, WorkspaceEndpoint
from local.stack.errors import PartFailedError, StackError, StackRunsAlreadyError
from local.stack.stack import Stack

__all__ = ["Endpoints", "PartFailedError", "Stack", "StackError", "StackRunsAlreadyError", "WorkspaceEndpoint"]
