"""What the task hub refuses, one error each; the HTTP API gives each its status code."""


class DurableError(Exception):
    """A request to the task hub that cannot be done."""


class UnknownOrchestratorError(DurableError):
    """No orchestrator function of that name is registered."""


class InvalidInstanceIdError(DurableError):
    """An instance cannot have that id."""


class InstanceExistsError(DurableError):
    """An instance of that id is running."""


class InstanceNotFoundError(DurableError):
    """There is no instance of that id."""


class InstanceEndedError(DurableError):
    """The instance has ended and takes nothing more."""
