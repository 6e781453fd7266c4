"""Reads why a job did not succeed, and what was wrong with its order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from quantumjobs import wire
from quantumjobs.errors import Fault, QuantumJobsError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from quantumjobs.jobs import JobView


@dataclass(frozen=True)
class JobError:
    """Why a job did not succeed; `faults` are those of the order, where it was rejected.

    `inner` are the codes and messages of the errors inside the workspace's own, from the outermost to the innermost;
    `details` those of the errors beside them.
    """

    code: str
    message: str
    faults: tuple[Fault, ...] = ()
    target: str | None = None
    inner: tuple[tuple[str, str], ...] = ()
    details: tuple[tuple[str, str], ...] = ()

    @property
    def reasons(self) -> tuple[str, ...]:
        """What is wrong, each thing once: the message, unless it only strings the faults together; then the rest."""
        faults = tuple(map(str, self.faults))
        strings_faults = bool(faults) and all(fault in self.message for fault in faults)
        causes = (": ".join(filter(None, cause)) for cause in (*self.inner, *self.details))
        return (*(() if strings_faults else (self.message,)), *faults, *causes)

    def __str__(self) -> str:
        first, *others = self.reasons
        summary = ": ".join(part for part in (self.code, first) if part)
        return "\n  ".join((summary, *others))


class JobFailedError(QuantumJobsError):
    """A job that was waited for did not succeed; `job` is its last view, `phase` how it ended, `error` why."""

    def __init__(self, job: JobView) -> None:
        called = f"{job.name} ({job.id})" if job.name else job.id
        why = f": {job.error}" if job.error else _asked_by(job)
        super().__init__(f"job {called} is {job.phase}{why}")
        self.job = job
        self.phase = job.phase
        self.error = job.error


def _asked_by(job: JobView) -> str:
    return f" (asked for by: {job.cancellation.requested_by})" if job.cancellation else ""


def read_job_error(value: object) -> JobError | None:
    """Read the `error` of a job; None where there is none."""
    raw = wire.mapping(value)
    if not raw:
        return None
    return JobError(
        wire.text(raw.get("code")) or "",
        wire.text(raw.get("message")) or "",
        read_faults(raw.get("errors")),
        wire.text(raw.get("target")),
        _causes(raw.get("innerErrors")),
        _causes(raw.get("details")),
    )


def _causes(value: object) -> tuple[tuple[str, str], ...]:
    parts = (wire.mapping(part) for part in wire.a_list(value))
    return tuple((wire.text(part.get("code")) or "", wire.text(part.get("message")) or "") for part in parts)


def read_faults(value: object) -> tuple[Fault, ...]:
    """Read the `errors` of a problem or of a job."""
    return tuple(_fault(wire.mapping(entry)) for entry in wire.a_list(value))


def _fault(raw: Mapping[str, object]) -> Fault:
    place = (wire.integer(raw.get("line")), wire.integer(raw.get("column")))
    return Fault(wire.text(raw.get("field")) or "", wire.text(raw.get("reason")) or "", *place)
