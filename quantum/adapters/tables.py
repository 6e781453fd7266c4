"""Tables by name, created at their first use; each method is one request, except for creating a table."""

import re
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any

from azure.core import MatchConditions
from azure.core.exceptions import AzureError, DecodeError, HttpResponseError, ResourceExistsError, ResourceNotFoundError
from azure.data.tables import UpdateMode
from azure.data.tables.aio import TableClient, TableServiceClient

from quantum.adapters.azure_errors import translated
from quantum.adapters.identity import credential
from quantum.adapters.retry_budget import TABLE_CALLS
from quantum.settings import StorageSettings
from quantum.storage import LISTS_TABLE

WHAT = "The job index"
EMULATED = re.compile(r"TableEndpoint=https?://[^/;]+/\w")  # an emulator's address names the account in its path


@dataclass(frozen=True)
class Query:
    """A query: a filter and the values of its parameters."""

    text: str
    values: Mapping[str, Any]

    def __and__(self, other: "Query") -> "Query":
        return Query(" and ".join(text for text in (self.text, other.text) if text), {**self.values, **other.values})


@dataclass(frozen=True)
class Answer:
    """One response to a query: rows in the order of their keys, and the token for the next.

    The service may stop after any number of rows, or none; `token` is None at the end.
    """

    rows: list[dict[str, Any]]
    token: Any = None


class Tables:
    """The tables of a storage account, over shared connections."""

    def __init__(self, settings: StorageSettings) -> None:
        if settings.connection_string:
            self._service = TableServiceClient.from_connection_string(settings.connection_string, **TABLE_CALLS)
        else:
            who = credential(settings.client_id)
            self._service = TableServiceClient(str(settings.table), credential=who, **TABLE_CALLS)
        self._clients: dict[str, TableClient] = {}

    def table(self, name: str) -> TableClient:
        """Return the client of a table, which need not exist."""
        if name not in self._clients:
            self._clients[name] = self._service.get_table_client(name)
        return self._clients[name]

    def of_series(self, digest: str) -> TableClient:  # noqa: ARG002  # in Azure one table holds all series
        """Return the table of a series of ended jobs."""
        return self.table(LISTS_TABLE)

    async def insert(self, table: TableClient, row: Mapping[str, Any]) -> None:
        """Insert a row that must not exist."""
        try:
            await table.create_entity(row)
        except ResourceNotFoundError:
            await make(table)
            await table.create_entity(row)

    async def update(self, table: TableClient, row: Mapping[str, Any]) -> None:
        """Update columns of a row that must exist."""
        await table.update_entity(row, mode=UpdateMode.MERGE)

    async def upsert(self, table: TableClient, row: Mapping[str, Any]) -> None:
        """Insert a row, or update its columns."""
        try:
            await table.upsert_entity(row, mode=UpdateMode.MERGE)
        except ResourceNotFoundError:
            await make(table)
            await table.upsert_entity(row, mode=UpdateMode.MERGE)

    async def submit(self, table: TableClient, operations: Sequence[Any]) -> None:
        """Execute a transaction in one partition."""
        try:
            await _submit(table, operations)
        except HttpResponseError as error:
            if error.status_code != 404:
                raise
            await make(table)
            await _submit(table, operations)

    async def get(self, table: TableClient, partition: str, key: str) -> Any:
        """Read a row; None where the row or the table is missing."""
        try:
            return await table.get_entity(partition, key)
        except ResourceNotFoundError:
            return None

    async def rows(self, table: TableClient, query: Query) -> AsyncIterator[dict[str, Any]]:
        """Read all rows of a query, a thousand per request; none where the table is missing."""
        try:
            async for row in table.query_entities(query.text, parameters=dict(query.values), results_per_page=1000):
                yield row
        except ResourceNotFoundError:
            return

    async def answer(self, table: TableClient, query: Query, size: int, token: Any = None) -> Answer:
        """Request at most `size` rows of a query, from the token of an earlier response."""
        items = table.query_entities(query.text, parameters=dict(query.values), results_per_page=size)
        pages: Any = items.by_page(token)
        try:
            rows = [row async for row in await anext(pages)]
        except (ResourceNotFoundError, StopAsyncIteration):
            return Answer([])
        return Answer(rows, pages.continuation_token)

    async def replace(self, table: TableClient, row: Mapping[str, Any], etag: str | None) -> str:
        """Replace a row that is as it was read, or insert one where `etag` is None; return its new ETag.

        Raises ResourceModifiedError, ResourceExistsError or ResourceNotFoundError where the row is not as expected.
        """
        if etag is not None:
            condition = MatchConditions.IfNotModified
            answer = await table.update_entity(row, mode=UpdateMode.REPLACE, etag=etag, match_condition=condition)
            return str(answer["etag"])
        try:
            return str((await table.create_entity(row))["etag"])
        except ResourceNotFoundError:
            await make(table)
            return str((await table.create_entity(row))["etag"])

    async def close(self) -> None:
        """Close the connections."""
        for table in self._clients.values():
            await table.close()
        await self._service.close()


class EmulatedTables(Tables):
    """The tables of Azurite, which scans a whole table for every query: each series has one of sixteen."""

    def of_series(self, digest: str) -> TableClient:
        """Return the table of a series of ended jobs, shared by one in sixteen series."""
        return self.table(f"{LISTS_TABLE}{digest[0]}")


def tables_of(settings: StorageSettings) -> Tables:
    """Make the tables of a storage account, laid out for Azure or for Azurite."""
    emulated = EMULATED.search(settings.connection_string or "")
    return EmulatedTables(settings) if emulated else Tables(settings)


async def make(table: TableClient) -> None:
    """Create a table unless it exists."""
    try:
        await table.create_table()
    except ResourceExistsError:
        return


async def _submit(table: TableClient, operations: Sequence[Any]) -> None:
    try:
        await table.submit_transaction(operations)
    except (AttributeError, LookupError, ValueError, HTTPException) as error:
        # The SDK raises these errors for a truncated or garbled response.
        raise DecodeError("the answer to a transaction cannot be read") from error


@contextmanager
def index_errors() -> Iterator[None]:
    """Translate errors, including the SDK's AttributeError for a truncated response."""
    with translated(WHAT):
        try:
            yield
        except AttributeError as error:
            if isinstance(error.__context__, AzureError):
                raise error.__context__ from error
            raise
