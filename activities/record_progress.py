"""Writes the state of a job to the job index."""

from activities.activity import activity
from orchestrators.messages import Recorded, RecordProgress
from quantum.app import App
from quantum.service.cancellation import require_current
from quantum.service.recording import record


@activity
async def record_progress(message: RecordProgress, app: App) -> Recorded:
    """Write the job's row, unless the index has a newer state: then the outcome is `overtaken`, with that state."""
    await require_current(app.services, message.job)
    await record(app.services, message.job)
    return Recorded()
