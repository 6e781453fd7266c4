"""Whether a job should stop, as its caller may have asked or its deadline says, or is further than is known here."""

from typing import Literal

from quantum.jobs.errors import OvertakenError
from quantum.jobs.model import Job
from quantum.ports import Entry, Services


async def cancel_requested(services: Services, job_id: str) -> bool:
    """Whether the caller has asked to cancel; the flag in the index is the truth, a wake-up only a hint."""
    entry = await services.index.find(job_id)
    return entry is not None and entry.job.cancel_requested


async def why_stop(services: Services, job: Job) -> Literal["cancel", "deadline"] | None:
    """Why a job that is not submitted yet should not be: `cancel` or `deadline`; what the caller asked for is first.

    Raises OvertakenError.
    """
    entry = await not_overtaken(services, job)
    if entry is not None and entry.job.cancel_requested:
        return "cancel"
    return "deadline" if job.deadline_at is not None and services.now() >= job.deadline_at else None


async def not_overtaken(services: Services, job: Job) -> Entry | None:
    """Read what the index has of a job; OvertakenError where that is further than this account of it."""
    entry = await services.index.find(job.id)
    if entry is not None and _is_further(entry.job, job):
        raise OvertakenError(entry.job)
    return entry


def _is_further(known: Job, job: Job) -> bool:
    steps = known.progress.steps_outside - job.progress.steps_outside
    if steps:
        return steps > 0
    return known.is_final and known.phase is not job.phase
