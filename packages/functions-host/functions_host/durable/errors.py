"""The errors of the task hub; the HTTP API maps each to a status code."""


class DurableError(Exception):
    """The task hub refuses a request."""


class UnknownOrchestratorError(DurableError):
    """No orchestrator function of that name is registered."""


class InvalidInstanceIdError(DurableError):
    """An instance cannot have that id."""


class InstanceExistsError(DurableError):
    """An instance of that id is running."""


class InstanceNotFoundError(DurableError):
    """There is no instance of that id."""


class InstanceEndedError(DurableError):
    """The instance has ended and accepts no events."""
