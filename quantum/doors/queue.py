"""The queue doors: orders, and the poison messages of orders that failed five times.

`host.json` passes messages on unchanged (`messageEncoding: none`): some clients send base64, as Functions' own bindings
do, others plain text, and a message that the host could not decode would never reach these doors.
"""

import json

from quantum.app import App
from quantum.ports import Orchestrations
from quantum.service import poison
from quantum.service.waiting import take_message_or_wait
from quantum.wire.encodings import from_base64, without_bom


async def start_from_queue(
    message_id: str, body: bytes, app: App, orchestrations: Orchestrations, *, delivery: int = 1
) -> None:
    """Take an order from a message, or the waiting order that the message is a note of."""
    await take_message_or_wait(message_id, decoded(body), app.intake, orchestrations, delivery=delivery)


async def answer_poison(message_id: str, body: bytes, app: App) -> None:
    """Store a message from the poison queue of orders, and answer its caller."""
    await poison.give_up_message(message_id, decoded(body), app.intake)


async def answer_poisoned_blob(message_id: str, body: bytes, app: App) -> None:
    """Store the path of an upload that failed too often, and answer its caller; `body` is the host's report."""
    report = json.loads(decoded(body))
    path = f"{report['ContainerName']}/{report['BlobName']}"
    await poison.give_up_blob(message_id, path, str(report.get("ETag")).strip('"'), app.intake)


def decoded(body: bytes) -> bytes:
    """Decode a message that is base64 or plain text; a plain order is never base64, since it begins with {."""
    body = without_bom(body)
    try:
        return from_base64(body.decode())
    except ValueError:
        return body
