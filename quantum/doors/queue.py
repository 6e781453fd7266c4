"""The queue door: an order in, and an answer out even for an order that cannot be run."""

from quantum.answers import answer, encode
from quantum.errors import InvalidOrderError
from quantum.intake import Intake
from quantum.model import job_id
from quantum.orders import parse_order
from quantum.ports import Orchestrations


async def start_from_queue(message_id: str, body: bytes, intake: Intake, orchestrations: Orchestrations) -> None:
    """Take an order from a message; delivered again, it is the same job."""
    id_ = job_id("queue", message_id)
    source = {"door": "queue", "messageId": message_id}
    try:
        await intake.take(parse_order(body, intake.services.limits), id_, source, orchestrations)
    except InvalidOrderError as error:
        # The claim comes first, the answer second: a message that is delivered again answers again, under the same id.
        rejected = await intake.reject(id_, source, (await intake.complete(error)).failure)
        await intake.services.answers.send(encode(answer(rejected, None)))
