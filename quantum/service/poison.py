"""Dead letters: orders on which the app itself failed too often are answered, stored, and replayed on request."""

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from quantum.jobs.errors import NotFoundError
from quantum.jobs.ids import is_job_id
from quantum.jobs.lifecycle import Phase
from quantum.jobs.model import Failure, Job, job_id
from quantum.orders.read import part_in_text
from quantum.ports import BlobStore, Orchestrations
from quantum.service import blob_orders, queue_orders, waiting
from quantum.service.answers import encode
from quantum.service.intake import POISONED as POISONED_CODE
from quantum.service.intake import Intake
from quantum.service.redeliveries import redelivered_ids
from quantum.service.sending import send_answer
from quantum.service.uploads import candidate_ids
from quantum.storage import POISON_CONTAINER
from quantum.telemetry import names as telemetry
from quantum.wire import codec

type Caller = tuple[str, Mapping[str, str]]  # a job's id and the source of its order

POISONED = Failure(
    POISONED_CODE,
    "This order could not be taken, though nothing was found wrong with it: the app failed on it five times. "
    "It is kept, and an operator can have it tried again.",
)


async def give_up_message(message_id: str, text: bytes, intake: Intake) -> None:
    """Store the text of a poison message, then answer its caller; idempotent."""
    if order := await waiting.find_waiting_order(text, intake):
        unknown = (job_id("poison", message_id), order.source)
        await _store_and_answer(message_id, order.body, [(order.id, order.source), unknown], intake)
        await waiting.forget(order.id, intake)
        return
    callers = [queue_orders.caller_of(id_) for id_ in await redelivered_ids(intake.services, text)]
    callers.append((job_id("poison", message_id), {"door": "queue"}))
    await _store_and_answer(message_id, {"base64": b64encode(text).decode()}, callers, intake)


async def give_up_blob(message_id: str, path: str, etag: str, intake: Intake) -> None:
    """Store the path of the upload in a poison message, then answer its caller; idempotent."""
    ids = await candidate_ids(intake.services, path, etag)
    callers = [(id_, blob_orders.source_of(path)) for id_ in (*ids, job_id("poison", message_id))]
    await _store_and_answer(message_id, {"blob": path}, callers, intake)


async def _store_and_answer(
    message_id: str, order: Mapping[str, str], callers: Sequence[Caller], intake: Intake
) -> None:
    """Give up an order and answer its caller. `callers` are the candidates; the last is the fallback.

    An order whose job has started is not given up: a host that was killed several times may have accepted it. A
    rejection is answered again, in case its answer was lost; any other job is answered by its orchestration.
    """
    for id_, _ in callers[:-1]:
        if await intake.services.batches.find(id_):  # accepted or answered as a batch
            return
    job = await _give_up(message_id, order, callers, intake)
    if job.phase is Phase.REJECTED:
        await send_answer(intake.services, job)


async def _give_up(message_id: str, order: Mapping[str, str], callers: Sequence[Caller], intake: Intake) -> Job:
    *candidates, unknown = callers
    started: list[Job] = []
    for caller in candidates:
        job = await _store(message_id, order, caller, intake)
        if job.source.get("poisonMessageId") == message_id:
            return job
        if "poisonMessageId" not in job.source or "blob" in order:  # an upload is given up once, whatever led to it
            started.append(job)
    return started[0] if started else await _store(message_id, order, unknown, intake)


async def _store(message_id: str, order: Mapping[str, str], caller: Caller, intake: Intake) -> Job:
    """Store an order and reject it under its caller's id, unless that has a job; return the job."""
    id_, source = caller
    if entry := await intake.services.index.find(id_):
        return entry.job
    order_record = {"id": id_, "messageId": message_id, "at": codec.timestamp(intake.services.now()), **order}
    await intake.services.blobs.write(_path(id_), encode(order_record))
    text = b64decode(order.get("base64", ""))
    partial = await blob_orders.part_in_blob(order["blob"], intake) if "blob" in order else part_in_text(text)
    source = {**source, "poisonMessageId": message_id}
    rejected = await intake.reject(id_, source, POISONED, telemetry.traceparent_in(text), partial)
    entry = await intake.services.index.find(id_)  # another message with the same text may have been faster
    return entry.job if entry else rejected


async def list_orders(blobs: BlobStore) -> list[Mapping[str, Any]]:
    """List the stored orders, without their bodies."""
    orders: list[Mapping[str, Any]] = []
    async for name in blobs.names(POISON_CONTAINER):
        with suppress(NotFoundError):  # replayed since the listing
            order_record = await _read(blobs, name)
            orders.append(
                {field: order_record[field] for field in ("id", "messageId", "at", "blob") if field in order_record}
            )
    return orders


async def replay(id_: str, intake: Intake, orchestrations: Orchestrations) -> str:
    """Take a stored order again, remove it from the store, and return its job's id; two replays lead to one job.

    Raises NotFoundError for an unknown id, or if the order's blob is gone.
    """
    if not is_job_id(id_):
        raise NotFoundError("This is not the id of an order.")
    order_record = await _read(intake.services.blobs, f"{id_}.json")
    if "blob" in order_record:
        job = await blob_orders.take_blob(order_record["blob"], intake, orchestrations, replay_of=id_)
    else:
        job = await queue_orders.take_message(id_, b64decode(order_record["base64"]), intake, orchestrations)
    if job is None:
        raise NotFoundError("There is no such blob.")
    await intake.services.blobs.remove(_path(id_))
    return job


async def _read(blobs: BlobStore, name: str) -> dict[str, Any]:
    blob = await blobs.open(f"{POISON_CONTAINER}/{name}")
    order_record: dict[str, Any] = json.loads(await blob.read())
    return order_record


def _path(id_: str) -> str:
    return f"{POISON_CONTAINER}/{id_}.json"
