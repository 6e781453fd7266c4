"""Checks whether a job should stop, for its caller or its deadline, and whether its state is current."""

from typing import Literal

from quantum.jobs.errors import OvertakenError
from quantum.jobs.model import Job
from quantum.ports import Entry, Services


async def cancel_requested(services: Services, job_id: str) -> bool:
    """Say whether the caller requested cancellation; the flag in the index decides, a wake-up is only a hint."""
    entry = await services.index.find(job_id)
    return entry is not None and entry.job.cancel_requested


async def why_stop(services: Services, job: Job) -> Literal["cancel", "deadline"] | None:
    """Return the reason not to submit a job, `cancel` before `deadline`; raise OvertakenError if it is outdated."""
    entry = await require_current(services, job)
    if entry is not None and entry.job.cancel_requested:
        return "cancel"
    return "deadline" if job.deadline_at is not None and services.now() >= job.deadline_at else None


async def require_current(services: Services, job: Job) -> Entry | None:
    """Read a job's index entry; raise OvertakenError where that is newer than this state."""
    entry = await services.index.find(job.id)
    if entry is not None and _is_further(entry.job, job):
        raise OvertakenError(entry.job)
    return entry


def _is_further(recorded: Job, job: Job) -> bool:
    steps = recorded.progress.steps_outside - job.progress.steps_outside
    if steps:
        return steps > 0
    return recorded.is_final and recorded.phase is not job.phase
