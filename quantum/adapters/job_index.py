"""The job index in Table storage: rows to find a job by id, to list jobs, and to look after open ones.

Rows of partition `id:<job id>` are the claims, and the truth. A table of one partition has a marker for each job that
may not have ended, and its list rows; one transaction writes them all. Closing a job moves its list rows to the table
of ended jobs, by one request per row, outside any caller's request.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from azure.core import MatchConditions
from azure.core.exceptions import ResourceExistsError
from azure.data.tables import UpdateMode

from quantum.adapters.list_pieces import ended_stretch, open_stretch
from quantum.adapters.list_rows import LIST_PREFIX, OPEN, content, ended_rows, open_range, open_rows, position_in
from quantum.adapters.tables import Query, Tables, index_errors, tables_of
from quantum.jobs.lifecycle import FINAL
from quantum.jobs.lists import FIRST, PAST, Listing
from quantum.jobs.model import Job
from quantum.ports import Entry
from quantum.settings import StorageSettings
from quantum.storage import JOBS_TABLE, OPEN_TABLE

LISTED = "listed"  # a marker's column: its job has list rows beside it


class AzureTableJobIndex:
    """The JobIndex port on Azure Table storage."""

    def __init__(self, settings: StorageSettings, tables: Tables | None = None) -> None:
        self._tables = tables or tables_of(settings)
        self._table = self._tables.table(JOBS_TABLE)
        self._open = self._tables.table(OPEN_TABLE)

    async def claim(self, job: Job, digest: str) -> bool:
        """Insert a new job; return False where the id is taken."""
        with index_errors():
            # Before the claim: housekeeping must find a job that was claimed and not started, or not listed.
            await self._tables.upsert(self._open, _marker(job))
            try:
                await self._tables.insert(self._table, _keys(job.id) | content(job) | {"digest": digest})
            except ResourceExistsError:
                return False
            await self._show(job)
            return True

    async def find(self, job_id: str) -> Entry | None:
        """Read a job, with the latest cancellation request."""
        with index_errors():
            row = await self._tables.get(self._table, f"id:{job_id}", "job")
        return Entry(_job(row), str(row.get("digest", "")), row.get("wokenAt")) if row else None

    async def record(self, job: Job) -> None:
        """Write the current state of a job, in its own row and in its list rows."""
        with index_errors():
            truth = self._tables.upsert(self._table, _keys(job.id) | content(job))
            await asyncio.gather(truth, self._show(job))

    async def request_cancel(self, job_id: str, at: str) -> None:
        """Record the caller's cancellation request and its time, in columns that `record` never writes."""
        await self._add(job_id, {"cancelRequested": True, "cancelRequestedAt": at})

    async def note_wake(self, job_id: str, at: str) -> None:
        """Record when housekeeping woke a job, in a column that `record` never writes."""
        await self._add(job_id, {"wokenAt": at})

    async def open_ids(self, workspace: str | None = None) -> AsyncIterator[str]:
        """List the ids of all jobs that have not ended, of one workspace or all, and possibly a few more."""
        query = Query("PartitionKey eq @partition and RowKey lt @end", {"partition": OPEN, "end": LIST_PREFIX})
        if workspace is not None:
            query &= Query("workspace eq @workspace", {"workspace": workspace})
        with index_errors():
            async for row in self._tables.rows(self._open, query):
                yield str(row["RowKey"])

    async def open_jobs(self, workspace: str | None = None) -> AsyncIterator[Job]:
        """List all jobs that have not ended, of one workspace or all, newest first, and possibly a few more."""
        query = open_range(Listing(), FIRST, PAST)
        if workspace is not None:
            query &= Query("workspace eq @workspace", {"workspace": workspace})
        with index_errors():
            async for row in self._tables.rows(self._open, query):
                yield _job(row)

    async def close_id(self, job_id: str) -> None:
        """Remove an id from that list if its job has ended or was never claimed.

        Its rows are inserted among the ended jobs before they are deleted among the open ones: after an interruption
        both are repeated, and lists show the job once.
        """
        with index_errors():
            truth, marker = await asyncio.gather(
                self._tables.get(self._table, f"id:{job_id}", "job"), self._tables.get(self._open, OPEN, job_id)
            )
            job = _job(truth) if truth else None
            if marker is None or (job and not job.is_final):
                return
            if job:
                await asyncio.gather(*map(self._file, ended_rows(job)))
            as_read = {"etag": marker.metadata["etag"], "match_condition": MatchConditions.IfNotModified}
            rows = open_rows(job) if job and marker.get(LISTED) else []
            deletions = [("delete", _open_keys(row["RowKey"])) for row in rows]
            await self._tables.submit(self._open, [("delete", _open_keys(job_id), as_read), *deletions])

    async def page(self, listing: Listing, top: int, continuation: str | None) -> tuple[Sequence[Job], str | None]:
        """Read a page of a list, with the cursor of the next; ValueError for a cursor of another list.

        It may have fewer than `top` jobs, or none, even if there is a next page: its scan is limited. Open jobs are
        read first: a job that is closed between the two reads is in the second.
        """
        after = listing.position(continuation)
        with index_errors():
            pieces = [await open_stretch(self._tables, listing).read(after, top)]
            if listing.phase in ("", *FINAL):
                pieces.append(await ended_stretch(self._tables, listing).read(after, top))
        until = min((piece.until for piece in pieces if piece.until is not None), default=None)
        jobs = {
            position_in(row): row for piece in pieces for row in piece.rows
        }  # a job that is being closed may be in both
        positions = sorted(position for position in jobs if until is None or position <= until)
        last = positions[top - 1] if len(positions) > top else until
        return [_job(jobs[position]) for position in positions[:top]], None if last is None else listing.cursor(last)

    async def check(self) -> None:
        """Raise if the table cannot be used."""
        await self.page(Listing(), 1, None)

    async def close(self) -> None:
        """Close the connections."""
        await self._tables.close()

    async def _show(self, job: Job) -> None:
        """Write the list rows of an open job."""
        rows = [_marker(job) | {LISTED: True}, *open_rows(job)]
        await self._tables.submit(self._open, [("upsert", row, {"mode": UpdateMode.REPLACE}) for row in rows])

    async def _file(self, row: Mapping[str, Any]) -> None:
        """Write a list row of an ended job; idempotent."""
        await self._tables.upsert(self._tables.of_series(str(row["PartitionKey"])), row)

    async def _add(self, job_id: str, columns: dict[str, Any]) -> None:
        with index_errors():
            await self._tables.update(self._table, _keys(job_id) | columns)


def _open_keys(key: str) -> dict[str, Any]:
    return {"PartitionKey": OPEN, "RowKey": key}


def _marker(job: Job) -> dict[str, Any]:
    """Make the marker of a job that may not have ended, with its workspace."""
    return _open_keys(job.id) | {"workspace": job.order.workspace}


def _keys(job_id: str) -> dict[str, Any]:
    return {"PartitionKey": f"id:{job_id}", "RowKey": "job"}


def _job(row: Mapping[str, Any]) -> Job:
    data = json.loads(row["job"])
    cancellation = {name: row[name] for name in ("cancelRequested", "cancelRequestedAt") if row.get(name)}
    return Job.from_wire(data | cancellation)
