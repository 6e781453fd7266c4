"""Tables by name, created at their first use; each method is one request, except for creating a table."""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from quantum.adapters.storage_account import account_of
from quantum.adapters.storage_session import Reply
from quantum.adapters.table_service import EXISTS, NO_TABLE, Answer, TableService
from quantum.adapters.table_wire import Query, Row, Write
from quantum.jobs.errors import NotFoundError, RefusedError
from quantum.settings import StorageSettings
from quantum.storage import LISTS_TABLE

WHAT = "The job index"
EMULATED = re.compile(r"TableEndpoint=https?://[^/;]+/\w")  # an emulator's address names the account in its path
MISSING, CONFLICT, CHANGED = 404, 409, 412
PAGE = 1000  # the most rows of one response


class Tables:
    """The tables of a storage account, over shared connections; `what` names them in errors."""

    def __init__(self, settings: StorageSettings, what: str = WHAT) -> None:
        self._what = what
        self._service = TableService(account_of(settings, "table"), what)

    def of_series(self, digest: str) -> str:  # noqa: ARG002  # in Azure one table holds all series
        """Return the table of a series of ended jobs."""
        return LISTS_TABLE

    async def insert(self, table: str, row: Mapping[str, Any]) -> bool:
        """Insert a row; return False where there is one."""
        reply = await self._write(table, Write("insert", row))
        if reply.status == CONFLICT and reply.code == EXISTS:
            return False
        self._require(reply)
        return True

    async def update(self, table: str, row: Mapping[str, Any]) -> bool:
        """Update columns of a row; return False where it is missing."""
        reply = await self._service.write(table, Write("merge", row, "*"))
        if reply.status == MISSING:
            return False
        self._require(reply)
        return True

    async def upsert(self, table: str, row: Mapping[str, Any]) -> None:
        """Insert a row, or update its columns."""
        self._require(await self._write(table, Write("merge", row)))

    async def replace(self, table: str, row: Mapping[str, Any]) -> None:
        """Insert a row, or replace it with all its columns."""
        self._require(await self._write(table, Write("replace", row)))

    async def exchange(self, table: str, row: Mapping[str, Any], etag: str | None) -> str | None:
        """Replace a row that is as it was read, or insert one where `etag` is None; return its new ETag.

        Return None where another process was first.
        """
        reply = await self._write(table, Write("replace" if etag else "insert", row, etag))
        if reply.status in {MISSING, CONFLICT, CHANGED}:
            return None
        self._require(reply)
        return reply.headers["ETag"]

    async def remove(self, table: str, row: Mapping[str, Any], etag: str | None = None) -> None:
        """Delete a row, where it is as it was read; a missing or changed one is no error."""
        reply = await self._service.write(table, Write("delete", row, etag))
        if reply.status not in {MISSING, CHANGED}:
            self._require(reply)

    async def submit(self, table: str, writes: Sequence[Write]) -> bool:
        """Execute a transaction in one partition; return False where a condition failed, and nothing was written."""
        status, code = await self._service.transact(table, writes)
        if status == MISSING and code == NO_TABLE:
            await self._service.create(table)
            status, code = await self._service.transact(table, writes)
        return status not in {MISSING, CONFLICT, CHANGED}

    async def get(self, table: str, partition: str, key: str) -> Row | None:
        """Read a row; None where the row or the table is missing."""
        return await self._service.get(table, partition, key)

    async def rows(self, table: str, query: Query) -> AsyncIterator[Row]:
        """Read all rows of a query, a thousand per request; none where the table is missing."""
        token = None
        while True:
            answer = await self.answer(table, query, PAGE, token)
            for row in answer.rows:
                yield row
            token = answer.token
            if token is None:
                return

    async def answer(self, table: str, query: Query, size: int, token: Any = None) -> Answer:
        """Request at most `size` rows of a query, from the token of an earlier response."""
        return await self._service.query(table, query, size, token)

    async def make(self, table: str) -> None:
        """Create a table unless it exists."""
        await self._service.create(table)

    async def close(self) -> None:
        """Close the connections."""
        await self._service.close()

    async def _write(self, table: str, write: Write) -> Reply:
        reply = await self._service.write(table, write)
        if reply.status == MISSING and reply.code in {"", NO_TABLE}:
            await self._service.create(table)
            reply = await self._service.write(table, write)
        return reply

    def _require(self, reply: Reply) -> None:
        """Raise where a write was not made."""
        if reply.status == MISSING:
            raise NotFoundError(f"{self._what} has no such row.", status=reply.status, code=reply.code)
        if reply.status >= 300:
            raise RefusedError(f"{self._what} refused a row: {reply.code}.", status=reply.status, code=reply.code)


class EmulatedTables(Tables):
    """The tables of Azurite, which scans a whole table for every query: each series has one of sixteen."""

    def of_series(self, digest: str) -> str:
        """Return the table of a series of ended jobs, shared by one in sixteen series."""
        return f"{LISTS_TABLE}{digest[0]}"


def tables_of(settings: StorageSettings) -> Tables:
    """Make the tables of a storage account, laid out for Azure or for Azurite."""
    emulated = EMULATED.search(settings.connection_string or "")
    return EmulatedTables(settings) if emulated else Tables(settings)
