"""Writes to the job index where a job is."""

from activities.activity import activity
from orchestrators.messages import Recorded, RecordProgress
from quantum.app import App
from quantum.service.cancellation import not_overtaken
from quantum.telemetry import names as telemetry


@activity
async def record_progress(message: RecordProgress, app: App) -> Recorded:
    """Write the job's row over, unless the job is further: then it is `overtaken`, with the `job` as it is."""
    await not_overtaken(app.services, message.job)
    await app.services.index.record(message.job)
    facts = telemetry.about(message.job)
    app.services.telemetry.measure(telemetry.PHASES, 1, facts)
    telemetry.log_event(telemetry.JOB_MOVED, facts)
    return Recorded()
