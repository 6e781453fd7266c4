"""The table service in memory: it counts what is asked of it, and breaks off as it likes."""

import operator
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import Any

from quantum.adapters.table_service import Answer
from quantum.adapters.table_wire import Query, Row, Write, etag_of
from quantum.adapters.tables import Tables
from quantum.settings import StorageSettings

NOWHERE = "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=aw==;TableEndpoint=http://127.0.0.1:1;"
TESTS = {"eq": operator.eq, "gt": operator.gt, "ge": operator.ge, "lt": operator.lt, "le": operator.le}
KEYS = ("PartitionKey", "RowKey")

type Key = tuple[str, str]


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

    async def insert(self, table: str, row: Mapping[str, Any]) -> bool:
        """Insert a row unless it is there."""
        self.requests["insert"] += 1
        if _key(row) in self._rows(table):
            return False
        self._put(table, row)
        return True

    async def update(self, table: str, row: Mapping[str, Any]) -> bool:
        """Write columns of a row that must be there."""
        self.requests["update"] += 1
        if _key(row) not in self._rows(table):
            return False
        self._put(table, self._rows(table)[_key(row)] | row)
        return True

    async def upsert(self, table: str, row: Mapping[str, Any]) -> None:
        """Write columns of a row, over what was there."""
        self.requests["upsert"] += 1
        self._put(table, self._rows(table).get(_key(row), {}) | row)

    async def replace(self, table: str, row: Mapping[str, Any]) -> None:
        """Write a whole row."""
        self.requests["replace"] += 1
        self._put(table, row)

    async def exchange(self, table: str, row: Mapping[str, Any], etag: str | None) -> str | None:
        """Replace a row that is as it was read, or insert one."""
        self.requests["exchange"] += 1
        current = self._rows(table).get(_key(row))
        if (etag_of(current) if current else None) != etag:
            return None
        self._put(table, row)
        return etag_of(self._rows(table)[_key(row)])

    async def remove(self, table: str, row: Mapping[str, Any], etag: str | None = None) -> None:
        """Delete a row, unless it has changed."""
        self.requests["remove"] += 1
        if self._is_as(table, row, etag):
            self._delete(table, row)

    async def submit(self, table: str, writes: Sequence[Write]) -> bool:
        """Carry out all or nothing, in one partition, no row twice."""
        self.requests["submit"] += 1
        keys = [_key(write.row) for write in writes]
        assert len({partition for partition, _ in keys}) == 1
        assert len(set(keys)) == len(keys) <= 100
        if not all(self._can(table, write) for write in writes):
            return False
        for write in writes:
            if write.kind == "delete":
                self._delete(table, write.row)
            else:
                self._put(table, write.row)
        return True

    async def get(self, table: str, partition: str, key: str) -> Row | None:
        """Read a row; None where there is none."""
        self.requests["get"] += 1
        return self._rows(table).get((partition, key))

    async def rows(self, table: str, query: Query) -> AsyncIterator[Row]:
        """Read all rows of a query."""
        self.requests["rows"] += 1
        for row in read(self._rows(table).values(), query):
            yield row

    async def answer(self, table: str, query: Query, size: int, token: Any = None) -> Answer:
        """Give rows of a query, from where an earlier answer to it ended."""
        self.requests["answer"] += 1
        in_range = read(self._rows(table).values(), _of_keys(query))
        looked_at = [row for row in in_range if token is None or _key(row) > token]
        matches: list[Row] = []
        for number, row in enumerate(looked_at, 1):
            matches += read([row], query)
            if (len(matches) == size or number == self._looks) and number < len(looked_at):
                return Answer(matches, _key(row))
        return Answer(matches)

    def _rows(self, table: str) -> dict[Key, Row]:
        return self.rows_by_table.setdefault(table, {})

    def _can(self, table: str, write: Write) -> bool:
        """Say whether the condition of a write holds."""
        if write.kind == "insert":
            return _key(write.row) not in self._rows(table)
        if write.kind != "delete" and write.etag in (None, "*"):
            return True
        return self._is_as(table, write.row, write.etag)

    def _is_as(self, table: str, row: Mapping[str, Any], etag: str | None) -> bool:
        present = self._rows(table).get(_key(row))
        return present is not None and etag in (None, etag_of(present))

    def _put(self, table: str, row: Mapping[str, Any]) -> None:
        self.written[table] += 1
        self._rows(table)[_key(row)] = {**row, "Timestamp": str(self.written.total())}

    def _delete(self, table: str, row: Mapping[str, Any]) -> None:
        self.written[table] += 1
        del self._rows(table)[_key(row)]


def read(rows: Iterable[Row], query: Query) -> list[Row]:
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
