"""Uploads in Azure Storage: listed from the container of orders, recorded in a table.

A record's partition is its path's digest; its row key is the blob's creation time and a number. The state of the search
is one row of its own partition; the moment since which it accepts uploads is another, inserted once.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.storage.blob import BlobProperties
from azure.storage.blob.aio import BlobServiceClient

from quantum.adapters.azure_errors import translated
from quantum.adapters.blobs import etag_of, md5_of
from quantum.adapters.identity import credential
from quantum.adapters.retry_budget import STORAGE_CALLS
from quantum.adapters.table_wire import Query
from quantum.adapters.tables import Tables
from quantum.jobs.uploads import Search, Upload, UploadRecord
from quantum.settings import StorageSettings
from quantum.storage import ORDERS_CONTAINER, UPLOADS_TABLE
from quantum.wire import codec

WHAT = "The record of uploads"
PAGE = 1000
SEARCH = "search"
BAD_REQUEST = 400


class AzureUploads:
    """The Uploads port on Azure Storage."""

    def __init__(self, settings: StorageSettings) -> None:
        if settings.connection_string:
            service = BlobServiceClient.from_connection_string(settings.connection_string, **STORAGE_CALLS)
        else:
            service = BlobServiceClient(str(settings.blob), credential=credential(settings.client_id), **STORAGE_CALLS)
        self._service = service
        self._container = service.get_container_client(ORDERS_CONTAINER)
        self._tables = Tables(settings, WHAT)

    async def page(self, cursor: str | None) -> tuple[Sequence[Upload], str | None]:
        """List a page of uploads by name, with the cursor of the next; ValueError for a cursor that is refused."""
        pages: Any = self._container.list_blobs(results_per_page=PAGE).by_page(continuation_token=cursor)
        with translated(WHAT):
            try:
                blobs = [blob async for blob in await anext(pages)]
            except (StopAsyncIteration, ResourceNotFoundError):  # no blob, or no container
                return [], None
            except HttpResponseError as error:
                if cursor and error.status_code == BAD_REQUEST:
                    raise ValueError("the storage does not take this cursor any more") from error
                raise
        return [_upload(blob) for blob in blobs], pages.continuation_token or None

    async def record(self, record: UploadRecord, number: int) -> bool:
        """Insert a record under its path, creation time and `number`; return False where that key is taken."""
        row = {
            "PartitionKey": _partition(record.path),
            "RowKey": f"{codec.timestamp(record.created)}.{number:06}",
            "path": record.path,
            "etag": record.etag,
            "size": str(record.size),
            "md5": record.md5 or "",
            "by": record.by,
        }
        return await self._tables.insert(UPLOADS_TABLE, row)

    async def records(self, path: str) -> Sequence[UploadRecord]:
        """Read the records of a path, by creation time and number."""
        rows = self._tables.rows(UPLOADS_TABLE, Query("PartitionKey eq @it", {"it": _partition(path)}))
        return [_record(row) async for row in rows]

    async def search(self, since: datetime) -> Search:
        """Read the state of the search; the first call ever starts it at `since`."""
        first_row = await self._row("since")
        if first_row is None:  # another process may be faster
            await self._tables.insert(UPLOADS_TABLE, _keys("since") | {"at": codec.timestamp(since)})
            first_row = await self._row("since") or {}
        row = await self._row("progress") or {}
        first = codec.moment(first_row["at"])
        return Search(
            first,
            _moment(row, "settled") or first,
            _moment(row, "began"),
            row.get("cursor") or None,
            _moment(row, "held"),
        )

    async def save(self, search: Search) -> None:
        """Write the state of the search."""
        row = {
            "settled": codec.timestamp(search.settled),
            "began": codec.timestamp(search.began) if search.began else "",
            "cursor": search.cursor or "",
            "held": codec.timestamp(search.oldest_unhandled) if search.oldest_unhandled else "",
        }
        await self._tables.upsert(UPLOADS_TABLE, _keys("progress") | row)

    async def close(self) -> None:
        """Close the connections."""
        await self._service.close()
        await self._tables.close()

    async def _row(self, key: str) -> Mapping[str, Any] | None:
        return await self._tables.get(UPLOADS_TABLE, SEARCH, key)


def _keys(key: str) -> dict[str, str]:
    return {"PartitionKey": SEARCH, "RowKey": key}


def _partition(path: str) -> str:
    return hashlib.sha256(path.encode()).hexdigest()


def _moment(row: Mapping[str, Any], column: str) -> datetime | None:
    text = row.get(column)
    return codec.moment(text) if text else None


def _upload(blob: BlobProperties) -> Upload:
    changed = blob.last_modified.astimezone(UTC)
    created = blob.creation_time.astimezone(UTC) if blob.creation_time else changed
    kind = str(getattr(blob.blob_type, "value", blob.blob_type))
    path = f"{ORDERS_CONTAINER}/{blob.name}"
    return Upload(path, etag_of(blob), created, changed, blob.size, md5_of(blob), grows=kind != "BlockBlob")


def _record(row: Mapping[str, Any]) -> UploadRecord:
    created = codec.moment(row["RowKey"].rpartition(".")[0])
    return UploadRecord(row["path"], row["etag"], created, int(row["size"]), row["md5"] or None, row["by"])
