"""The reasons to stop a remote job: its caller's request, its deadline, or a fallback to the next target."""

from datetime import datetime

from quantum.jobs.lifecycle import Phase
from quantum.jobs.model import Job
from quantum.jobs.progress import StopReason
from quantum.wire import codec


def why_stop(job: Job, at: datetime) -> StopReason | None:
    """Return the reason to stop the job now, or None; each reason applies once."""
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
    """Return the moment when a waiting job falls back to the next target.

    The time that remained at submission is shared equally between this target and those after it.
    """
    since = job.remote.since
    if job.phase is not Phase.WAITING or job.next_target is None or job.deadline_at is None or not since:
        return None
    submitted_at = codec.moment(since)
    return submitted_at + (job.deadline_at - submitted_at) / (len(job.order.targets) - job.progress.fallback)
