"""The BatchStore port on Table storage: a row by id, which is the claim, and before it a row of the list."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from quantum.adapters.table_wire import Query
from quantum.adapters.tables import Tables
from quantum.batches.model import Batch
from quantum.settings import StorageSettings
from quantum.storage import BATCHES_TABLE
from quantum.wire import codec

WHAT = "The table of batches"
ROW, LIST = "batch", "list"
LAST_MILLISECOND = 9_999_999_999_999
INVALID_CURSOR = "continuation is not a cursor of this list: pass that of its last page"


class AzureTableBatches:
    """The BatchStore port on Azure Table storage.

    A row of the list is written before the claim, so that no claimed batch is missing there; one that was never claimed
    is passed over.
    """

    def __init__(self, settings: StorageSettings) -> None:
        self._tables = Tables(settings, WHAT)

    async def claim(self, batch: Batch) -> bool:
        """Insert a new batch; return False where the id is taken."""
        listed = {"batchId": batch.id, "createdAt": batch.created_at, "open": True}
        await self._tables.upsert(BATCHES_TABLE, {"PartitionKey": LIST, "RowKey": _position(batch), **listed})
        return await self._tables.insert(BATCHES_TABLE, _row(batch))

    async def find(self, batch_id: str) -> Batch | None:
        """Read a batch, with the latest requests to cancel or pause it."""
        row = await self._tables.get(BATCHES_TABLE, batch_id, ROW)
        return _batch(row) if row else None

    async def record(self, batch: Batch) -> None:
        """Write the current state of a batch."""
        await self._tables.upsert(BATCHES_TABLE, _row(batch))

    async def request_cancel(self, batch_id: str, at: str) -> None:
        """Record the caller's cancellation request and its time."""
        row = {"PartitionKey": batch_id, "RowKey": ROW, "cancelRequestedAt": at}
        await self._tables.update(BATCHES_TABLE, row)

    async def request_pause(self, batch_id: str, at: str | None) -> None:
        """Record that its caller paused the batch at a time, or with None that it may go on."""
        await self._tables.update(BATCHES_TABLE, {"PartitionKey": batch_id, "RowKey": ROW, "pausedAt": at or ""})

    async def page(self, top: int, continuation: str | None) -> tuple[Sequence[Batch], str | None]:
        """Read a page of the list, newest first, with the cursor of the next; ValueError for one that is refused."""
        if continuation is not None and not continuation.replace("-", "").isalnum():
            raise ValueError(INVALID_CURSOR)
        after = continuation or "!"
        query = Query("PartitionKey eq @list and RowKey gt @after", {"list": LIST, "after": after})
        answer = await self._tables.answer(BATCHES_TABLE, query, top)
        claimed = [await self._claimed(row) for row in answer.rows]
        is_last = answer.token is None or not answer.rows
        return [batch for batch in claimed if batch], None if is_last else str(answer.rows[-1]["RowKey"])

    async def open_batches(self) -> AsyncIterator[Batch]:
        """List the batches that are not closed; some were never claimed, and `find` has none of their ids."""
        query = Query("PartitionKey eq @list and open eq @open", {"list": LIST, "open": True})
        async for row in self._tables.rows(BATCHES_TABLE, query):
            batch = await self._claimed(row)
            yield batch or Batch(row["batchId"], "", row["createdAt"], {})

    async def close_batch(self, batch: Batch) -> None:
        """Take a batch from the open ones."""
        await self._tables.update(BATCHES_TABLE, {"PartitionKey": LIST, "RowKey": _position(batch), "open": False})

    async def close(self) -> None:
        """Close the connections."""
        await self._tables.close()

    async def _claimed(self, row: Mapping[str, Any]) -> Batch | None:
        """Return the batch of a list row, unless another request has claimed its id, or none."""
        batch = await self.find(row["batchId"])
        return batch if batch and batch.created_at == row["createdAt"] else None


def _row(batch: Batch) -> dict[str, Any]:
    state = replace(batch, cancel_requested_at=None, paused_at=None)  # each has a column, that only the caller writes
    text = json.dumps(state.to_wire(), separators=(",", ":"))
    return {"PartitionKey": batch.id, "RowKey": ROW, "batch": text}


def _batch(row: Mapping[str, Any]) -> Batch:
    batch = Batch.from_wire(json.loads(row["batch"]))
    return replace(batch, cancel_requested_at=row.get("cancelRequestedAt"), paused_at=row.get("pausedAt") or None)


def _position(batch: Batch) -> str:
    at = int(codec.moment(batch.created_at).timestamp() * 1000)
    return f"{LAST_MILLISECOND - at:013d}-{batch.id}"
