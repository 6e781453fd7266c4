"""Housekeeping for batches: those whose orchestration does not run are started again, those that have ended closed."""

from typing import TYPE_CHECKING

from quantum.ports import Orchestrations, Services
from quantum.service.care import CLAIM_PATIENCE, GRACE
from quantum.wire import codec

if TYPE_CHECKING:
    from quantum.batches.model import Batch


async def look_after_batches(services: Services, orchestrations: Orchestrations) -> list[Exception]:
    """Look after every batch that is not closed; return the failures, of which none stops the others."""
    failures: list[Exception] = []
    try:
        async for batch in services.batches.open_batches():
            try:
                await _look_after(batch, services, orchestrations)
            except Exception as error:  # noqa: BLE001  # it is raised at the end of the round
                failures.append(error)
    except Exception as error:  # noqa: BLE001  # the list cannot be read now
        failures.append(error)
    return failures


async def _look_after(batch: "Batch", services: Services, orchestrations: Orchestrations) -> None:
    age = services.now() - codec.moment(batch.created_at)
    if not batch.history:  # it was listed, and not claimed
        if age > CLAIM_PATIENCE:
            await services.batches.close_batch(batch)
        return
    if batch.is_final and not batch.members:  # rejected: it never had an orchestration
        await services.batches.close_batch(batch)
        return
    state = await orchestrations.state(batch.id)
    if state == "ended":
        latest = await services.batches.find(batch.id)
        if latest and latest.is_final:
            await services.batches.close_batch(batch)
            return
    if state != "running" and age > GRACE:
        await orchestrations.start_batch(batch.id)
