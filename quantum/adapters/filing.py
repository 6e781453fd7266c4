"""Files ended jobs: writes their rows of lists, then deletes their open rows, a hundred of a partition per request.

Each row is written whole, so that filing may be repeated after a crash anywhere. An open row is deleted only as it was
read: what has changed since then is filed in the next round.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Sequence

from quantum.adapters.list_rows import ended_rows, open_row
from quantum.adapters.table_wire import Write
from quantum.adapters.tables import Tables
from quantum.jobs.errors import ServiceUnavailableError
from quantum.ports import Entry
from quantum.storage import OPEN_TABLE

AT_ONCE = 8
MOST_WRITES = 100  # of a transaction
MOST_BYTES = 3 * 1024 * 1024  # of its rows; the service takes 4 MiB


async def file(tables: Tables, ended: Sequence[Entry], unclaimed: Sequence[Entry]) -> None:
    """Write the rows of ended jobs, then delete the open rows of all these entries."""
    partitions: dict[tuple[str, str], list[Write]] = defaultdict(list)
    for entry in ended:
        for row in ended_rows(entry.job):
            partition = str(row["PartitionKey"])
            partitions[tables.of_series(partition), partition].append(Write("replace", row))
    semaphore = asyncio.Semaphore(AT_ONCE)

    async def submit(table: str, writes: Sequence[Write]) -> None:
        async with semaphore:
            if not await _submit(tables, table, writes):
                raise ServiceUnavailableError("The job index did not take the rows of ended jobs.")

    await asyncio.gather(
        *(submit(table, some) for (table, _), writes in partitions.items() for some in transactions(writes))
    )
    deletions = [Write("delete", _keys(entry), entry.version) for entry in (*ended, *unclaimed)]
    for some in transactions(deletions):
        if not await _submit(tables, OPEN_TABLE, some):  # one of them has changed
            for write in some:
                await tables.remove(OPEN_TABLE, write.row, write.etag)


async def _submit(tables: Tables, table: str, writes: Sequence[Write]) -> bool:
    """Make the writes; a single one needs no transaction."""
    if len(writes) > 1:
        return await tables.submit(table, writes)
    for write in writes:
        if write.kind == "delete":
            await tables.remove(table, write.row, write.etag)
        else:
            await tables.replace(table, write.row)
    return True


def transactions(writes: Sequence[Write]) -> Iterator[Sequence[Write]]:
    """Divide writes of one partition into transactions that the service takes."""
    some: list[Write] = []
    size = 0
    for write in writes:
        length = len(write.body)
        if some and (len(some) == MOST_WRITES or size + length > MOST_BYTES):
            yield some
            some, size = [], 0
        some.append(write)
        size += length
    if some:
        yield some


def _keys(entry: Entry) -> dict[str, str]:
    row = open_row(entry.job)
    return {name: row[name] for name in ("PartitionKey", "RowKey")}
