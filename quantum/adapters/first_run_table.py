"""The FirstRunStore port on Table storage: a row for each key, replaced on the condition that nobody else has.

Only orders that may reuse a result read and write here. The rows stay, like those of the job index.
"""

from collections.abc import AsyncIterator

from quantum.adapters.table_wire import Query, etag_of
from quantum.adapters.tables import Tables
from quantum.jobs.first_runs import FirstRun
from quantum.settings import StorageSettings
from quantum.storage import FIRST_RUNS_TABLE

WHAT = "The table of first runs"
ROW = "first"


class AzureTableFirstRuns:
    """The FirstRunStore port on Azure Table storage."""

    def __init__(self, settings: StorageSettings) -> None:
        self._tables = Tables(settings, WHAT)

    async def find(self, key: str) -> FirstRun | None:
        """Read the first run of a key."""
        row = await self._tables.get(FIRST_RUNS_TABLE, key, ROW)
        return FirstRun(row["jobId"], etag_of(row)) if row else None

    async def take(self, key: str, job_id: str, former: FirstRun | None) -> bool:
        """Make a job the first run; return False where another one was faster than that or replaced the former."""
        row = {"PartitionKey": key, "RowKey": ROW, "jobId": job_id}
        return await self._tables.exchange(FIRST_RUNS_TABLE, row, former.version if former else None) is not None

    async def wait_for(self, first: str, job_id: str) -> None:
        """Note that a job waits for another one; noted twice, it is the same."""
        await self._tables.upsert(FIRST_RUNS_TABLE, {"PartitionKey": first, "RowKey": job_id})

    async def waiting_for(self, first: str) -> AsyncIterator[str]:
        """List the ids of the jobs that wait, or have waited, for a job."""
        async for row in self._tables.rows(FIRST_RUNS_TABLE, Query("PartitionKey eq @first", {"first": first})):
            yield row["RowKey"]

    async def close(self) -> None:
        """Close the connections."""
        await self._tables.close()
