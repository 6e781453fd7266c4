"""The job index in Table storage: rows to find a job by its id, to list jobs, and to look after those under way.

Rows of partition `id:<job id>` are the claims; rows of partition `newest` are copies that lists read, under keys
that count down with time; rows of partition `open` name the jobs that may not have ended. A job's row keys never
change, so that writing them again is harmless.
"""

import json
import re
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from zlib import crc32

from azure.core.exceptions import AzureError, ResourceExistsError, ResourceNotFoundError
from azure.data.tables import UpdateMode
from azure.data.tables.aio import TableClient

from quantum import wire
from quantum.adapters.azure_errors import translated
from quantum.adapters.identity import credential
from quantum.adapters.retry_budget import TABLE_CALLS
from quantum.model import Job
from quantum.ports import Entry
from quantum.settings import JOBS_TABLE, StorageSettings

WHAT = "The job index"
NEWEST = "newest"
OPEN = "open"
TOKEN = re.compile(r"(?P<mark>[0-9a-f]{8})\.(?P<key>\d{13}-[0-9a-f-]{36})", re.ASCII)
LAST_MILLISECOND = 9_999_999_999_999


class AzureTableJobIndex:
    """The JobIndex port on Azure Table storage."""

    def __init__(self, settings: StorageSettings) -> None:
        if settings.connection_string:
            self._table = TableClient.from_connection_string(settings.connection_string, JOBS_TABLE, **TABLE_CALLS)
        else:
            who = credential(settings.client_id)
            self._table = TableClient(str(settings.table), JOBS_TABLE, credential=who, **TABLE_CALLS)

    async def claim(self, job: Job, digest: str) -> bool:
        """Insert a job that is not there yet; False where the id is taken."""
        row = _keys(job.id) | _columns(job) | {"digest": digest}
        with _answered():
            try:
                if not job.is_final:  # before the claim: housekeeping must find what was claimed and not started
                    await self._upsert({"PartitionKey": OPEN, "RowKey": job.id, "workspace": job.order.workspace})
                await self._insert(row)
            except ResourceExistsError:
                return False
            await self._upsert(_listed(job))
            return True

    async def find(self, job_id: str) -> Entry | None:
        """Read a job, with `cancel_requested` as last asked."""
        with _answered():
            try:
                row = await self._table.get_entity(**_named(_keys(job_id)))
            except ResourceNotFoundError:
                return None
        return Entry(_job(row), str(row.get("digest", "")))

    async def record(self, job: Job) -> None:
        """Write where a job is now, for those who look it up and for lists."""
        with _answered():
            await self._upsert(_keys(job.id) | _columns(job))
            await self._upsert(_listed(job))

    async def request_cancel(self, job_id: str) -> None:
        """Note that the caller wants the job cancelled, in a column that `record` never writes."""
        with _answered():
            await self._table.update_entity(_keys(job_id) | {"cancelRequested": True}, mode=UpdateMode.MERGE)

    async def open_ids(self, workspace: str | None = None) -> AsyncIterator[str]:
        """List the ids that may belong to jobs that have not ended, of one workspace or all; never fewer than those."""
        query, values = "PartitionKey eq @partition", {"partition": OPEN}
        if workspace is not None:
            query, values = f"{query} and workspace eq @workspace", values | {"workspace": workspace}
        with _answered():
            async for row in self._rows(query, values, 1000):
                yield str(row["RowKey"])

    async def close_id(self, job_id: str) -> None:
        """Take an id off that list."""
        with _answered():
            await self._table.delete_entity(OPEN, job_id)

    async def page(
        self, filters: Mapping[str, str], top: int, continuation: str | None
    ) -> tuple[Sequence[Job], str | None]:
        """List jobs newest first, with the token of the next page; ValueError for a token that is none of ours."""
        query, values = _query(filters, _key_of(continuation, filters))
        jobs: list[Job] = []
        last = ""
        with _answered():
            async for row in self._rows(query, values, top + 1):
                if len(jobs) == top:
                    return jobs, f"{_mark(filters)}.{last}"
                jobs.append(_job(row))
                last = str(row["RowKey"])
        return jobs, None

    async def check(self) -> None:
        """Raise if the table cannot be used."""
        await self.page({}, 1, None)

    async def close(self) -> None:
        """Close the connections."""
        await self._table.close()

    async def _rows(self, query: str, values: Mapping[str, str], size: int) -> Any:
        try:
            async for row in self._table.query_entities(query, parameters=dict(values), results_per_page=size):
                yield row
        except ResourceNotFoundError:  # no job has been claimed yet
            return

    async def _insert(self, row: Mapping[str, Any]) -> None:
        try:
            await self._table.create_entity(row)
        except ResourceNotFoundError:
            await self._make_table()
            await self._table.create_entity(row)

    async def _upsert(self, row: Mapping[str, Any]) -> None:
        try:
            await self._table.upsert_entity(row, mode=UpdateMode.MERGE)
        except ResourceNotFoundError:
            await self._make_table()
            await self._table.upsert_entity(row, mode=UpdateMode.MERGE)

    async def _make_table(self) -> None:
        try:
            await self._table.create_table()
        except ResourceExistsError:
            return


@contextmanager
def _answered() -> Iterator[None]:
    """Raise our errors, also for an answer that was cut off, on whose missing headers this SDK itself breaks."""
    with translated(WHAT):
        try:
            yield
        except AttributeError as error:
            if isinstance(error.__context__, AzureError):
                raise error.__context__ from error
            raise


def _keys(job_id: str) -> dict[str, Any]:
    return {"PartitionKey": f"id:{job_id}", "RowKey": "job"}


def _named(keys: Mapping[str, Any]) -> dict[str, Any]:
    return {"partition_key": keys["PartitionKey"], "row_key": keys["RowKey"]}


def _listed(job: Job) -> dict[str, Any]:
    since_epoch = int(wire.moment(job.created_at).timestamp() * 1000)
    return {"PartitionKey": NEWEST, "RowKey": f"{LAST_MILLISECOND - since_epoch:013d}-{job.id}"} | _columns(job)


def _columns(job: Job) -> dict[str, Any]:
    text = json.dumps(job.to_wire(), separators=(",", ":"))
    columns = {"phase": job.phase.value, "target": job.target, "name": job.order.name}
    return columns | {"workspace": job.order.workspace, "job": text}


def _job(row: Mapping[str, Any]) -> Job:
    data = json.loads(row["job"])
    return Job.from_wire(data | ({"cancelRequested": True} if row.get("cancelRequested") else {}))


def _query(filters: Mapping[str, str], after: str) -> tuple[str, dict[str, str]]:
    """Write the filter with parameters, never with a caller's text in it."""
    clauses, values = ["PartitionKey eq @partition", "RowKey gt @after"], {"partition": NEWEST, "after": after}
    for column in filters.keys() & {"phase", "target"}:
        clauses.append(f"{column} eq @{column}")
        values[column] = filters[column]
    if prefix := filters.get("name"):
        clauses.append("name ge @name and name lt @end")
        values |= {"name": prefix, "end": prefix[:-1] + chr(ord(prefix[-1]) + 1)}
    return " and ".join(clauses), values


def _key_of(continuation: str | None, filters: Mapping[str, str]) -> str:
    if continuation is None:
        return ""
    token = TOKEN.fullmatch(continuation)
    if token is None or token["mark"] != _mark(filters):
        raise ValueError("continuation is not a token of this list: pass on the one that the last page gave")
    return token["key"]


def _mark(filters: Mapping[str, str]) -> str:
    """Tell lists apart, so that one's token is not taken for another's."""
    return f"{crc32(json.dumps(filters, sort_keys=True).encode()):08x}"
