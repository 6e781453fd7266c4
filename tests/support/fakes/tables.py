"""The table service in memory: it counts what is asked of it, and breaks off as it likes."""

import operator
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import Any

from azure.core.exceptions import HttpResponseError, ResourceExistsError
from azure.data.tables.aio import TableClient

from quantum.adapters.tables import Answer, Query, Tables
from quantum.settings import StorageSettings

NOWHERE = "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=aw==;TableEndpoint=http://127.0.0.1:1;"
TESTS = {"eq": operator.eq, "gt": operator.gt, "ge": operator.ge, "lt": operator.lt, "le": operator.le}
KEYS = ("PartitionKey", "RowKey")

type Key = tuple[str, str]


class Row(dict[str, Any]):
    """A row, with its ETag as the SDK gives it."""

    def __init__(self, columns: Mapping[str, Any], version: int) -> None:
        super().__init__(columns)
        self.metadata = {"etag": str(version)}


class InMemoryTables(Tables):
    """Tables by name; `requests` counts methods, `written` rows by table. An answer looks at `looks` rows at most.

    A row whose keys are outside of what is asked for is not looked at: the service finds ranges of keys.
    """

    def __init__(self, looks: int = 1_000_000) -> None:
        super().__init__(StorageSettings(NOWHERE))
        self.rows_by_table: dict[str, dict[Key, Row]] = {}
        self.requests: Counter[str] = Counter()
        self.written: Counter[str] = Counter()
        self._looks = looks

    async def insert(self, table: TableClient, row: Mapping[str, Any]) -> None:
        """Insert a row that must not be there."""
        self.requests["insert"] += 1
        if _key(row) in self._rows(table):
            raise ResourceExistsError("there is one")
        self._write(table, row)

    async def update(self, table: TableClient, row: Mapping[str, Any]) -> None:
        """Write columns of a row that must be there."""
        self.requests["update"] += 1
        self._write(table, self._rows(table)[_key(row)] | row)

    async def upsert(self, table: TableClient, row: Mapping[str, Any]) -> None:
        """Write columns of a row, over what was there."""
        self.requests["upsert"] += 1
        self._write(table, self._rows(table).get(_key(row), {}) | row)

    async def submit(self, table: TableClient, operations: Sequence[Any]) -> None:
        """Carry out all or nothing, in one partition."""
        self.requests["submit"] += 1
        rows = self._rows(table)
        assert len({operation[1]["PartitionKey"] for operation in operations}) == 1
        for kind, row, *options in operations:
            expected = options[0].get("etag") if options else None
            if kind == "delete" and (_key(row) not in rows or expected not in (None, rows[_key(row)].metadata["etag"])):
                raise _failed(404 if _key(row) not in rows else 412)
        for kind, row, *_ in operations:
            if kind == "delete":
                del rows[_key(row)]
            else:
                self._write(table, row)

    async def get(self, table: TableClient, partition: str, key: str) -> Any:
        """Read a row; None where there is none."""
        self.requests["get"] += 1
        return self._rows(table).get((partition, key))

    async def rows(self, table: TableClient, query: Query) -> AsyncIterator[dict[str, Any]]:
        """Read all rows of a query."""
        self.requests["rows"] += 1
        for row in read(self._rows(table).values(), query):
            yield row

    async def answer(self, table: TableClient, query: Query, size: int, token: Any = None) -> Answer:
        """Give rows of a query, from where an earlier answer to it ended."""
        self.requests["answer"] += 1
        in_range = read(self._rows(table).values(), _of_keys(query))
        looked_at = [row for row in in_range if token is None or _key(row) > token]
        matches: list[dict[str, Any]] = []
        for number, row in enumerate(looked_at, 1):
            matches += read([row], query)
            if (len(matches) == size or number == self._looks) and number < len(looked_at):
                return Answer(matches, _key(row))
        return Answer(matches)

    def _rows(self, table: TableClient) -> dict[Key, Row]:
        return self.rows_by_table.setdefault(table.table_name, {})

    def _write(self, table: TableClient, row: Mapping[str, Any]) -> None:
        self.written[table.table_name] += 1
        self._rows(table)[_key(row)] = Row(row, self.written.total())


def read(rows: Iterable[dict[str, Any]], query: Query) -> list[dict[str, Any]]:
    """Choose rows as the service does, in the order of their keys; a column that is not there passes no test."""
    keys, _, search = query.text.partition(" and ( ")
    searches = search.removesuffix(" )").split(" or ") if search else [keys]

    def passes(row: Mapping[str, Any], text: str) -> bool:
        clauses = [clause.split() for clause in text.split(" and ")]
        return all(name in row and TESTS[test](row[name], query.values[value[1:]]) for name, test, value in clauses)

    return sorted((row for row in rows if passes(row, keys) and any(passes(row, each) for each in searches)), key=_key)


def _of_keys(query: Query) -> Query:
    clauses = [clause for clause in query.text.partition(" and ( ")[0].split(" and ") if clause.startswith(KEYS)]
    return Query(" and ".join(clauses), query.values)


def _key(row: Mapping[str, Any]) -> Key:
    return row["PartitionKey"], row["RowKey"]


def _failed(status: int) -> HttpResponseError:
    error = HttpResponseError(f"HTTP {status}")
    error.status_code = status
    return error
