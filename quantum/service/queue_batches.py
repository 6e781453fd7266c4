"""Takes batches from queue messages and uploads: each is started, or answered with its faults."""

from collections.abc import Mapping

from quantum.batches.read import is_batch
from quantum.jobs.errors import InvalidOrderError
from quantum.orders.read import MAX_ORDER_BYTES
from quantum.ports import Blob, Orchestrations
from quantum.service.batches import Batches
from quantum.service.blob_orders import require_no_metadata
from quantum.service.intake import Intake
from quantum.service.prepare import whole
from quantum.telemetry.names import traceparent_in


async def take_batch_message(
    text: bytes, batch_id: str, source: Mapping[str, str], intake: Intake, orchestrations: Orchestrations
) -> bool:
    """Take a batch from a message's text; return False for a text that is none."""
    if not is_batch(text):
        return False
    await take_batch_text(text, batch_id, source, intake, orchestrations)
    return True


async def take_batch_text(
    text: bytes, batch_id: str, source: Mapping[str, str], intake: Intake, orchestrations: Orchestrations
) -> None:
    """Take a batch from its text, or answer it with its faults."""
    batches = Batches(intake.services, intake.targets)
    try:
        members = await batches.read(text, source["door"])
        await batches.take(members, batch_id, source, orchestrations, traceparent_in(text))
    except InvalidOrderError as error:
        await batches.refuse(batch_id, source, error)


async def take_batch_upload(
    blob: Blob, batch_id: str, source: Mapping[str, str], intake: Intake, orchestrations: Orchestrations
) -> None:
    """Take a batch from an upload, or answer it with its faults; metadata of its caller would have no effect."""
    try:
        require_no_metadata(blob, "batch")
        text = await whole(blob, MAX_ORDER_BYTES, "")
    except InvalidOrderError as error:
        await Batches(intake.services, intake.targets).refuse(batch_id, source, error)
        return
    await take_batch_text(text, batch_id, source, intake, orchestrations)
