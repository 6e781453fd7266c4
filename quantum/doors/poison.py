"""Orders on which our own code failed too often: answered, kept for inspection, and played again when asked for."""

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from quantum import telemetry, wire
from quantum.answers import answer, encode
from quantum.doors.blob import start_from_blob
from quantum.doors.queue import decoded, start_from_queue
from quantum.errors import NotFoundError
from quantum.intake import POISONED as POISONED_CODE
from quantum.intake import Intake
from quantum.model import Failure, job_id
from quantum.ports import Orchestrations
from quantum.settings import POISON_CONTAINER

POISONED = Failure(
    POISONED_CODE,
    "This order could not be taken, though nothing was found wrong with it: the app failed on it five times. "
    "It is kept, and an operator can have it tried again.",
)


async def answer_poison(message_id: str, body: bytes, intake: Intake) -> None:
    """Keep a message from the poison queue of orders, then tell its caller; done twice, it is the same."""
    order = {"base64": b64encode(decoded(body)).decode()}
    await _keep_and_answer(message_id, order, {"door": "queue"}, intake)


async def answer_poisoned_blob(message_id: str, body: bytes, intake: Intake) -> None:
    """Keep what the blob trigger gave up, by its place, then tell its caller; `body` is as the host reports it."""
    report = json.loads(decoded(body))
    blob = {"blob": f"{report['ContainerName']}/{report['BlobName']}"}
    await _keep_and_answer(message_id, blob, {"door": "blob", **blob}, intake)


async def _keep_and_answer(
    message_id: str, order: Mapping[str, str], source: Mapping[str, str], intake: Intake
) -> None:
    id_ = job_id("poison", message_id)
    services = intake.services
    kept = {"id": id_, "messageId": message_id, "at": wire.timestamp(services.now()), **order}
    await services.blobs.write(_path(id_), encode(kept))
    caller = telemetry.traceparent_in(b64decode(order.get("base64", "")))
    rejected = await intake.reject(id_, {**source, "poisonMessageId": message_id}, POISONED, caller)
    await services.answers.send(encode(answer(rejected, None)))


async def list_poison(intake: Intake) -> list[Mapping[str, Any]]:
    """List what is kept, without the bodies."""
    found: list[Mapping[str, Any]] = []
    async for name in intake.services.blobs.names(POISON_CONTAINER):
        with suppress(NotFoundError):  # it was played again since it was listed
            kept = await _read(intake, name)
            found.append({field: kept[field] for field in ("id", "messageId", "at", "blob") if field in kept})
    return found


async def replay_poison(id_: str, intake: Intake, orchestrations: Orchestrations) -> Mapping[str, Any]:
    """Take an order again, then forget that it was poisoned; asked for twice at once, it is one job.

    Raises NotFoundError where none of this id is kept, or its blob is gone.
    """
    kept = await _read(intake, f"{id_}.json")
    if "blob" in kept:
        replayed = await start_from_blob(kept["blob"], intake, orchestrations)
    else:
        replayed = await start_from_queue(id_, b64decode(kept["base64"]), intake, orchestrations)
    if replayed is None:
        raise NotFoundError("There is no such blob.")
    await intake.services.blobs.remove(_path(id_))
    return {"id": id_, "replayed": True, "job": replayed}


async def _read(intake: Intake, name: str) -> dict[str, Any]:
    blob = await intake.services.blobs.open(f"{POISON_CONTAINER}/{name}")
    kept: dict[str, Any] = json.loads(await blob.read())
    return kept


def _path(id_: str) -> str:
    return f"{POISON_CONTAINER}/{id_}.json"
