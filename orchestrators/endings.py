"""How a job ends that the workspace does not end: rejected, failed, cancelled or expired."""

from dataclasses import replace
from typing import Any, assert_never

from orchestrators.messages import (
    AnyFailure,
    Broken,
    Busy,
    LockedOut,
    Missing,
    NotSubmitted,
    Refused,
    Unauthorized,
    Unavailable,
)
from quantum.jobs.lifecycle import Phase
from quantum.jobs.model import Failure, Job


def end_unsubmitted(context: Any, job: Job, outcome: NotSubmitted | AnyFailure) -> Job:
    """End a job that was not submitted."""
    match outcome:
        case NotSubmitted():
            return end(context, job, Phase.EXPIRED if outcome.why == "deadline" else Phase.CANCELLED)
        case Refused() | Unauthorized() | LockedOut():
            return end(context, job, Phase.REJECTED, outcome.error)
        case Busy() | Unavailable() | Missing() | Broken():
            return end(context, job, Phase.FAILED, outcome.error)
        case _:
            assert_never(outcome)


def end(context: Any, job: Job, phase: Phase, error: Failure | None = None) -> Job:
    """End the job, with its error where there is one."""
    return replace(job.moved_to(phase, context.current_utc_datetime), error=error)
