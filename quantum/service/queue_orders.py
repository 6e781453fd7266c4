"""Takes orders from queue messages: each leads to a job, or to an answer with its faults."""

from quantum.jobs.errors import InvalidOrderError
from quantum.jobs.model import job_id
from quantum.orders.read import parse_order
from quantum.ports import Orchestrations
from quantum.service.intake import Intake
from quantum.service.redeliveries import note_redelivery
from quantum.telemetry.names import traceparent_in


async def take_message(
    message_id: str, text: bytes, intake: Intake, orchestrations: Orchestrations, *, delivery: int = 1
) -> str:
    """Take an order from a message's text and return its job's id; a redelivery leads to the same job."""
    if delivery > 1:
        await note_redelivery(intake.services, message_id, text)
    id_, source = caller_of(message_id)
    if names_kind(text):
        from quantum.service.queue_batches import take_batch_message  # noqa: PLC0415  # orders do without batches

        if await take_batch_message(text, id_, source, intake, orchestrations):
            return id_
    try:
        await intake.take(parse_order(text, intake.services.limits), id_, source, orchestrations)
    except InvalidOrderError as error:
        await intake.refuse(id_, source, error, traceparent_in(text))
    return id_


def names_kind(text: bytes) -> bool:
    """Say whether a message may be something else than an order."""
    return b'"kind"' in text


def caller_of(message_id: str) -> tuple[str, dict[str, str]]:
    """Return the id of a message's job, and its `source`."""
    return job_id("queue", message_id), {"door": "queue", "messageId": message_id}
