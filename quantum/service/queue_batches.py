"""Takes batches from queue messages: each is started, or answered with its faults."""

from collections.abc import Mapping

from quantum.batches.read import is_batch, parse_batch
from quantum.jobs.errors import InvalidOrderError
from quantum.ports import Orchestrations
from quantum.service.batches import Batches
from quantum.service.intake import Intake
from quantum.telemetry.names import traceparent_in


async def take_batch_message(
    text: bytes, batch_id: str, source: Mapping[str, str], intake: Intake, orchestrations: Orchestrations
) -> bool:
    """Take a batch from a message's text; return False for a text that is none."""
    if not is_batch(text):
        return False
    batches = Batches(intake.services, intake.targets)
    try:
        members = parse_batch(text, intake.services.limits)
        await batches.take(members, batch_id, source, orchestrations, traceparent_in(text))
    except InvalidOrderError as error:
        await batches.refuse(batch_id, source, error)
    return True
