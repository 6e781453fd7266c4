"""One account of the ledger: a row of totals, and a row for each submission in the same partition.

Actions of one process are applied in rounds: while one is on its way, those that come meanwhile wait for the next,
which is one transaction for all of them. It replaces the totals on the condition that they are as they were read, so
that several processes cannot spend the same money; a round that lost reads again.
"""

import asyncio
import json
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from quantum.adapters.table_wire import Write, etag_of
from quantum.adapters.tables import Tables
from quantum.budgets.rules import Action, Applied, LedgerEntry, Refusal, Reserve, Totals, apply
from quantum.jobs.errors import ServiceBusyError
from quantum.storage import LEDGER_TABLE
from quantum.wire import codec

TOTALS, ENTRY = "totals", "entry:"
MOST_ACTIONS = 99  # with the totals as many rows as one transaction may have
ATTEMPTS = 12
LONGEST_PAUSE = 0.5

type Stored[T] = tuple[T, str | None]


@dataclass(frozen=True)
class _Request:
    action: Action
    reply: asyncio.Future[Refusal | None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class LedgerAccount:
    """The rows of one account, and the requests of this process."""

    def __init__(self, tables: Tables, key: str) -> None:
        self._tables = tables
        self._key = key
        self._waiting: list[_Request] = []
        self._rounds: asyncio.Task[None] | None = None

    async def ask(self, action: Action) -> Refusal | None:
        """Put an action into the next round, and return its refusal, if any."""
        request = _Request(action)
        self._waiting.append(request)
        if self._rounds is None or self._rounds.done():
            self._rounds = asyncio.create_task(self._serve_all())
        return await request.reply

    async def totals(self) -> Stored[Totals]:
        """Read the totals, and the ETag of their row."""
        row = await self._tables.get(LEDGER_TABLE, self._key, TOTALS)
        return (codec.from_wire(Totals, json.loads(row["data"])), etag_of(row)) if row else (Totals(), None)

    async def _serve_all(self) -> None:
        while self._waiting:
            batch, self._waiting = _first_of_each_submission(self._waiting)
            try:
                replies: Sequence[Refusal | None] = await self._serve([request.action for request in batch])
            except Exception as error:  # noqa: BLE001  # its callers receive it, whatever it is
                for request in batch:
                    if not request.reply.done():
                        request.reply.set_exception(error)
            else:
                for request, reply in zip(batch, replies, strict=True):
                    if not request.reply.done():
                        request.reply.set_result(reply)

    async def _serve(self, actions: Sequence[Action]) -> Sequence[Refusal | None]:
        for attempt in range(ATTEMPTS):
            # A reservation is mostly the first: if it is not, its insertion fails, and all entries are read.
            looked_at = {action.submission for action in actions if attempt or not isinstance(action, Reserve)}
            (totals, etag), entries = await asyncio.gather(self.totals(), self._entries(looked_at))
            steps = _apply_all(totals, actions, entries)
            if any(
                step.refusal and action.submission not in looked_at for action, step in zip(actions, steps, strict=True)
            ):
                continue  # it may have been reserved before
            if await self._write(actions, steps, entries, etag):
                return [step.refusal for step in steps]
            await asyncio.sleep(random.uniform(0, min(LONGEST_PAUSE, 0.01 * 2**attempt)))  # noqa: S311
        raise ServiceBusyError("The ledger is written by too many at once.")

    async def _entries(self, ids: Iterable[str]) -> Mapping[str, Stored[LedgerEntry]]:
        rows = await asyncio.gather(*(self._tables.get(LEDGER_TABLE, self._key, f"{ENTRY}{id_}") for id_ in ids))
        entries = [(codec.from_wire(LedgerEntry, json.loads(row["data"])), etag_of(row)) for row in rows if row]
        return {entry.submission: (entry, etag) for entry, etag in entries}

    async def _write(
        self,
        actions: Sequence[Action],
        steps: Sequence[Applied],
        entries: Mapping[str, Stored[LedgerEntry]],
        etag: str | None,
    ) -> bool:
        """Write the totals and what has changed; return False where another process was first."""
        writes = [
            self._row(f"{ENTRY}{action.submission}", step.entry, entries.get(action.submission, (None, None))[1])
            for action, step in zip(actions, steps, strict=True)
            if step.entry is not None
        ]
        if not writes:
            return True
        totals = self._row(TOTALS, steps[-1].totals, etag)
        return await self._tables.submit(LEDGER_TABLE, [totals, *writes])

    def _row(self, key: str, value: Totals | LedgerEntry, etag: str | None) -> Write:
        data = json.dumps(codec.to_wire(value), separators=(",", ":"))
        row = {"PartitionKey": self._key, "RowKey": key, "data": data}
        return Write("replace" if etag else "insert", row, etag)


def _apply_all(
    totals: Totals, actions: Sequence[Action], entries: Mapping[str, Stored[LedgerEntry]]
) -> Sequence[Applied]:
    """Apply actions one after the other."""
    steps = []
    for action in actions:
        entry, _ = entries.get(action.submission, (None, None))
        steps.append(apply(totals, entry, action))
        totals = steps[-1].totals
    return steps


def _first_of_each_submission(requests: Sequence[_Request]) -> tuple[list[_Request], list[_Request]]:
    """Split requests into a round, and those that must come after it: a transaction writes no row twice."""
    batch: list[_Request] = []
    later: list[_Request] = []
    ids: set[str] = set()
    for request in requests:
        fits = request.action.submission not in ids and len(batch) < MOST_ACTIONS
        ids.add(request.action.submission)
        (batch if fits else later).append(request)
    return batch, later
