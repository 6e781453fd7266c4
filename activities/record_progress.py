"""Writes the state of a job to the job index."""

from activities.activity import activity
from orchestrators.messages import Recorded, RecordProgress
from quantum.app import App
from quantum.service.cancellation import require_current
from quantum.telemetry import names as telemetry


@activity
async def record_progress(message: RecordProgress, app: App) -> Recorded:
    """Write the job's row, unless the index has a newer state: then the outcome is `overtaken`, with that state."""
    await require_current(app.services, message.job)
    await app.services.index.record(message.job)
    facts = telemetry.about(message.job)
    app.services.telemetry.measure(telemetry.PHASES, 1, facts)
    telemetry.log_event(telemetry.JOB_MOVED, facts)
    return Recorded()
