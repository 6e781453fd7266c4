"""Whether a job should stop: its caller may have asked for that, or its deadline may have passed."""

from quantum.model import Job
from quantum.ports import Services


async def cancel_requested(services: Services, job_id: str) -> bool:
    """Whether the caller has asked to cancel; the flag in the index is the truth, a wake-up only a hint."""
    entry = await services.index.find(job_id)
    return entry is not None and entry.job.cancel_requested


async def why_stop(services: Services, job: Job) -> str | None:
    """Why a job that is not submitted yet should not be: `cancel` or `deadline`; what the caller asked for is first."""
    if await cancel_requested(services, job.id):
        return "cancel"
    return "deadline" if job.deadline_at is not None and services.now() >= job.deadline_at else None
