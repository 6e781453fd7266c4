"""The errors of the core; an activity turns a ServiceError into an outcome (`activities.activity`)."""

import json
from collections.abc import Iterable
from itertools import accumulate
from typing import Any, Self

from quantum.contract.fields import Fault
from quantum.contract.orders import Order, SubmittedOrder
from quantum.jobs.model import Failure, Job
from quantum.wire import codec

ROOM = 8 * 1024  # limit of the faults in a job's error, in bytes of JSON


class InvalidOrderError(Exception):
    """An invalid order; `faults` lists everything that is wrong with it.

    `rest` is the order without its faulty fields, where more can be checked: with its program if that has no faults.
    `partial` is what could be read of the order: lists find its job by that, and its answer goes where it says.
    """

    def __init__(
        self,
        faults: tuple[Fault, ...],
        rest: SubmittedOrder | Order | None = None,
        partial: Order | None = None,
    ) -> None:
        super().__init__("; ".join(f"{fault.field or 'order'}: {fault.reason}" for fault in faults))
        self.faults = faults
        self.rest = rest
        self.partial = partial

    def about(self, order: Order) -> Self:
        """Say which order it is, unless that is known."""
        self.partial = self.partial or order
        return self

    def with_more(self, faults: Iterable[Fault]) -> "InvalidOrderError":
        """Add faults that were found later."""
        return InvalidOrderError((*self.faults, *faults), self.rest, self.partial)

    @property
    def failure(self) -> Failure:
        """Convert to a job's error, with as many faults as fit in a queue message and a table row."""
        fitting = [
            fault for fault, end in zip(self.faults, accumulate(map(_size, self.faults)), strict=True) if end < ROOM
        ]
        return Failure("InvalidOrder", str(self)[:1000], tuple(fitting))


def _size(fault: Fault) -> int:
    return len(json.dumps(codec.to_wire(fault)))


class ConflictingOrderError(Exception):
    """An idempotency key was used again with another order."""


class ServiceError(Exception):
    """A call to a service failed; `status`, `code` and `request_id` are the service's own."""

    def __init__(
        self, message: str, *, code: str = "", status: int | None = None, request_id: str | None = None
    ) -> None:
        super().__init__(message)
        self.code = code or type(self).__name__.removesuffix("Error")
        self.status = status
        self.request_id = request_id

    @property
    def failure(self) -> Failure:
        """Convert to a job's error."""
        return Failure(self.code, str(self))


class UnknownClaimError(ServiceError):
    """The job index did not answer a claim, so the order may have been accepted, then under `job_id`."""

    def __init__(self, job_id: str, cause: ServiceError) -> None:
        super().__init__(str(cause), code=cause.code, status=cause.status, request_id=cause.request_id)
        self.job_id = job_id


class ServiceUnavailableError(ServiceError):
    """The service cannot be reached or is failing; a retry may succeed."""


class ServiceBusyError(ServiceError):
    """The service throttles us, for `retry_after` seconds where it says how long."""

    def __init__(self, message: str, *, retry_after: float | None = None, **facts: Any) -> None:
        super().__init__(message, **facts)
        self.retry_after = retry_after


class CompilerBusyError(ServiceBusyError):
    """The compiler is busy with other programs; nothing is wrong with this one.

    `turns_are_short` says that it waits only for turns that end within seconds.
    """

    def __init__(self, message: str, *, turns_are_short: bool = False, **facts: Any) -> None:
        super().__init__(message, **facts)
        self.turns_are_short = turns_are_short


class UnauthorizedError(ServiceError):
    """The service rejected our identity or our permission."""


class WorkspaceUnauthorizedError(UnauthorizedError):
    """A workspace, or the sign-in to it, rejected the profile's credential: a retry will not help.

    A job that is not submitted yet ends at once. A running job waits until somebody fixes the credential.
    """


class UnknownWorkspaceError(ServiceError):
    """The workspace profile of an accepted order does not exist any more."""


class RefusedError(ServiceError):
    """The service refused, and a retry will not help."""


class NotFoundError(ServiceError):
    """The service does not have the resource."""


class OvertakenError(ServiceError):
    """The index has a newer state of a job, `job`, than the one that a step began with."""

    def __init__(self, job: Job) -> None:
        super().__init__(f"The job has moved on: it is {job.phase.value}.")
        self.job = job
