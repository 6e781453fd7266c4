"""The wire form of the table service: queries, rows and transactions of its REST API, version 2019-02-02.

https://learn.microsoft.com/rest/api/storageservices/table-service-rest-api, read in November 2026.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal
from urllib.parse import quote

BOUNDARY = "changeset"  # of a transaction's parts: JSON on one line cannot contain a line that begins with it
BATCH_TYPE = f"multipart/mixed; boundary=batch_{BOUNDARY}"
JSON_TYPE = "application/json"
ROWS_TYPE = "application/json;odata=nometadata"
STATUS = re.compile(rb"^HTTP/1\.1 (\d{3})", re.MULTILINE)
CODE = re.compile(rb'"code"\s*:\s*"(\w+)"')

type Kind = Literal["insert", "merge", "replace", "delete"]
type Row = dict[str, Any]

METHODS: Mapping[Kind, str] = {"insert": "POST", "merge": "PATCH", "replace": "PUT", "delete": "DELETE"}


@dataclass(frozen=True)
class Write:
    """One write: `etag` makes it conditional, `*` on the row's existence; a deletion always is."""

    kind: Kind
    row: Mapping[str, Any]
    etag: str | None = None

    def path(self, table: str) -> str:
        """Return the encoded path below the account."""
        if self.kind == "insert":
            return table
        return row_path(table, self.row["PartitionKey"], self.row["RowKey"])

    @property
    def headers(self) -> dict[str, str]:
        """The headers that only this write needs."""
        etag = self.etag or ("*" if self.kind == "delete" else None)
        return ({"If-Match": etag} if etag else {}) | ({"Prefer": "return-no-content"} if self.kind == "insert" else {})

    @cached_property
    def body(self) -> bytes:
        """The row as JSON; a deletion has none."""
        return b"" if self.kind == "delete" else json.dumps(self.row, separators=(",", ":")).encode()

    @property
    def repeatable(self) -> bool:
        """Whether the same write may be sent again after a lost reply, with the same outcome."""
        return self.etag in (None, "*") and self.kind in ("merge", "replace")


def row_path(table: str, partition: str, key: str) -> str:
    """Return the encoded path of a row."""
    partition, key = (quote(text.replace("'", "''"), safe="") for text in (partition, key))
    return f"{table}(PartitionKey='{partition}',RowKey='{key}')"


@dataclass(frozen=True)
class Query:
    """A query: a filter, in which a name after `@` stands for one of its values."""

    text: str
    values: Mapping[str, Any]

    def __and__(self, other: "Query") -> "Query":
        return Query(" and ".join(text for text in (self.text, other.text) if text), {**self.values, **other.values})

    @property
    def filter(self) -> str:
        """The filter in OData, with its values as literals."""
        return " ".join(_literal(self.values[word[1:]]) if word[:1] == "@" else word for word in self.text.split(" "))


def _literal(value: str | bool) -> str:  # noqa: FBT001  # columns are texts and booleans
    return str(value).lower() if isinstance(value, bool) else "'" + value.replace("'", "''") + "'"


def transaction(url: str, table: str, writes: Sequence[Write]) -> bytes:
    """Encode writes of one partition as a changeset."""
    lines = [f"--batch_{BOUNDARY}".encode(), f"Content-Type: multipart/mixed; boundary={BOUNDARY}".encode(), b""]
    for write in writes:
        names = {"Accept": ROWS_TYPE, "Content-Type": JSON_TYPE, "DataServiceVersion": "3.0;"} | write.headers
        lines += [
            f"--{BOUNDARY}\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n".encode(),
            f"{METHODS[write.kind]} {url}/{write.path(table)} HTTP/1.1".encode(),
            *(f"{name}: {text}".encode() for name, text in names.items()),
            b"",
            write.body,
        ]
    return b"\r\n".join([*lines, f"--{BOUNDARY}--".encode(), f"--batch_{BOUNDARY}--".encode(), b""])


def outcome(body: bytes, count: int) -> tuple[int, str] | None:
    """Return the status and code of a transaction's response, 204 where all writes were made; None if unreadable."""
    statuses = [int(status) for status in STATUS.findall(body)]
    if failure := next((status for status in statuses if status >= 300), None):
        code = CODE.search(body)
        return failure, code[1].decode() if code else ""
    return (204, "") if len(statuses) == count else None


def rows_in(body: bytes) -> list[Row]:
    """Decode the rows of a query's response; ValueError where it is not one."""
    data = json.loads(body)
    rows = data.get("value") if isinstance(data, dict) else None
    if not isinstance(rows, list):
        raise ValueError("the response to a query has no rows")  # noqa: TRY004  # one error for all damage
    return rows


def row_in(body: bytes) -> Row:
    """Decode a row; ValueError where it is not one."""
    row = json.loads(body)
    if not isinstance(row, dict) or "RowKey" not in row:
        raise ValueError("the response is not a row")
    return row


def etag_of(row: Mapping[str, Any]) -> str:
    """Return a row's ETag, which the service makes of its timestamp; azure-data-tables derives it in the same way."""
    return f"W/\"datetime'{quote(row['Timestamp'], safe='')}'\""
