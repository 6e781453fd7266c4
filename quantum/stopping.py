"""Whether a job that is not submitted yet should be: its caller may have cancelled, or its deadline passed."""

from quantum.model import Job
from quantum.ports import Services


async def why_stop(services: Services, job: Job) -> str | None:
    """Say `cancel` or `deadline`, or None; what the caller asked for comes first."""
    entry = await services.index.find(job.id)
    if entry is not None and entry.job.cancel_requested:
        return "cancel"
    return "deadline" if job.deadline_at is not None and services.now() >= job.deadline_at else None
