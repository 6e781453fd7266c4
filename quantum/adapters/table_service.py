"""A client of the table service, over aiohttp: each call is one request, and one more after a lost connection.

Why not the SDK: docs/decisions/0019-a-table-client-of-our-own.md. Its retries are paid from the budget that all clients
of the process share. Errors are those of `quantum.jobs.errors`.
"""

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, urlencode

from quantum.adapters.azure_errors import error_for
from quantum.adapters.retry_budget import BUDGET
from quantum.adapters.storage_account import Account
from quantum.adapters.storage_session import Reply, Request, StorageSession
from quantum.adapters.table_wire import (
    BATCH_TYPE,
    JSON_TYPE,
    METHODS,
    ROWS_TYPE,
    Query,
    Row,
    Write,
    outcome,
    row_in,
    row_path,
    rows_in,
    transaction,
)
from quantum.jobs.errors import ServiceUnavailableError

VERSION = {"x-ms-version": "2019-02-02", "DataServiceVersion": "3.0;NetFx", "MaxDataServiceVersion": "3.0;NetFx"}
COMMON = {
    **VERSION,
    "Accept": ROWS_TYPE,
    "Content-Type": JSON_TYPE,
}
EXISTS = "EntityAlreadyExists"
NO_TABLE = "TableNotFound"
NEXT = ("NextPartitionKey", "NextRowKey")
MISSING = 404
CONFLICTS = frozenset((MISSING, 409, 412))  # what a caller may expect, beside success


@dataclass(frozen=True)
class Answer:
    """One response to a query: rows in the order of their keys, and the token for the next.

    The service may stop after any number of rows, or none; `token` is None at the end.
    """

    rows: list[Row]
    token: Any = None


class TableService:
    """The table service of an account; `what` names it in errors."""

    def __init__(self, account: Account, what: str) -> None:
        self._account = account
        self._what = what
        self._session = StorageSession()

    async def get(self, table: str, partition: str, key: str) -> Row | None:
        """Read a row; None where it or the table is missing."""
        reply = await self._send(Request("GET", row_path(table, partition, key)), expected={MISSING})
        return None if reply.status == MISSING else self._read(row_in, reply)

    async def query(self, table: str, query: Query, size: int, token: Any = None) -> Answer:
        """Request at most `size` rows of a query, from the token of an earlier response; none of a missing table."""
        options = {"$filter": query.filter, "$top": str(size), **dict(zip(NEXT, token or (), strict=False))}
        text = urlencode({name: value for name, value in options.items() if value}, quote_via=quote)
        reply = await self._send(Request("GET", f"{table}()", text), expected={MISSING})
        if reply.status == MISSING:
            return Answer([])
        following = tuple(reply.headers.get(f"x-ms-continuation-{name}", "") for name in NEXT)
        return Answer(self._read(rows_in, reply), following if any(following) else None)

    async def write(self, table: str, write: Write) -> Reply:
        """Make one write; return the reply, also where the row or the table is missing, or a condition fails."""
        request = Request(METHODS[write.kind], write.path(table), "", write.body, write.headers, write.repeatable)
        return await self._send(request, expected=CONFLICTS)

    async def transact(self, table: str, writes: Sequence[Write]) -> tuple[int, str]:
        """Make all of at most a hundred writes in one partition, or none; return the first fault's status and code."""
        body, repeatable = transaction(self._account.url, table, writes), all(write.repeatable for write in writes)
        request = Request("POST", "$batch", "", body, {"Content-Type": BATCH_TYPE}, repeatable)
        reply = await self._send(request, expected={MISSING})
        if reply.status == MISSING:
            return reply.status, reply.code
        result = outcome(reply.body, len(writes))
        if result is None:
            raise ServiceUnavailableError(f"{self._what} did not answer a transaction as it should.")
        if result[0] not in CONFLICTS | {204}:
            raise error_for(result[0], reply.headers, result[1], result[1], self._what)
        return result

    async def create(self, table: str) -> None:
        """Create a table unless it exists."""
        await self._send(Request("POST", "Tables", "", json.dumps({"TableName": table}).encode()), expected={409})

    async def close(self) -> None:
        """Close the connections."""
        await self._session.close()
        await self._account.close()

    async def _send(self, request: Request, expected: Collection[int]) -> Reply:
        """Send a request, once more where that is safe, and raise what a caller does not expect."""
        request = replace(request, headers={**COMMON, **request.headers})
        try:
            reply = await self._session.attempt(self._account, request, self._what)
        except ServiceUnavailableError:
            if not request.repeatable or not BUDGET.spend():
                raise
            reply = await self._session.attempt(self._account, request, self._what)
        if reply.status == 401 and self._account.forget_token() and BUDGET.spend():
            reply = await self._session.attempt(self._account, request, self._what)
        if reply.status >= 300 and reply.status not in expected:
            raise reply.error(self._what)
        return reply

    def _read[T](self, decode: Callable[[bytes], T], reply: Reply) -> T:
        try:
            return decode(reply.body)
        except ValueError as error:
            raise ServiceUnavailableError(f"{self._what} did not answer as it should.") from error
