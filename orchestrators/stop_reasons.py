"""Why a job in the workspace should be asked to stop: its caller, its deadline, or the next target's turn."""

from datetime import datetime

from quantum.jobs.lifecycle import Phase
from quantum.jobs.model import Job
from quantum.jobs.progress import StopReason
from quantum.wire import codec as wire


def why_stop(job: Job, at: datetime) -> StopReason | None:
    """Why the job should be asked to stop now, unless it has been."""
    stopping = job.progress.stopping
    if job.cancel_requested:
        return None if stopping in {"cancel", "deadline"} else "cancel"
    if stopping:
        return None
    if job.deadline_at is not None and at >= job.deadline_at:
        return "deadline"
    end = queue_share_end(job)
    return "fallback" if end is not None and at >= end else None


def queue_share_end(job: Job) -> datetime | None:
    """When a waiting job turns to the next target.

    What was left of the time when it came to this one is shared equally between it and those that come after it.
    """
    since = job.remote.since
    if job.phase is not Phase.WAITING or job.next_target is None or job.deadline_at is None or not since:
        return None
    begun = wire.moment(since)
    return begun + (job.deadline_at - begun) / (len(job.order.targets) - job.progress.fallback)
