"""Tables by name, made by whoever misses them first; pieces of them by key ranges."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any

from azure.core.exceptions import AzureError, DecodeError, HttpResponseError, ResourceExistsError, ResourceNotFoundError
from azure.data.tables import UpdateMode
from azure.data.tables.aio import TableClient, TableServiceClient

from quantum.adapters.azure_errors import translated
from quantum.adapters.identity import credential
from quantum.adapters.retry_budget import TABLE_CALLS
from quantum.settings import StorageSettings

WHAT = "The job index"


@dataclass(frozen=True)
class Piece:
    """Rows in the order of their keys, and whether the query has more."""

    rows: list[dict[str, Any]]
    goes_on: bool = False


class Tables:
    """The tables of a storage account, over shared connections."""

    def __init__(self, settings: StorageSettings) -> None:
        if settings.connection_string:
            self._service = TableServiceClient.from_connection_string(settings.connection_string, **TABLE_CALLS)
        else:
            who = credential(settings.client_id)
            self._service = TableServiceClient(str(settings.table), credential=who, **TABLE_CALLS)
        self._known: dict[str, TableClient] = {}

    def named(self, name: str) -> TableClient:
        """A table, which need not be there."""
        if name not in self._known:
            self._known[name] = self._service.get_table_client(name)
        return self._known[name]

    async def insert(self, table: TableClient, row: Mapping[str, Any]) -> None:
        """Insert a row that must not be there."""
        try:
            await table.create_entity(row)
        except ResourceNotFoundError:
            await make(table)
            await table.create_entity(row)

    async def upsert(self, table: TableClient, row: Mapping[str, Any]) -> None:
        """Write columns of a row, over what was there."""
        try:
            await table.upsert_entity(row, mode=UpdateMode.MERGE)
        except ResourceNotFoundError:
            await make(table)
            await table.upsert_entity(row, mode=UpdateMode.MERGE)

    async def submit(self, table: TableClient, operations: Sequence[Any]) -> None:
        """Carry out all or nothing, in one partition."""
        try:
            await _submit(table, operations)
        except HttpResponseError as error:
            if error.status_code != 404:
                raise
            await make(table)
            await _submit(table, operations)

    async def rows(self, table: TableClient, query: str, values: Mapping[str, Any]) -> AsyncIterator[dict[str, Any]]:
        """Read all rows of a query; none where there is no such table."""
        try:
            async for row in table.query_entities(query, parameters=dict(values), results_per_page=1000):
                yield row
        except ResourceNotFoundError:
            return

    async def piece(self, table: TableClient, query: str, values: Mapping[str, Any], size: int) -> Piece:
        """Read the first rows of a query: one request, unless the service breaks off early at a boundary of its own."""
        pages: Any = table.query_entities(query, parameters=dict(values), results_per_page=size).by_page()
        rows: list[dict[str, Any]] = []
        try:
            async for page in pages:
                rows += [row async for row in page]
                if len(rows) >= size:
                    break
        except ResourceNotFoundError:
            return Piece([])
        return Piece(rows, pages.continuation_token is not None)

    async def close(self) -> None:
        """Close the connections."""
        for table in self._known.values():
            await table.close()
        await self._service.close()


async def make(table: TableClient) -> None:
    """Make a table unless it is there."""
    try:
        await table.create_table()
    except ResourceExistsError:
        return


async def _submit(table: TableClient, operations: Sequence[Any]) -> None:
    try:
        await table.submit_transaction(operations)
    except (AttributeError, LookupError, ValueError, HTTPException) as error:
        # The SDK expects whole parts in an answer, and breaks on one that was cut off or garbled on its way.
        raise DecodeError("the answer to a transaction cannot be read") from error


@contextmanager
def answered() -> Iterator[None]:
    """Raise our errors, also for an answer that was cut off, on whose missing headers this SDK itself breaks."""
    with translated(WHAT):
        try:
            yield
        except AttributeError as error:
            if isinstance(error.__context__, AzureError):
                raise error.__context__ from error
            raise
