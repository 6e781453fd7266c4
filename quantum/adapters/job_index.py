"""The job index in Table storage: rows to find a job by its id, to list jobs, and to look after those under way.

Rows of partition `id:<job id>` are the claims, and the truth. A table of one partition has a marker for each job that
may not have ended, and the rows that lists read of it; one transaction writes them all, and the marker says which they
are. Closing a job moves its rows to tables of those that have ended, by one request a row, away from any caller.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any

from azure.core import MatchConditions
from azure.core.exceptions import DecodeError, HttpResponseError, ResourceExistsError, ResourceNotFoundError
from azure.data.tables import UpdateMode
from azure.data.tables.aio import TableClient

from quantum.adapters.list_rows import (
    OPEN,
    OPEN_TABLE,
    SHOWN,
    content,
    ended_range,
    ended_rows,
    open_range,
    open_rows,
    place_in,
    table_of,
)
from quantum.adapters.tables import Tables, answered, make
from quantum.errors import ServiceBusyError
from quantum.lists import Listing
from quantum.model import Job
from quantum.ports import Entry
from quantum.settings import JOBS_TABLE, StorageSettings

FORMER = ("newest", "open")  # where a former version kept the rows of its list, and its markers
REFILED_AT_ONCE = 100
UUID_LENGTH = 36
AT_ONCE = 8
REMEMBERED = 10_000
LOST_RACES = frozenset({404, 409, 412})
RACES = 5


@dataclass(frozen=True)
class Marker:
    """What the open partition says of a job: the rows that it has there; no ETag where it is not there."""

    etag: str | None = None
    rows: tuple[str, ...] = ()


class AzureTableJobIndex:
    """The JobIndex port on Azure Table storage."""

    def __init__(self, settings: StorageSettings, tables: Tables | None = None) -> None:
        self._tables = tables or Tables(settings)
        self._table = self._tables.named(JOBS_TABLE)
        self._open = self._tables.named(OPEN_TABLE)
        self._shown: dict[str, Marker] = {}  # as last written here; its ETag tells where somebody else wrote since

    async def claim(self, job: Job, digest: str) -> bool:
        """Insert a job that is not there yet; False where the id is taken."""
        with answered():
            # Before the claim: housekeeping must find what was claimed and not started, or not listed.
            marked = await self._tables.upsert(self._open, _mark(job.id) | _workspace(job))
            try:
                await self._tables.insert(self._table, _keys(job.id) | content(job) | {"digest": digest})
            except ResourceExistsError:
                return False
            await self._show(job, Marker(marked))
            return True

    async def find(self, job_id: str) -> Entry | None:
        """Read a job, with `cancel_requested` as last asked."""
        with answered():
            row = await self._read(self._table, f"id:{job_id}", "job")
        return Entry(_job(row), str(row.get("digest", ""))) if row else None

    async def record(self, job: Job) -> None:
        """Write where a job is now, for those who look it up and for lists."""
        with answered():
            marker = self._shown.pop(job.id, None) or await self._marker(job.id)
            truth = self._tables.upsert(self._table, _keys(job.id) | content(job))
            await asyncio.gather(truth, self._show(job, marker))

    async def request_cancel(self, job_id: str, at: str) -> None:
        """Note that the caller wants the job cancelled, and when that was, in columns that `record` never writes."""
        asked = {"cancelRequested": True, "cancelRequestedAt": at}
        with answered():
            await self._table.update_entity(_keys(job_id) | asked, mode=UpdateMode.MERGE)

    async def open_ids(self, workspace: str | None = None) -> AsyncIterator[str]:
        """List the ids that may belong to jobs that have not ended, of one workspace or all; never fewer than those."""
        query, values = "PartitionKey eq @partition and RowKey lt @end", {"partition": OPEN, "end": SHOWN}
        if workspace is not None:
            query, values = f"{query} and workspace eq @workspace", values | {"workspace": workspace}
        with answered():
            async for row in self._tables.rows(self._open, query, values):
                yield str(row["RowKey"])

    async def close_id(self, job_id: str) -> None:
        """Take the id of a job that has ended, or was never claimed, off that list; one that has not stays on it.

        Its rows are written where ended jobs are listed before they are taken from where it was on its way: whoever
        is interrupted between the two is to do both again, and lists show the job once.
        """
        with answered():
            found, marker = await asyncio.gather(self._read(self._table, f"id:{job_id}", "job"), self._marker(job_id))
            job = _job(found) if found else None
            if marker.etag is None or (job and not job.is_final):
                return
            if job:
                await self._file(job)
            await self._transact(_marked(job_id, marker, None), [_deletion(key) for key in marker.rows])

    async def refile(self) -> int:
        """Bring some rows of a former version's list into today's form; gives how many there were."""
        with answered():
            pieces = [await self._tables.piece(self._table, *_all_of(name), REFILED_AT_ONCE) for name in FORMER]
            rows = [row for piece in pieces for row in piece.rows]
            for row in rows:
                if (entry := await self.find(str(row["RowKey"])[-UUID_LENGTH:])) is not None:
                    await self._show(entry.job, await self._marker(entry.job.id))
                await self._table.delete_entity(row["PartitionKey"], row["RowKey"])
        return len(rows)

    async def page(self, listing: Listing, top: int, continuation: str | None) -> tuple[Sequence[Job], str | None]:
        """Read a page of a list, with the token of the next; ValueError for a token that is none of this list's.

        Two requests and at most two rows a job, whatever the list: one piece from each of the two places.
        """
        after = listing.place(continuation)
        ended = self._tables.named(table_of(listing.series))
        with answered():
            pieces = await asyncio.gather(
                self._tables.piece(self._open, *open_range(listing, after), top),
                self._tables.piece(ended, *ended_range(listing, after), top),
            )
        jobs: dict[str, dict[str, Any]] = {}
        for row in (row for piece in reversed(pieces) for row in piece.rows):
            jobs[place_in(row)] = row  # a job that is just being closed may be in both
        places = sorted(jobs)[:top]
        more = len(jobs) > top or any(piece.goes_on for piece in pieces)
        return [_job(jobs[place]) for place in places], listing.token(places[-1]) if more and places else None

    async def check(self) -> None:
        """Raise if the table cannot be used."""
        await self.page(Listing(), 1, None)

    async def close(self) -> None:
        """Close the connections."""
        await self._tables.close()

    async def _show(self, job: Job, marker: Marker) -> None:
        """Write the rows that lists read of a job on its way, and take away those that it has left."""
        rows = open_rows(job)
        columns = _workspace(job) | {"rows": json.dumps(list(rows))}
        shown = [("upsert", row, {"mode": UpdateMode.REPLACE}) for row in rows.values()]
        for _ in range(RACES):
            gone = [_deletion(key) for key in marker.rows if key not in rows]
            try:
                etag = await self._transact(_marked(job.id, marker, columns), [*shown, *gone])
                return self._remember(job, Marker(etag, tuple(rows)))
            except HttpResponseError as error:
                if error.status_code not in LOST_RACES:
                    raise
                if error.status_code == 404:
                    await make(self._open)
                marker = await self._marker(job.id)  # somebody else has written them meanwhile
        raise ServiceBusyError("The job index is written by many at once.")

    def _remember(self, job: Job, marker: Marker) -> None:
        if job.is_final:
            return
        if len(self._shown) >= REMEMBERED:
            del self._shown[next(iter(self._shown))]
        self._shown[job.id] = marker

    async def _transact(self, marked: Any, others: Sequence[Any]) -> str | None:
        """Carry out all or nothing; gives the marker's ETag."""
        try:
            return (await self._open.submit_transaction([marked, *others]))[0].get("etag")
        except (AttributeError, LookupError, ValueError, HTTPException) as error:
            # The SDK expects whole parts in an answer, and breaks on one that was cut off or garbled on its way.
            raise DecodeError("the answer to a transaction cannot be read") from error

    async def _file(self, job: Job) -> None:
        """Write a job where ended jobs are listed; written again, it is the same."""
        few = asyncio.Semaphore(AT_ONCE)

        async def put(table: TableClient, row: Mapping[str, Any]) -> None:
            async with few:
                await self._tables.upsert(table, row)

        await asyncio.gather(*(put(self._tables.named(table), row) for table, row in ended_rows(job)))

    async def _marker(self, job_id: str) -> Marker:
        row = await self._read(self._open, OPEN, job_id)
        return Marker(row.metadata["etag"], tuple(json.loads(row.get("rows", "[]")))) if row else Marker()

    async def _read(self, table: TableClient, partition: str, key: str) -> Any:
        try:
            return await table.get_entity(partition, key)
        except ResourceNotFoundError:
            return None


def _marked(job_id: str, marker: Marker, columns: Mapping[str, str] | None) -> Any:
    """Write or remove a marker, if it still is as it was read."""
    as_read = {"etag": marker.etag, "match_condition": MatchConditions.IfNotModified}
    if columns is None:
        return ("delete", _mark(job_id), as_read)
    entity = {**_mark(job_id), **columns}
    return ("create", entity) if marker.etag is None else ("update", entity, {"mode": UpdateMode.REPLACE} | as_read)


def _mark(job_id: str) -> dict[str, str]:
    return {"PartitionKey": OPEN, "RowKey": job_id}


def _workspace(job: Job) -> dict[str, str]:
    """What a marker says of its job, so that those of one workspace are found."""
    return {"workspace": job.order.workspace}


def _deletion(key: str) -> Any:
    return ("delete", _mark(key))


def _keys(job_id: str) -> dict[str, Any]:
    return {"PartitionKey": f"id:{job_id}", "RowKey": "job"}


def _all_of(partition: str) -> tuple[str, dict[str, str]]:
    return "PartitionKey eq @partition", {"partition": partition}


def _job(row: Mapping[str, Any]) -> Job:
    data = json.loads(row["job"])
    asked = {name: row[name] for name in ("cancelRequested", "cancelRequestedAt") if row.get(name)}
    return Job.from_wire(data | asked)
