"""Orders on which our own code failed too often: answered, kept for inspection, and played again when asked for."""

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from quantum import wire
from quantum.answers import answer, encode
from quantum.doors.queue import decoded
from quantum.errors import NotFoundError
from quantum.intake import Intake
from quantum.model import Failure, job_id
from quantum.settings import POISON_CONTAINER

POISONED = Failure(
    "Poisoned",
    "This order could not be taken, though nothing was found wrong with it: the app failed on it five times. "
    "It is kept, and an operator can have it tried again.",
)


async def answer_poison(message_id: str, body: bytes, intake: Intake) -> None:
    """Keep a message from the poison queue, then tell its caller; done twice, it is the same."""
    id_ = job_id("poison", message_id)
    services = intake.services
    at = wire.timestamp(services.now())
    kept = {"id": id_, "messageId": message_id, "at": at, "base64": b64encode(decoded(body)).decode()}
    await services.blobs.write(_path(id_), encode(kept))
    rejected = await intake.reject(id_, {"door": "queue", "poisonMessageId": message_id}, POISONED)
    await services.answers.send(encode(answer(rejected, None)))


async def list_poison(intake: Intake) -> list[Mapping[str, Any]]:
    """List what is kept, without the bodies."""
    found: list[Mapping[str, Any]] = []
    async for blob in intake.services.blobs.names(POISON_CONTAINER):
        with suppress(NotFoundError):  # it was played again since it was listed
            kept = await _read(intake, blob)
            found.append({name: kept[name] for name in ("id", "messageId", "at")})
    return found


async def replay_poison(id_: str, intake: Intake) -> Mapping[str, Any]:
    """Put an order back on the queue, then forget it; NotFoundError where none of this id is kept."""
    kept = await _read(intake, f"{id_}.json")
    await intake.services.orders.send(b64decode(kept["base64"]))
    await intake.services.blobs.remove(_path(id_))
    return {"id": id_, "replayed": True}


async def _read(intake: Intake, name: str) -> dict[str, Any]:
    blob = await intake.services.blobs.open(f"{POISON_CONTAINER}/{name}")
    kept: dict[str, Any] = json.loads(await blob.read())
    return kept


def _path(id_: str) -> str:
    return f"{POISON_CONTAINER}/{id_}.json"
