"""The custom status of an orchestration in the durable API: the job's phase, and the end of the current pause.

Housekeeping relies on it (`quantum.service.stalled_orchestrations`). Without a pause, an activity is running.
"""

from datetime import datetime
from typing import Any

from quantum.jobs.ids import NEXT_LOOK
from quantum.jobs.model import Job
from quantum.wire import codec


def set_status(context: Any, job: Job, until: datetime | None = None, *, waits_for: str | None = None) -> None:
    """Publish the state of a job; `until` is the end of the pause that begins now, `waits_for` the reason for it."""
    status: dict[str, Any] = {"phase": job.phase.value, "target": job.target, "polls": job.progress.polls}
    if until is not None:
        status[NEXT_LOOK] = codec.timestamp(until)
    if waits_for is not None:
        status["waitsFor"] = waits_for
    context.set_custom_status(status)
