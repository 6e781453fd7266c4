"""The job index in Table storage: a claim for each id, one row for each open job, and rows of lists for ended ones.

The claim (partition `id:<job id>`) is inserted once and never changes: it says where the job's row is. Until a job has
ended and is filed, that is one row of table `jobsopen`, the truth about it, which each change rewrites. Filing writes
its rows in the table of lists, the truth from then on, then deletes the open row, for many jobs in each request. A
crash between any two requests leaves a row that housekeeping finds.
"""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from quantum.adapters.filing import file
from quantum.adapters.list_pieces import ended_stretch, open_stretch
from quantum.adapters.list_rows import ALL_NEWEST, OPEN, digest_of, ended_keys, open_range, open_row
from quantum.adapters.table_wire import Query, Row, etag_of
from quantum.adapters.tables import Tables, tables_of
from quantum.jobs.errors import NotFoundError
from quantum.jobs.lifecycle import FINAL, Phase
from quantum.jobs.lists import FIRST, PAST, Listing, Ordering, position_of
from quantum.jobs.model import Job
from quantum.ports import Entry
from quantum.settings import StorageSettings
from quantum.storage import JOBS_TABLE, OPEN_TABLE

MOST_REMEMBERED = 20_000
AS_CLAIMED = (Phase.ACCEPTED, Phase.REJECTED)  # phases of a row that nobody may have recorded since its claim


class AzureTableJobIndex:
    """The JobIndex port on Azure Table storage."""

    def __init__(self, settings: StorageSettings, tables: Tables | None = None) -> None:
        self._tables = tables or tables_of(settings)
        self._keys: dict[str, str] = {}  # of rows, by the ids of claimed jobs: they never change

    async def claim(self, job: Job, digest: str) -> bool:
        """Insert a new job; return False where the id is taken."""
        row = open_row(job) | {"digest": digest}
        key = row["RowKey"]
        # Before the claim: housekeeping must find a job that was claimed and not started.
        was_new = await self._tables.insert(OPEN_TABLE, row)
        if not await self._tables.insert(JOBS_TABLE, _claim_keys(job.id) | {"key": key, "digest": digest}):
            if was_new and await self._key(job.id) != key:
                await self._tables.remove(OPEN_TABLE, row)
            return False
        if not was_new:  # another claim's, which has failed or will
            await self._tables.replace(OPEN_TABLE, row)
        self._remember(job.id, key)
        return True

    async def find(self, job_id: str) -> Entry | None:
        """Read a job, with the latest cancellation request."""
        key = self._keys.get(job_id)
        row = await self._tables.get(OPEN_TABLE, OPEN, key) if key else None
        if row and "digest" in row:
            return _entry(row, row["digest"])
        claim = await self._tables.get(JOBS_TABLE, *_claim_keys(job_id).values())
        if claim is None:
            return None
        key = claim["key"]
        self._remember(job_id, key)
        # Open rows first: a job that is filed between the two is in the second.
        row = await self._tables.get(OPEN_TABLE, OPEN, key) or await self._filed(key)
        return _entry(row, claim["digest"]) if row else None

    async def record(self, job: Job) -> None:
        """Write the current state of a job, beside what other methods have written in its row."""
        row = open_row(job)
        await self._tables.upsert(OPEN_TABLE, row)
        self._remember(job.id, row["RowKey"])

    async def request_cancel(self, job_id: str, at: str) -> None:
        """Record the caller's cancellation request and its time, in columns that `record` never writes."""
        await self._add(job_id, {"cancelRequested": True, "cancelRequestedAt": at})

    async def note_wake(self, job_id: str, at: str) -> None:
        """Record when housekeeping woke a job, in a column that `record` never writes."""
        await self._add(job_id, {"wokenAt": at})

    async def open_entries(self, workspace: str | None = None) -> AsyncIterator[Entry]:
        """List the entries of all jobs that are not filed among the ended ones, newest first."""
        query = open_range(FIRST, PAST)
        if workspace is not None:
            query &= Query("workspace eq @workspace", {"workspace": workspace})
        async for row in self._tables.rows(OPEN_TABLE, query):
            yield _entry(row, row.get("digest", ""))

    async def open_jobs(self, workspace: str | None = None) -> AsyncIterator[Job]:
        """List the jobs of those entries."""
        async for entry in self.open_entries(workspace):
            yield entry.job

    async def close_id(self, job_id: str) -> None:
        """Close the entry of one job, if it has ended."""
        entry = await self.find(job_id)
        if entry and entry.version:
            await self.close_entries([entry])

    async def close_entries(self, entries: Sequence[Entry]) -> None:
        """File the jobs that have ended, remove what was never claimed; leave what has changed since it was read."""
        ended, rest = [], []
        for entry in {entry.job.id: entry for entry in entries}.values():
            if entry.job.phase not in AS_CLAIMED or await self._is_claimed(entry.job):
                ended += [entry] if entry.job.is_final else []
            else:
                rest.append(entry)
        await file(self._tables, ended, rest)

    async def page(self, listing: Listing, top: int, continuation: str | None) -> tuple[Sequence[Job], str | None]:
        """Read a page of a list, with the cursor of the next; ValueError for a cursor of another list.

        It may have fewer than `top` jobs, or none, even if there is a next page: its scan is limited. Open jobs are
        read first: a job that is filed between the two reads is in the second.
        """
        after = listing.position(continuation)
        pieces = [await open_stretch(self._tables, listing).read(after, top)]
        if listing.phase in ("", *FINAL):
            pieces.append(await ended_stretch(self._tables, listing).read(after, top))
        until = min((piece.until for piece in pieces if piece.until is not None), default=None)
        jobs = pieces[0].rows | pieces[-1].rows  # a job that is being filed may be in both
        positions = sorted(position for position in jobs if until is None or position <= until)
        last = positions[top - 1] if len(positions) > top else until
        return [_job(jobs[position]) for position in positions[:top]], None if last is None else listing.cursor(last)

    async def check(self) -> None:
        """Raise if the table cannot be used."""
        await self.page(Listing(), 1, None)

    async def close(self) -> None:
        """Close the connections."""
        await self._tables.close()

    async def _add(self, job_id: str, columns: dict[str, Any]) -> None:
        """Add columns to an open job's row; one that has been filed needs them no more."""
        key = await self._key(job_id)
        if key is None:
            raise NotFoundError("The job index has no such job.")
        await self._tables.update(OPEN_TABLE, {"PartitionKey": OPEN, "RowKey": key} | columns)

    async def _key(self, job_id: str) -> str | None:
        """Return the key of a claimed job's row."""
        if job_id not in self._keys:
            claim = await self._tables.get(JOBS_TABLE, *_claim_keys(job_id).values())
            if claim is None:
                return None
            self._remember(job_id, claim["key"])
        return self._keys[job_id]

    async def _is_claimed(self, job: Job) -> bool:
        """Say whether this very row, and no other, is what the id was claimed for."""
        return await self._key(job.id) == position_of(job, Ordering.NEWEST)

    async def _filed(self, key: str) -> Row | None:
        """Read an ended job's row among all jobs."""
        return await self._tables.get(self._tables.of_series(digest_of(ALL_NEWEST)), *ended_keys(key))

    def _remember(self, job_id: str, key: str) -> None:
        if len(self._keys) >= MOST_REMEMBERED:
            self._keys.clear()
        self._keys[job_id] = key


def _claim_keys(job_id: str) -> dict[str, str]:
    return {"PartitionKey": f"id:{job_id}", "RowKey": "job"}


def _entry(row: Mapping[str, Any], digest: str) -> Entry:
    is_open = row["PartitionKey"] == OPEN
    return Entry(_job(row), digest, row.get("wokenAt"), etag_of(row) if is_open else None)


def _job(row: Mapping[str, Any]) -> Job:
    data = json.loads(row["job"])
    cancellation = {name: row[name] for name in ("cancelRequested", "cancelRequestedAt") if row.get(name)}
    return Job.from_wire(data | cancellation)
