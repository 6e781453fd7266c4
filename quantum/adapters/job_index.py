"""The job index in Table storage: rows to find a job by its id, to list jobs, and to look after those under way.

Rows of partition `id:<job id>` are the claims, and the truth. A table of one partition has a marker for each job that
may not have ended, and the rows that lists read of it; one transaction writes them all. Closing a job moves its rows to
the table of those that have ended, by one request a row, away from any caller.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from azure.core import MatchConditions
from azure.core.exceptions import ResourceExistsError
from azure.data.tables import UpdateMode

from quantum.adapters.list_pieces import ended, on_their_way
from quantum.adapters.list_rows import OPEN, SHOWN, content, ended_rows, open_rows, place_in
from quantum.adapters.tables import Query, Tables, answered, tables_of
from quantum.jobs.lifecycle import FINAL
from quantum.jobs.lists import Listing
from quantum.jobs.model import Job
from quantum.ports import Entry
from quantum.settings import StorageSettings
from quantum.storage import JOBS_TABLE, OPEN_TABLE

LISTED = "listed"  # a marker's column: its job has its rows beside it


class AzureTableJobIndex:
    """The JobIndex port on Azure Table storage."""

    def __init__(self, settings: StorageSettings, tables: Tables | None = None) -> None:
        self._tables = tables or tables_of(settings)
        self._table = self._tables.named(JOBS_TABLE)
        self._open = self._tables.named(OPEN_TABLE)

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
            row = await self._tables.get(self._table, f"id:{job_id}", "job")
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
        query = Query("PartitionKey eq @partition and RowKey lt @end", {"partition": OPEN, "end": SHOWN})
        if workspace is not None:
            query &= Query("workspace eq @workspace", {"workspace": workspace})
        with answered():
            async for row in self._tables.rows(self._open, query):
                yield str(row["RowKey"])

    async def close_id(self, job_id: str) -> None:
        """Take the id of a job that has ended, or was never claimed, off that list; one that has not stays on it.

        Its rows are written where ended jobs are listed before they are taken from where it was on its way: whoever
        is interrupted between the two is to do both again, and lists show the job once.
        """
        with answered():
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
            gone = [("delete", _open_keys(row["RowKey"])) for row in rows]
            await self._tables.submit(self._open, [("delete", _open_keys(job_id), as_read), *gone])

    async def page(self, listing: Listing, top: int, continuation: str | None) -> tuple[Sequence[Job], str | None]:
        """Read a page of a list, with the token of the next; ValueError for a token that is none of this list's.

        It may have fewer jobs than asked for, or none, though there is a next: what it has to look for is limited. Jobs
        on their way are read first: one that is closed between the two readings is in the second.
        """
        after = listing.place(continuation)
        with answered():
            pieces = [await on_their_way(self._tables, listing).piece(after, top)]
            if listing.phase in ("", *FINAL):
                pieces.append(await ended(self._tables, listing).piece(after, top))
        until = min((piece.until for piece in pieces if piece.until is not None), default=None)
        jobs = {place_in(row): row for piece in pieces for row in piece.rows}  # one that is being closed may be in both
        places = sorted(place for place in jobs if until is None or place <= until)
        last = places[top - 1] if len(places) > top else until
        return [_job(jobs[place]) for place in places[:top]], None if last is None else listing.token(last)

    async def check(self) -> None:
        """Raise if the table cannot be used."""
        await self.page(Listing(), 1, None)

    async def close(self) -> None:
        """Close the connections."""
        await self._tables.close()

    async def _show(self, job: Job) -> None:
        """Write the rows that lists read of a job on its way."""
        rows = [_marker(job) | {LISTED: True}, *open_rows(job)]
        await self._tables.submit(self._open, [("upsert", row, {"mode": UpdateMode.REPLACE}) for row in rows])

    async def _file(self, row: Mapping[str, Any]) -> None:
        """Write a job where ended jobs of a series are listed; written again, it is the same."""
        await self._tables.upsert(self._tables.of_series(str(row["PartitionKey"])), row)

    async def _add(self, job_id: str, columns: dict[str, Any]) -> None:
        with answered():
            await self._tables.update(self._table, _keys(job_id) | columns)


def _open_keys(key: str) -> dict[str, Any]:
    return {"PartitionKey": OPEN, "RowKey": key}


def _marker(job: Job) -> dict[str, Any]:
    """What says that a job may not have ended, and where it runs, so that those of one workspace are found."""
    return _open_keys(job.id) | {"workspace": job.order.workspace}


def _keys(job_id: str) -> dict[str, Any]:
    return {"PartitionKey": f"id:{job_id}", "RowKey": "job"}


def _job(row: Mapping[str, Any]) -> Job:
    data = json.loads(row["job"])
    asked = {name: row[name] for name in ("cancelRequested", "cancelRequestedAt") if row.get(name)}
    return Job.from_wire(data | asked)
