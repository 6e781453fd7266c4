"""What can go wrong, in our words; an activity turns a ServiceError into an outcome (`activities.activity`)."""

import json
from itertools import accumulate
from typing import Any

from quantum.contract.fields import Fault
from quantum.contract.orders import Order, SubmittedOrder
from quantum.jobs.model import Failure, Job
from quantum.wire import codec as wire

ROOM = 8 * 1024  # bytes that the faults of a job may take as JSON


class InvalidOrderError(Exception):
    """An order that cannot be run as it is; `faults` names everything that is wrong with it.

    `rest` holds the fields in which no fault was found while the order was read, where they can be looked at further:
    with its program, or without where that has faults.
    """

    def __init__(self, faults: tuple[Fault, ...], rest: SubmittedOrder | Order | None = None) -> None:
        super().__init__("; ".join(f"{fault.field or 'order'}: {fault.reason}" for fault in faults))
        self.faults = faults
        self.rest = rest

    @property
    def failure(self) -> Failure:
        """The same, as a job's error: as many faults as a queue message and a table row have room for."""
        kept = [
            fault for fault, end in zip(self.faults, accumulate(map(_size, self.faults)), strict=True) if end < ROOM
        ]
        return Failure("InvalidOrder", str(self)[:1000], tuple(kept))


def _size(fault: Fault) -> int:
    return len(json.dumps(wire.to_wire(fault)))


class ConflictingOrderError(Exception):
    """An idempotency key was used again with another order."""


class ServiceError(Exception):
    """A service that we depend on did not do what we asked; `status`, `code` and `request_id` are its own."""

    def __init__(
        self, message: str, *, code: str = "", status: int | None = None, request_id: str | None = None
    ) -> None:
        super().__init__(message)
        self.code = code or type(self).__name__.removesuffix("Error")
        self.status = status
        self.request_id = request_id

    @property
    def failure(self) -> Failure:
        """The same, as a job's error."""
        return Failure(self.code, str(self))


class UnknownClaimError(ServiceError):
    """Whether an order was taken nobody can say: what keeps the claims gave no answer. `job_id` is its id if it was."""

    def __init__(self, job_id: str, cause: ServiceError) -> None:
        super().__init__(str(cause), code=cause.code, status=cause.status, request_id=cause.request_id)
        self.job_id = job_id


class ServiceUnavailableError(ServiceError):
    """The service cannot be reached or is failing: it may answer later."""


class ServiceBusyError(ServiceError):
    """The service asks us to slow down, for `retry_after` seconds where it says so."""

    def __init__(self, message: str, *, retry_after: float | None = None, **facts: Any) -> None:
        super().__init__(message, **facts)
        self.retry_after = retry_after


class CompilerBusyError(ServiceBusyError):
    """The compiler has no time for a program now, with which nothing is known to be wrong: others use it.

    `turns_are_short` where it waits for turns that all end within seconds.
    """

    def __init__(self, message: str, *, turns_are_short: bool = False, **facts: Any) -> None:
        super().__init__(message, **facts)
        self.turns_are_short = turns_are_short


class UnauthorizedError(ServiceError):
    """The service does not know us, or does not let us do this."""


class WorkspaceUnauthorizedError(UnauthorizedError):
    """A workspace, or the sign-in to it, says that the profile's credential is wrong: asking again will not help.

    Before anything was submitted the order ends at once. A job that runs there waits for the credential to be mended.
    """


class UnknownWorkspaceError(ServiceError):
    """No profile goes by the name that an order has; there was one when the order was taken."""


class RefusedError(ServiceError):
    """The service will not do this, however often it is asked."""


class NotFoundError(ServiceError):
    """The service has no such thing."""


class OvertakenError(ServiceError):
    """A job is further than whoever takes a step of it knows: `job` is where it is."""

    def __init__(self, job: Job) -> None:
        super().__init__(f"The job is further by now: it is {job.phase.value}.")
        self.job = job
