"""Every way in which a call can fail, each carrying its facts as attributes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Fault:
    """One thing wrong with a request; line and column count from 1, as the server gives them."""

    field: str
    reason: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        place = "" if self.line is None else f" (line {self.line}"
        if place:
            place += ")" if self.column is None else f", column {self.column})"
        return f"{self.field}{place}: {self.reason}" if self.field else f"{self.reason}{place}"


class QuantumJobsError(Exception):
    """Whatever this package raises on purpose.

    Where it leaves open whether something was taken, `idempotency_key` is what it can be sent again with, as often as
    need be, and `taken_as` the id that it has if it was taken, where the deployment told it.
    """

    idempotency_key: str | None = None
    taken_as: str | None = None


class UsageError(QuantumJobsError, ValueError):
    """What was given cannot be sent; the message names the remedy."""


class NoDeploymentError(QuantumJobsError):
    """Nobody said where the deployment is, and no local stack was found."""


class UnreachableError(QuantumJobsError):
    """No answer came from the deployment; whether a request arrived there is not known."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"no answer: {reason}")
        self.reason = reason


class UnexpectedAnswerError(QuantumJobsError):
    """Something answered, but not as the API of Durable Quantum Jobs does."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(f"unexpected answer (HTTP {status}): {detail}")
        self.status = status


class WatchTimeoutError(QuantumJobsError, TimeoutError):
    """The job or batch was not final within the time that the caller gave; it goes on."""

    def __init__(self, job_id: str, phase: str | None, what: str = "job") -> None:
        super().__init__(f"{what} {job_id} was {phase or 'unknown'} when last seen")
        self.job_id = job_id
        self.phase = phase


class MissingPackageError(QuantumJobsError, ImportError):
    """What was asked needs a package that is not installed; the message names the command that installs it."""


class VersionError(QuantumJobsError):
    """This client and the deployment are of versions that do not fit; the message says which to update."""


class ApiError(QuantumJobsError):
    """The API said no: an RFC 9457 problem, or a bare HTTP status."""

    def __init__(
        self,
        status: int,
        title: str,
        detail: str = "",
        *,
        faults: tuple[Fault, ...] = (),
        retry_after: float | None = None,
        raw: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(": ".join(part for part in (title, detail) if part))
        self.status = status
        self.title = title
        self.detail = detail
        self.faults = faults
        self.retry_after = retry_after
        self.raw: Mapping[str, object] = raw or {}

    def __str__(self) -> str:
        return "\n  ".join((self.summary, *map(str, self.faults)))

    @property
    def summary(self) -> str:
        """Say what is wrong in one line, without the faults that `str` lists below it."""
        return str(self.args[0])


class UnauthorizedError(ApiError):
    """The key is missing or wrong, nobody is signed in (401), or the principal may not do that (403)."""


class NotFoundError(ApiError):
    """There is no such job, or no such API at this address (404); or its result was removed (410)."""


class NoResultError(ApiError):
    """The job has no result, or none yet (409); `phase` says why."""

    of_batch = False  # set where the id turned out to be a batch's

    @property
    def phase(self) -> str | None:
        """Tell the job's phase, where the server gave it."""
        phase = self.raw.get("phase")
        return phase if isinstance(phase, str) else None

    def __str__(self) -> str:
        return f"{self.summary}\n  {self.reason}" if self.reason else self.summary

    @property
    def reason(self) -> str | None:
        """Tell why the job brought none, where it has failed."""
        error = self.raw.get("error")
        message = error.get("message") if isinstance(error, dict) else None
        return message if isinstance(message, str) else None


class RefusedError(ApiError):
    """What was asked is faulty; `faults` lists everything that is wrong at once (400, 413, 415, 422)."""


class UnavailableError(ApiError):
    """The deployment is busy or in trouble (408, 429, 5xx); `retry_after` is in seconds."""


BY_STATUS: dict[int, type[ApiError]] = {
    401: UnauthorizedError,
    403: UnauthorizedError,
    404: NotFoundError,
    408: UnavailableError,
    409: NoResultError,
    410: NotFoundError,
    429: UnavailableError,
    400: RefusedError,
    413: RefusedError,
    415: RefusedError,
    422: RefusedError,
}


def error_class(status: int) -> type[ApiError]:
    """Choose the error for an HTTP status."""
    return UnavailableError if status >= 500 else BY_STATUS.get(status, ApiError)
