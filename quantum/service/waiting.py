"""Orders that wait for a compiler: stored in a blob, and returned to the queue of orders after growing pauses.

A message that waits for a busy compiler would block one of the host's few slots, and each redelivery would count as one
of its five tries. So the order is stored as `waiting/<job id>.json`, a delayed note that names it goes on the queue of
orders, and the message is completed. In this order: after any crash the message or the note is redelivered, and both
lead to one job id.
"""

import json
import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from quantum.jobs.errors import CompilerBusyError, NotFoundError
from quantum.jobs.ids import JOB_ID
from quantum.ports import Orchestrations
from quantum.service import blob_orders, queue_orders
from quantum.service.answers import encode
from quantum.service.intake import Intake
from quantum.service.uploads import id_of_blob
from quantum.storage import WAITING_CONTAINER
from quantum.telemetry import names as telemetry
from quantum.wire import codec
from quantum.wire.records import record

FIRST_PAUSE_SECONDS = 2
LONGEST_PAUSE_SECONDS = 32
LONGEST_SHORT_PAUSE_SECONDS = 4  # where all turns ahead end within seconds
LONGEST_WAIT = timedelta(days=1)
NOTE = re.compile(rf'{{"waitingOrder": "(?P<id>{JOB_ID})", "pauses": (?P<pauses>[0-9]{{1,5}})}}'.encode())


class NoCompilerError(Exception):
    """An order waited a whole day for a compiler: the host should give it up."""


@record
class WaitingOrder:
    """A waiting order: its job's id, the number of its pauses, and its stored record."""

    id: str
    pauses: int
    record: Mapping[str, Any]

    @property
    def body(self) -> Mapping[str, str]:
        """The order itself: its text in base64, or the path of its blob."""
        return {field: self.record[field] for field in ("base64", "blob") if field in self.record}

    @property
    def source(self) -> Mapping[str, str]:
        """The `source` of its job."""
        source: Mapping[str, str] = self.record["source"]
        return source


async def take_message_or_wait(
    message_id: str, text: bytes, intake: Intake, orchestrations: Orchestrations, *, delivery: int = 1
) -> None:
    """Take an order from a message's text, or the order of a note; while the compiler is busy, let it wait."""
    if NOTE.fullmatch(text) and await _take_waiting_order(text, intake, orchestrations):
        return
    id_, source = queue_orders.caller_of(message_id)
    try:
        await queue_orders.take_message(message_id, text, intake, orchestrations, delivery=delivery)
    except CompilerBusyError as busy:
        await _let_wait(id_, source, {"base64": b64encode(text).decode()}, busy, intake)
    else:
        if delivery > 1:  # it may have been stored before
            await forget(id_, intake)


async def take_blob_or_wait(path: str, intake: Intake, orchestrations: Orchestrations) -> None:
    """Take an order from a blob; while the compiler is busy, let it wait."""
    try:
        await blob_orders.take_blob(path, intake, orchestrations)
    except CompilerBusyError as busy:
        try:
            blob = await intake.services.blobs.open(path)
        except NotFoundError:  # removed meanwhile
            return
        id_ = await id_of_blob(intake.services, path, blob, "search")
        await _let_wait(id_, blob_orders.source_of(path), {"blob": path}, busy, intake)


async def enqueue_upload(path: str, id_: str, intake: Intake) -> bool:
    """Put an upload on the queue of orders, which takes or answers it.

    Returns False for an upload that waits already; if the search stored it, its note may not have been sent.
    """
    try:
        blob = await intake.services.blobs.open(_path(id_))
    except NotFoundError:
        await _store(id_, blob_orders.source_of(path), {"blob": path, "by": "search"}, intake)
    else:
        if json.loads(await blob.read()).get("by") != "search":
            return False
    await intake.services.orders.send(_note(id_, 0))
    return True


async def find_waiting_order(text: bytes, intake: Intake) -> WaitingOrder | None:
    """Return the waiting order of a note; None for another text, or if the order does not wait any more."""
    note = NOTE.fullmatch(text)
    if note is None:
        return None
    id_ = note["id"].decode()
    try:
        blob = await intake.services.blobs.open(_path(id_))
    except NotFoundError:
        return None
    return WaitingOrder(id_, int(note["pauses"]), json.loads(await blob.read()))


async def forget(job_id: str, intake: Intake) -> None:
    """Remove the record of an order that was accepted or given up."""
    await intake.services.blobs.remove(_path(job_id))


def pause_seconds(job_id: str, pauses: int, longest: int = LONGEST_PAUSE_SECONDS) -> int:
    """Return the length of a pause: longer each time, with jitter, so that orders do not collide again."""
    shortest = min(FIRST_PAUSE_SECONDS << min(pauses, 16), longest)
    return shortest + (int(job_id[:8], 16) + pauses * 7) % shortest


async def _take_waiting_order(text: bytes, intake: Intake, orchestrations: Orchestrations) -> bool:
    """Take the order of a note; return False for an unknown order."""
    order = await find_waiting_order(text, intake)
    if order is None:
        note = NOTE.fullmatch(text)
        return note is not None and await intake.services.index.find(note["id"].decode()) is not None
    try:
        await _start(order, intake, orchestrations)
    except CompilerBusyError as busy:
        since = codec.moment(order.record["since"])
        if intake.services.now() - since > LONGEST_WAIT:
            raise NoCompilerError from busy
        await _announce(order.id, order.pauses + 1, busy, intake)
        return True
    await forget(order.id, intake)
    return True


async def _start(order: WaitingOrder, intake: Intake, orchestrations: Orchestrations) -> None:
    if "blob" in order.record:
        await blob_orders.take_blob(order.record["blob"], intake, orchestrations, by="search")
    else:
        text = b64decode(order.record["base64"])
        await queue_orders.take_message(order.source["messageId"], text, intake, orchestrations)


async def _let_wait(
    id_: str, source: Mapping[str, str], body: Mapping[str, str], busy: CompilerBusyError, intake: Intake
) -> None:
    await _store(id_, source, body, intake)
    await _announce(id_, 0, busy, intake)
    telemetry.log_event(telemetry.ORDER_WAITS, {telemetry.JOB_ID: id_, telemetry.DOOR: source["door"]})


async def _store(id_: str, source: Mapping[str, str], body: Mapping[str, str], intake: Intake) -> None:
    record = {"id": id_, "source": dict(source), "since": codec.timestamp(intake.services.now()), **body}
    await intake.services.blobs.write(_path(id_), encode(record))


async def _announce(job_id: str, pauses: int, busy: CompilerBusyError, intake: Intake) -> None:
    longest = LONGEST_SHORT_PAUSE_SECONDS if busy.turns_are_short else LONGEST_PAUSE_SECONDS
    await intake.services.orders.send(_note(job_id, pauses), after=pause_seconds(job_id, pauses, longest))


def _note(job_id: str, pauses: int) -> bytes:
    return json.dumps({"waitingOrder": job_id, "pauses": pauses}).encode()


def _path(job_id: str) -> str:
    return f"{WAITING_CONTAINER}/{job_id}.json"
