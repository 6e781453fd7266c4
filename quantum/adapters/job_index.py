"""The job index in Table storage: rows to find a job by its id, to list jobs, and to look after those under way.

Rows of partition `id:<job id>` are the claims, and the truth. A table of one partition has a marker for each job that
may not have ended, and the rows that lists read of it; one transaction writes them all. Closing a job moves its rows to
tables of those that have ended, by one request a row, away from any caller.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from azure.core import MatchConditions
from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.data.tables import UpdateMode
from azure.data.tables.aio import TableClient

from quantum.adapters.list_rows import (
    FORMERLY_ENDED,
    FORMERLY_SHOWN,
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
from quantum.adapters.milestones import Milestones
from quantum.adapters.tables import Piece, Tables, answered
from quantum.jobs.lists import Listing
from quantum.jobs.model import Job
from quantum.ports import Entry
from quantum.settings import StorageSettings
from quantum.storage import JOBS_TABLE

FORMER = ("newest", "open")  # where a former version kept the rows of its list, and its markers
REFILED_AT_ONCE = 100
UUID_LENGTH = 36
AT_ONCE = 8
LISTED = "listed"  # a marker's column: its job has its rows beside it


class AzureTableJobIndex:
    """The JobIndex port on Azure Table storage."""

    def __init__(self, settings: StorageSettings, tables: Tables | None = None) -> None:
        self._tables = tables or Tables(settings)
        self._table = self._tables.named(JOBS_TABLE)
        self._open = self._tables.named(OPEN_TABLE)
        self._milestones = Milestones(self._tables)

    async def claim(self, job: Job, digest: str) -> bool:
        """Insert a job that is not there yet; False where the id is taken."""
        with answered():
            # Before the claim: housekeeping must find what was claimed and not started, or not listed.
            await self._tables.upsert(self._open, _marker(job))
            try:
                await self._tables.insert(self._table, _keys(job.id) | content(job) | {"digest": digest})
            except ResourceExistsError:
                return False
            await self._show(job)
            return True

    async def find(self, job_id: str) -> Entry | None:
        """Read a job, with `cancel_requested` as last asked."""
        with answered():
            row = await self._read(self._table, f"id:{job_id}", "job")
        return Entry(_job(row), str(row.get("digest", "")), row.get("wokenAt")) if row else None

    async def record(self, job: Job) -> None:
        """Write where a job is now, for those who look it up and for lists."""
        with answered():
            truth = self._tables.upsert(self._table, _keys(job.id) | content(job))
            await asyncio.gather(truth, self._show(job))

    async def request_cancel(self, job_id: str, at: str) -> None:
        """Note that the caller wants the job cancelled, and when that was, in columns that `record` never writes."""
        await self._add(job_id, {"cancelRequested": True, "cancelRequestedAt": at})

    async def note_wake(self, job_id: str, at: str) -> None:
        """Note that housekeeping woke a job, and when that was, in a column that `record` never writes."""
        await self._add(job_id, {"wokenAt": at})

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
            truth, marker = await asyncio.gather(
                self._read(self._table, f"id:{job_id}", "job"), self._read(self._open, OPEN, job_id)
            )
            job = _job(truth) if truth else None
            if marker is None or (job and not job.is_final):
                return
            if job:
                await self._file(job)
            as_read = {"etag": marker.metadata["etag"], "match_condition": MatchConditions.IfNotModified}
            rows = open_rows(job) if job and marker.get(LISTED) else []
            gone = [("delete", _open_keys(row["RowKey"])) for row in rows]
            await self._tables.submit(self._open, [("delete", _open_keys(job_id), as_read), *gone])

    async def refile(self) -> int:
        """Bring some rows of a former version's lists into today's form; gives how many there were."""
        former = [(self._table, _all_of(name)) for name in FORMER]
        former += [(self._open, _between(*FORMERLY_SHOWN)), (self._tables.named(FORMERLY_ENDED), ("", {}))]
        with answered():
            pieces = [(table, await self._tables.piece(table, *query, REFILED_AT_ONCE)) for table, query in former]
            rows = [(table, row) for table, piece in pieces for row in piece.rows]
            for table, row in rows:
                if (entry := await self.find(str(row["RowKey"])[-UUID_LENGTH:])) is not None:
                    await self._show(entry.job)
                await table.delete_entity(row["PartitionKey"], row["RowKey"])
        return len(rows)

    async def page(self, listing: Listing, top: int, continuation: str | None) -> tuple[Sequence[Job], str | None]:
        """Read a page of a list, with the token of the next; ValueError for a token that is none of this list's.

        Two requests and at most two rows a job, whatever the list: one piece from each of the two places.
        """
        after = listing.place(continuation)
        with answered():
            pieces = await asyncio.gather(
                self._tables.piece(self._open, *open_range(listing, after), top), self._ended(listing, after, top)
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

    async def _ended(self, listing: Listing, after: str, top: int) -> Piece:
        """Read a piece of those that have ended: no more of the list than most probably has it, or all the same."""
        table, end = self._tables.named(table_of(listing.series)), listing.piece[1]
        near = await self._milestones.past(listing.series, after, top)
        if near is not None and near < end:
            found = await self._tables.piece(table, *ended_range(listing, after, near), top)
            if len(found.rows) == top:
                return Piece(found.rows, goes_on=True)
        return await self._tables.piece(table, *ended_range(listing, after, end), top)

    async def _show(self, job: Job) -> None:
        """Write the rows that lists read of a job on its way."""
        rows = [_marker(job) | {LISTED: True}, *open_rows(job)]
        await self._tables.submit(self._open, [("upsert", row, {"mode": UpdateMode.REPLACE}) for row in rows])

    async def _file(self, job: Job) -> None:
        """Write a job where ended jobs are listed; written again, it is the same."""
        few = asyncio.Semaphore(AT_ONCE)

        async def put(table: TableClient, row: Mapping[str, Any]) -> None:
            async with few:
                await self._tables.upsert(table, row)

        await asyncio.gather(*(put(self._tables.named(table), row) for table, row in ended_rows(job)))

    async def _add(self, job_id: str, columns: dict[str, Any]) -> None:
        with answered():
            await self._table.update_entity(_keys(job_id) | columns, mode=UpdateMode.MERGE)

    async def _read(self, table: TableClient, partition: str, key: str) -> Any:
        try:
            return await table.get_entity(partition, key)
        except ResourceNotFoundError:
            return None


def _open_keys(key: str) -> dict[str, Any]:
    return {"PartitionKey": OPEN, "RowKey": key}


def _marker(job: Job) -> dict[str, Any]:
    """What says that a job may not have ended, and where it runs, so that those of one workspace are found."""
    return _open_keys(job.id) | {"workspace": job.order.workspace}


def _keys(job_id: str) -> dict[str, Any]:
    return {"PartitionKey": f"id:{job_id}", "RowKey": "job"}


def _all_of(partition: str) -> tuple[str, dict[str, str]]:
    return "PartitionKey eq @partition", {"partition": partition}


def _between(start: str, end: str) -> tuple[str, dict[str, str]]:
    query = "PartitionKey eq @partition and RowKey ge @start and RowKey lt @end"
    return query, {"partition": OPEN, "start": start, "end": end}


def _job(row: Mapping[str, Any]) -> Job:
    data = json.loads(row["job"])
    asked = {name: row[name] for name in ("cancelRequested", "cancelRequestedAt") if row.get(name)}
    return Job.from_wire(data | asked)
