"""The Limiter port on Table storage: one row for each key, replaced on the condition that nobody else has.

Requests of one process are applied in rounds: while one is on its way, those that come meanwhile are collected for the
next, which is one request for all of them, since the row and its ETag are remembered. No row is locked, so that a crash
can leave none locked; a round that lost against another process reads the row again.
"""

import asyncio
import random
from base64 import b64decode, b64encode
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from math import ceil
from struct import Struct
from typing import TYPE_CHECKING
from uuid import UUID

from quantum.adapters.table_wire import Row, etag_of
from quantum.adapters.tables import Tables
from quantum.jobs.errors import ServiceBusyError
from quantum.jobs.limiter import Admitted
from quantum.jobs.places import HOLD, Candidate, Line, Round, Waiter, serve
from quantum.settings import StorageSettings
from quantum.storage import PLACES_TABLE

if TYPE_CHECKING:
    from quantum.jobs.fair_limits import FairLimits

    type Rules = Callable[[Line, Sequence[Candidate], Collection[str], float], Round]

WHAT = "The table of places"
ROW = "places"
ATTEMPTS = 12
LONGEST_PAUSE = 0.5
FRESH = 30.0  # so long after it took or renewed a place, a job that asks again needs no request
HOLDER = Struct(">16sI")  # job id, until
WAITER = Struct(
    ">16sQI?"
)  # job id, milliseconds of its creation, until, called: MAX_WAITERS fit into a column of 64 KiB


@dataclass(frozen=True)
class _Request:
    job_id: str
    taker: Candidate | None  # None: it releases
    reply: asyncio.Future[Admitted] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class AzureTablePlaces:
    """The Limiter port on Azure Table storage."""

    def __init__(
        self,
        settings: StorageSettings,
        limit: int,
        now: Callable[[], datetime],
        tables: Tables | None = None,
        limits: "FairLimits | None" = None,
    ) -> None:
        self._tables = tables or Tables(settings, WHAT)
        self._rules = _rules(limit, limits)
        self._now = now
        self._keys: dict[str, _Key] = {}

    async def take(self, key: str, candidate: Candidate) -> Admitted:
        """Take a place or renew it, or wait in line for one."""
        places = self._of(key)
        return Admitted() if places.has_just_taken(candidate) else await places.ask(candidate.job_id, candidate)

    async def release(self, key: str, job_id: str) -> Admitted:
        """Give a place or a turn back; a job that has none is no error."""
        return await self._of(key).ask(job_id, None)

    async def close(self) -> None:
        """Close the connections."""
        await self._tables.close()

    def _of(self, key: str) -> "_Key":
        if key not in self._keys:
            self._keys[key] = _Key(self._tables, key, self._rules, self._now)
        return self._keys[key]


class _Key:
    """The places of one key: its row as it was last seen, and the requests of this process."""

    def __init__(self, tables: Tables, key: str, rules: "Rules", now: Callable[[], datetime]) -> None:
        self._tables = tables
        self._key, self._rules = key, rules
        self._now = now
        self._seen: tuple[Line, str | None] | None = None
        self._waiting: list[_Request] = []
        self._rounds: asyncio.Task[None] | None = None

    def has_just_taken(self, candidate: Candidate) -> bool:
        """Say whether the job took a place or renewed it a moment ago, for the same target."""
        line = self._seen[0] if self._seen else Line()
        is_fresh = line.holders.get(candidate.job_id, 0.0) - self._now().timestamp() > HOLD - FRESH
        return is_fresh and (not line.keys or line.keys.get(candidate.job_id) == _keys_of(candidate))

    async def ask(self, job_id: str, taker: Candidate | None) -> Admitted:
        """Put a request into the next round, and return its reply."""
        request = _Request(job_id, taker)
        self._waiting.append(request)
        if self._rounds is None or self._rounds.done():
            self._rounds = asyncio.create_task(self._serve_all())
        return await request.reply

    async def _serve_all(self) -> None:
        while self._waiting:
            batch, self._waiting = _first_of_each_job(self._waiting)
            try:
                outcome = await self._serve(batch)
            except Exception as error:  # noqa: BLE001  # its callers receive it, whatever it is
                _reply(batch, error)
            else:
                called = iter((outcome.called,))  # one of the round wakes them all
                _reply(batch, (Admitted(outcome.pauses.get(each.job_id), next(called, ())) for each in batch))

    async def _serve(self, batch: Sequence[_Request]) -> Round:
        takers = [request.taker for request in batch if request.taker]
        leavers = {request.job_id for request in batch if request.taker is None}
        for attempt in range(ATTEMPTS):
            is_certain = self._seen is None
            line, etag = self._seen or await self._read()
            outcome = self._rules(line, takers, leavers, self._now().timestamp())
            if (is_certain and outcome.line == line) or await self._write(outcome.line, etag):
                return outcome
            await asyncio.sleep(random.uniform(0, min(LONGEST_PAUSE, 0.01 * 2**attempt)))  # noqa: S311
        raise ServiceBusyError(f"{WHAT} is written by too many at once.")

    async def _read(self) -> tuple[Line, str | None]:
        row = await self._tables.get(PLACES_TABLE, self._key, ROW)
        return (_unpacked(row), etag_of(row)) if row else (Line(), None)

    async def _write(self, line: Line, etag: str | None) -> bool:
        """Replace the row; return False where another process was first."""
        self._seen = None  # until an answer says that it is what we wrote
        row = {"PartitionKey": self._key, "RowKey": ROW, **_packed(line)}
        written = await self._tables.exchange(PLACES_TABLE, row, etag)
        if written is not None:
            self._seen = (line, written)
        return written is not None


def _rules(limit: int, limits: "FairLimits | None") -> "Rules":
    """Choose the rules: those of one limit alone, or with limits by key."""
    if limits is None:
        return partial(serve, limit=limit)
    from quantum.jobs.fair_places import serve_fairly  # noqa: PLC0415

    return partial(serve_fairly, limit=limit, limits=limits)


def _keys_of(candidate: Candidate) -> tuple[str, ...]:
    from quantum.jobs.fair_limits import keys_of  # noqa: PLC0415

    return keys_of(candidate.names)


def _first_of_each_job(requests: Iterable[_Request]) -> tuple[list[_Request], list[_Request]]:
    """Split requests into a round, and those of the same jobs that ask for something else and must come after it."""
    batch: list[_Request] = []
    later: list[_Request] = []
    takes: dict[str, bool] = {}
    for request in requests:
        same = takes.setdefault(request.job_id, request.taker is not None) == (request.taker is not None)
        (batch if same else later).append(request)
    return batch, later


def _reply(batch: Iterable[_Request], replies: Iterable[Admitted] | Exception) -> None:
    """Answer requests, except those whose caller has gone."""
    if isinstance(replies, Exception):
        for request in batch:
            if not request.reply.done():
                request.reply.set_exception(replies)
        return
    for request, reply in zip(batch, replies, strict=True):
        if not request.reply.done():
            request.reply.set_result(reply)


def _packed(line: Line) -> dict[str, str]:
    """Encode as two binary columns, and those of urgencies and keys where there are any; ends are rounded up."""
    holders = (HOLDER.pack(UUID(job_id).bytes, ceil(until)) for job_id, until in line.holders.items())
    waiters = (
        WAITER.pack(UUID(each.job_id).bytes, round(each.created * 1000), ceil(each.until), each.called)
        for each in line.waiters
    )
    columns = {"holders": b"".join(holders), "waiters": b"".join(waiters)}
    if line.keys or line.starts or any(each.urgency for each in line.waiters):
        from quantum.adapters.places_columns import pack  # noqa: PLC0415

        columns |= pack(line)
    return {name: value for column in columns.items() for name, value in _binary(*column)}


def _binary(name: str, content: bytes) -> Iterable[tuple[str, str]]:
    return (name, b64encode(content).decode()), (f"{name}@odata.type", "Edm.Binary")


def _unpacked(row: Row) -> Line:
    """Decode the columns of a row."""
    holders, waiters = (b64decode(row[name]) for name in ("holders", "waiters"))
    ends = {str(UUID(bytes=id_)): float(until) for id_, until in HOLDER.iter_unpack(holders)}
    line = (
        Waiter(str(UUID(bytes=id_)), created / 1000, float(until), called)
        for id_, created, until, called in WAITER.iter_unpack(waiters)
    )
    plain = Line(ends, tuple(line))
    if "urgencies" not in row:
        return plain
    from quantum.adapters.places_columns import unpack  # noqa: PLC0415

    return unpack(plain, row)
