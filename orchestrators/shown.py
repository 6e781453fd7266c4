"""The small status that the durable API shows of an orchestration: where its job is, and until when it pauses.

Housekeeping goes by that promise (`quantum.service.silence`). One that makes none is in an activity.
"""

from datetime import datetime
from typing import Any

from quantum.jobs.ids import NEXT_LOOK
from quantum.jobs.model import Job
from quantum.wire import codec as wire


def show(context: Any, job: Job, until: datetime | None = None) -> None:
    """Show where a job is; `until` is the end of the pause that begins now."""
    status: dict[str, Any] = {"phase": job.phase.value, "target": job.target, "polls": job.polls}
    if until is not None:
        status[NEXT_LOOK] = wire.timestamp(until)
    context.set_custom_status(status)
