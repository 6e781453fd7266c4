"""The queue door: an order in, and an answer out even for an order that cannot be run.

`host.json` has messages handed over as they are (`messageEncoding: none`): some clients send base64, as Functions'
own bindings do, others the plain text, and a message that the host could not decode would never reach this door.
"""

from quantum.jobs.errors import InvalidOrderError
from quantum.jobs.model import job_id
from quantum.orders.read import parse_order
from quantum.ports import Orchestrations
from quantum.service.answers import answer, encode
from quantum.service.intake import Intake
from quantum.service.redeliveries import note_try
from quantum.telemetry.names import traceparent_in
from quantum.wire.encodings import from_base64, without_mark


async def start_from_queue(
    message_id: str, body: bytes, intake: Intake, orchestrations: Orchestrations, *, delivery: int = 1
) -> str:
    """Take an order from a message and give its job's id; delivered again, it is the same job."""
    text = decoded(body)
    if delivery > 1:
        await note_try(intake.services, message_id, text)
    id_, source = caller_of(message_id)
    try:
        await intake.take(parse_order(text, intake.services.limits), id_, source, orchestrations)
    except InvalidOrderError as error:
        # The claim comes first, the answer second: a message that is delivered again answers again, under the same id.
        rejected = await intake.reject(id_, source, (await intake.complete(error)).failure, traceparent_in(text))
        await intake.services.answers.send(encode(answer(rejected, None)))
    return id_


def caller_of(message_id: str) -> tuple[str, dict[str, str]]:
    """Give the id of a message's job, and what its caller is told of where it came from."""
    return job_id("queue", message_id), {"door": "queue", "messageId": message_id}


def decoded(body: bytes) -> bytes:
    """Read a message that is base64, or plain text; an order in plain text is never base64, since it begins with {."""
    body = without_mark(body)
    try:
        return from_base64(body.decode())
    except ValueError:
        return body
