"""Takes orders from messages: each is a job, or an answer that says why it cannot be run."""

from quantum.jobs.errors import InvalidOrderError
from quantum.jobs.model import job_id
from quantum.orders.read import parse_order
from quantum.ports import Orchestrations
from quantum.service.intake import Intake
from quantum.service.redeliveries import note_try
from quantum.telemetry.names import traceparent_in


async def take_message(
    message_id: str, text: bytes, intake: Intake, orchestrations: Orchestrations, *, delivery: int = 1
) -> str:
    """Take an order from a message's text and give its job's id; delivered again, it is the same job."""
    if delivery > 1:
        await note_try(intake.services, message_id, text)
    id_, source = caller_of(message_id)
    try:
        await intake.take(parse_order(text, intake.services.limits), id_, source, orchestrations)
    except InvalidOrderError as error:
        await intake.refuse(id_, source, error, traceparent_in(text))
    return id_


def caller_of(message_id: str) -> tuple[str, dict[str, str]]:
    """Give the id of a message's job, and the `source` that its caller reads."""
    return job_id("queue", message_id), {"door": "queue", "messageId": message_id}
