"""Tables by name, made by whoever misses them first; each method is one request, save where that table is missing."""

import re
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
from quantum.storage import LISTS_TABLE

WHAT = "The job index"
EMULATED = re.compile(r"TableEndpoint=https?://[^/;]+/\w")  # an emulator's address names the account in its path


@dataclass(frozen=True)
class Query:
    """What the table service is asked for: a filter, and the values of its parameters."""

    text: str
    values: Mapping[str, Any]

    def __and__(self, other: "Query") -> "Query":
        return Query(" and ".join(text for text in (self.text, other.text) if text), {**self.values, **other.values})


@dataclass(frozen=True)
class Answer:
    """One answer to a query: rows in the order of their keys, and with what to ask for those that follow.

    The service may break off after any number of rows, or none; `token` is None when it has looked at all.
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
        self._known: dict[str, TableClient] = {}

    def named(self, name: str) -> TableClient:
        """A table, which need not be there."""
        if name not in self._known:
            self._known[name] = self._service.get_table_client(name)
        return self._known[name]

    def of_series(self, digest: str) -> TableClient:  # noqa: ARG002  # Azure finds a range of keys in any table
        """The table that holds the rows of a series of ended jobs."""
        return self.named(LISTS_TABLE)

    async def insert(self, table: TableClient, row: Mapping[str, Any]) -> None:
        """Insert a row that must not be there."""
        try:
            await table.create_entity(row)
        except ResourceNotFoundError:
            await make(table)
            await table.create_entity(row)

    async def update(self, table: TableClient, row: Mapping[str, Any]) -> None:
        """Write columns of a row that must be there."""
        await table.update_entity(row, mode=UpdateMode.MERGE)

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

    async def get(self, table: TableClient, partition: str, key: str) -> Any:
        """Read a row; None where there is none, or no such table."""
        try:
            return await table.get_entity(partition, key)
        except ResourceNotFoundError:
            return None

    async def rows(self, table: TableClient, query: Query) -> AsyncIterator[dict[str, Any]]:
        """Read all rows of a query, a thousand a request; none where there is no such table."""
        try:
            async for row in table.query_entities(query.text, parameters=dict(query.values), results_per_page=1000):
                yield row
        except ResourceNotFoundError:
            return

    async def answer(self, table: TableClient, query: Query, size: int, token: Any = None) -> Answer:
        """Ask for at most so many rows of a query, from where an earlier answer to it ended."""
        found = table.query_entities(query.text, parameters=dict(query.values), results_per_page=size)
        pages: Any = found.by_page(token)
        try:
            rows = [row async for row in await anext(pages)]
        except (ResourceNotFoundError, StopAsyncIteration):
            return Answer([])
        return Answer(rows, pages.continuation_token)

    async def close(self) -> None:
        """Close the connections."""
        for table in self._known.values():
            await table.close()
        await self._service.close()


class EmulatedTables(Tables):
    """The tables of Azurite, which looks at each row of a table for every query: each series has one of sixteen."""

    def of_series(self, digest: str) -> TableClient:
        """The table that holds the rows of a series of ended jobs, and of one in sixteen of the others."""
        return self.named(f"{LISTS_TABLE}{digest[0]}")


def tables_of(settings: StorageSettings) -> Tables:
    """The tables of a storage account, laid out for Azure or for Azurite."""
    emulated = EMULATED.search(settings.connection_string or "")
    return EmulatedTables(settings) if emulated else Tables(settings)


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
