"""Stores the table of a batch, records its end, and sends its answer."""

from activities.activity import activity
from orchestrators.batch_messages import BatchFinished, FinishBatch
from quantum.app import App


@activity
async def finish_batch(message: FinishBatch, app: App) -> BatchFinished:
    """Finish a batch; a repeated answer has the same CloudEvents id."""
    # Imported here, since a cold start does without batches.
    from quantum.service.batch_steps import finish  # noqa: PLC0415

    phase = await finish(app.batches, message.id)
    return BatchFinished(phase.value if phase else None)
