"""Counts the members of a batch that have ended, and starts as many as its window has room for."""

from activities.activity import activity
from orchestrators.batch_messages import AdvanceBatch, BatchAdvanced
from quantum import wiring
from quantum.app import App


@activity
async def advance_batch(message: AdvanceBatch, app: App) -> BatchAdvanced:
    """Advance a batch; `function_app` connects the durable engine that starts its members."""
    # Imported here, since a cold start does without batches.
    from quantum.service.batch_steps import advance  # noqa: PLC0415

    outcome = await advance(app.batches, message.id, wiring.engine())
    return BatchAdvanced(outcome.has_ended, outcome.has_moved)
