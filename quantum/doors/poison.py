"""Orders on which our own code failed too often: answered, kept for inspection, and played again when asked for."""

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from quantum.doors import blob as uploads
from quantum.doors import queue as messages
from quantum.doors import waiting
from quantum.jobs.errors import NotFoundError
from quantum.jobs.lifecycle import Phase
from quantum.jobs.model import Failure, Job, job_id
from quantum.ports import Orchestrations
from quantum.service.answers import answer, encode
from quantum.service.intake import POISONED as POISONED_CODE
from quantum.service.intake import Intake
from quantum.service.redeliveries import tried
from quantum.settings import POISON_CONTAINER
from quantum.telemetry import names as telemetry
from quantum.wire import codec as wire

type Caller = tuple[str, Mapping[str, str]]  # the id of a job, and where its order came from

POISONED = Failure(
    POISONED_CODE,
    "This order could not be taken, though nothing was found wrong with it: the app failed on it five times. "
    "It is kept, and an operator can have it tried again.",
)


async def answer_poison(message_id: str, body: bytes, intake: Intake) -> None:
    """Keep a message from the poison queue of orders, then tell its caller; done twice, it is the same."""
    text = messages.decoded(body)
    if order := await waiting.find_waiting(text, intake):
        unknown = (job_id("poison", message_id), order.source)
        await _keep_and_answer(message_id, order.body, [(order.id, order.source), unknown], intake)
        await waiting.forget(order.id, intake)
        return
    callers = [messages.caller_of(id_) for id_ in await tried(intake.services, text)]
    callers.append((job_id("poison", message_id), {"door": "queue"}))
    await _keep_and_answer(message_id, {"base64": b64encode(text).decode()}, callers, intake)


async def answer_poisoned_blob(message_id: str, body: bytes, intake: Intake) -> None:
    """Keep what the blob trigger gave up, by its place, then tell its caller; `body` is as the host reports it."""
    report = json.loads(messages.decoded(body))
    path = f"{report['ContainerName']}/{report['BlobName']}"
    id_, source = uploads.caller_of(path, str(report.get("ETag")).strip('"'))
    callers = [(id_, source), (job_id("poison", message_id), source)]
    await _keep_and_answer(message_id, {"blob": path}, callers, intake)


async def _keep_and_answer(
    message_id: str, order: Mapping[str, str], callers: Sequence[Caller], intake: Intake
) -> None:
    """Give an order up, and tell its caller: one of `callers`, of which the last is for one that is none of the others.

    One whose job has begun is not given up: a host that was killed again and again may have taken it all the same.
    What was rejected is told again, should that have been lost; of any other job its orchestration tells.
    """
    job = await _given_up(message_id, order, callers, intake)
    if job.phase is Phase.REJECTED:
        await intake.services.answers.send(encode(answer(job, None)))


async def _given_up(message_id: str, order: Mapping[str, str], callers: Sequence[Caller], intake: Intake) -> Job:
    *known, unknown = callers
    begun: list[Job] = []
    for caller in known:
        job = await _keep(message_id, order, caller, intake)
        if job.source.get("poisonMessageId") == message_id:
            return job
        if "poisonMessageId" not in job.source:
            begun.append(job)
    return begun[0] if begun else await _keep(message_id, order, unknown, intake)


async def _keep(message_id: str, order: Mapping[str, str], caller: Caller, intake: Intake) -> Job:
    """Keep an order and reject it under its caller's id, unless that has a job already; gives the job that it has."""
    id_, source = caller
    if entry := await intake.services.index.find(id_):
        return entry.job
    kept = {"id": id_, "messageId": message_id, "at": wire.timestamp(intake.services.now()), **order}
    await intake.services.blobs.write(_path(id_), encode(kept))
    trace = telemetry.traceparent_in(b64decode(order.get("base64", "")))
    rejected = await intake.reject(id_, {**source, "poisonMessageId": message_id}, POISONED, trace)
    entry = await intake.services.index.find(id_)  # another message with the same text may have been quicker
    return entry.job if entry else rejected


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
        replayed = await uploads.start_from_blob(kept["blob"], intake, orchestrations, replay_of=id_)
    else:
        replayed = await messages.start_from_queue(id_, b64decode(kept["base64"]), intake, orchestrations)
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
