"""Counts the members of a batch that have ended, and starts as many as its window has room for."""

from activities.activity import activity
from orchestrators.batch_messages import AdvanceBatch, BatchAdvanced
from quantum.app import App
from quantum.ports import Orchestrations


@activity
async def advance_batch(message: AdvanceBatch, app: App, orchestrations: Orchestrations) -> BatchAdvanced:
    """Advance a batch; each member that it starts is claimed first."""
    # Imported here, since a cold start does without batches.
    from quantum.service.batch_steps import advance  # noqa: PLC0415

    outcome = await advance(app.batches, message.id, orchestrations)
    return BatchAdvanced(outcome.has_ended, outcome.has_moved)
