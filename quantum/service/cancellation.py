"""Checks whether a job should stop, for its caller or its deadline, and whether its state is current.

The flag in the index decides about cancellation; a wake-up is only a hint.
"""

from dataclasses import replace
from typing import Literal

from quantum.jobs.errors import OvertakenError
from quantum.jobs.lifecycle import Phase
from quantum.jobs.model import Job
from quantum.ports import Entry, Services


def cancel_requested(entry: Entry | None) -> bool:
    """Say whether the caller requested cancellation."""
    return entry is not None and entry.job.cancel_requested


def why_stop(services: Services, job: Job, entry: Entry | None) -> Literal["cancel", "deadline"] | None:
    """Return the reason not to submit a job, `cancel` before `deadline`."""
    if cancel_requested(entry):
        return "cancel"
    return "deadline" if job.deadline_at is not None and services.now() >= job.deadline_at else None


def with_request(job: Job, entry: Entry | None) -> Job:
    """Add the caller's cancellation request and its time to an ended job, with a warning where it came too late."""
    if entry is None or not entry.job.cancel_requested:
        return job
    at = entry.job.cancel_requested_at
    return replace(job, cancel_requested=True, cancel_requested_at=at).with_late_stop()


async def require_current(services: Services, job: Job) -> Entry | None:
    """Read a job's index entry; raise OvertakenError where that is newer than this state."""
    entry = await services.index.find(job.id)
    refuse_outdated(entry, job.phase, job.progress.steps_outside)
    return entry


def refuse_outdated(entry: Entry | None, phase: Phase, steps_outside: int) -> None:
    """Raise OvertakenError where a job's index entry is newer than this state of it."""
    if entry is None:
        return
    recorded = entry.job
    newer = recorded.progress.steps_outside - steps_outside
    if newer > 0 or (newer == 0 and recorded.is_final and recorded.phase is not phase):
        raise OvertakenError(recorded)
