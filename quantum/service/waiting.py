"""Orders that wait for a compiler: kept in a blob, and brought back to the queue of orders after growing pauses.

A message that a busy compiler holds would hold one of the few that the host hands out at once, and each return to the
host would count as one of its five tries. So the order is kept as `waiting/<job id>.json`, a note that names it is put
on the queue of orders, to be seen later, and then the message is done with. In this order: whatever dies in between,
the message or the note comes again, and both lead to one job id.
"""

import json
import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
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
from quantum.wire import codec as wire

FIRST_PAUSE_SECONDS = 2
LONGEST_PAUSE_SECONDS = 32
LONGEST_SHORT_PAUSE_SECONDS = 4  # where those ahead are done within seconds
LONGEST_WAIT = timedelta(days=1)
NOTE = re.compile(rf'{{"waitingOrder": "(?P<id>{JOB_ID})", "pauses": (?P<pauses>[0-9]{{1,5}})}}'.encode())


class NoCompilerError(Exception):
    """No compiler had time for an order for a whole day: the host is to give it up."""


@dataclass(frozen=True)
class WaitingOrder:
    """An order that waits: the id of its job, how many pauses it has had, and all that is kept of it."""

    id: str
    pauses: int
    kept: Mapping[str, Any]

    @property
    def body(self) -> Mapping[str, str]:
        """The order itself: its text in base64, or the path of its blob."""
        return {field: self.kept[field] for field in ("base64", "blob") if field in self.kept}

    @property
    def source(self) -> Mapping[str, str]:
        """What its caller is told of where it came from."""
        source: Mapping[str, str] = self.kept["source"]
        return source


async def take_message_or_wait(
    message_id: str, text: bytes, intake: Intake, orchestrations: Orchestrations, *, delivery: int = 1
) -> None:
    """Take an order from a message's text, or one that a note names; while the compiler is busy, let it wait."""
    if NOTE.fullmatch(text) and await _take_noted(text, intake, orchestrations):
        return
    id_, source = queue_orders.caller_of(message_id)
    try:
        await queue_orders.take_message(message_id, text, intake, orchestrations, delivery=delivery)
    except CompilerBusyError as busy:
        await _let_wait(id_, source, {"base64": b64encode(text).decode()}, busy, intake)
    else:
        if delivery > 1:  # it may have been kept before
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


async def take_found(path: str, id_: str, intake: Intake) -> bool:
    """Have an upload taken that a search found, by way of the queue of orders, which tries it, or answers for it.

    One that waits already is left as it is: False. If a search kept it, its note may not have been sent.
    """
    try:
        blob = await intake.services.blobs.open(_path(id_))
    except NotFoundError:
        await _keep(id_, blob_orders.source_of(path), {"blob": path, "by": "search"}, intake)
    else:
        if json.loads(await blob.read()).get("by") != "search":
            return False
    await intake.services.orders.send(_note(id_, 0))
    return True


async def find_waiting(text: bytes, intake: Intake) -> WaitingOrder | None:
    """Find the order that a message's text is a note of; None where it is none, or the order waits no more."""
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
    """Keep an order no longer that was taken or given up."""
    await intake.services.blobs.remove(_path(job_id))


def pause_seconds(job_id: str, pauses: int, longest: int = LONGEST_PAUSE_SECONDS) -> int:
    """Say how long an order is to pause: longer each time, and not all orders alike, or they would meet again."""
    shortest = min(FIRST_PAUSE_SECONDS << min(pauses, 16), longest)
    return shortest + (int(job_id[:8], 16) + pauses * 7) % shortest


async def _take_noted(text: bytes, intake: Intake, orchestrations: Orchestrations) -> bool:
    """Take the order that a note names; False for a note of an order that nobody knows."""
    order = await find_waiting(text, intake)
    if order is None:
        note = NOTE.fullmatch(text)
        return note is not None and await intake.services.index.find(note["id"].decode()) is not None
    try:
        await _start(order, intake, orchestrations)
    except CompilerBusyError as busy:
        since = wire.moment(order.kept["since"])
        if intake.services.now() - since > LONGEST_WAIT:
            raise NoCompilerError from busy
        await _announce(order.id, order.pauses + 1, busy, intake)
        return True
    await forget(order.id, intake)
    return True


async def _start(order: WaitingOrder, intake: Intake, orchestrations: Orchestrations) -> None:
    if "blob" in order.kept:
        await blob_orders.take_blob(order.kept["blob"], intake, orchestrations, by="search")
    else:
        text = b64decode(order.kept["base64"])
        await queue_orders.take_message(order.source["messageId"], text, intake, orchestrations)


async def _let_wait(
    id_: str, source: Mapping[str, str], body: Mapping[str, str], busy: CompilerBusyError, intake: Intake
) -> None:
    await _keep(id_, source, body, intake)
    await _announce(id_, 0, busy, intake)
    telemetry.log_event(telemetry.ORDER_WAITS, {telemetry.JOB_ID: id_, telemetry.DOOR: source["door"]})


async def _keep(id_: str, source: Mapping[str, str], body: Mapping[str, str], intake: Intake) -> None:
    kept = {"id": id_, "source": dict(source), "since": wire.timestamp(intake.services.now()), **body}
    await intake.services.blobs.write(_path(id_), encode(kept))


async def _announce(job_id: str, pauses: int, busy: CompilerBusyError, intake: Intake) -> None:
    longest = LONGEST_SHORT_PAUSE_SECONDS if busy.turns_are_short else LONGEST_PAUSE_SECONDS
    await intake.services.orders.send(_note(job_id, pauses), after=pause_seconds(job_id, pauses, longest))


def _note(job_id: str, pauses: int) -> bytes:
    return json.dumps({"waitingOrder": job_id, "pauses": pauses}).encode()


def _path(job_id: str) -> str:
    return f"{WAITING_CONTAINER}/{job_id}.json"
