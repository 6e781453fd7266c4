"""The row of places has further columns only for urgencies and limits by key, and all of them fit into it."""

import asyncio
from base64 import b64decode
from datetime import UTC, datetime
from uuid import uuid4

from quantum.adapters.places import AzureTablePlaces
from quantum.jobs.fair_limits import FairLimits, read_limits
from quantum.jobs.places import FIRST_PAUSE, MAX_WAITERS, Candidate
from quantum.settings import StorageSettings
from tests.support.fakes.tables import NOWHERE, InMemoryTables

NOW = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)
TWO_EACH = '{"tenant": {"*": {"atOnce": 2, "starts": 3, "period": "PT1M"}}}'
PLAIN = {"PartitionKey", "RowKey", "holders", "holders@odata.type", "waiters", "waiters@odata.type"}


def over(tables: InMemoryTables, setting: str | None = TWO_EACH, limit: int = 5) -> AzureTablePlaces:
    """Another process over these tables."""
    limits = read_limits(setting) if setting else None
    assert limits is None or isinstance(limits, FairLimits)
    return AzureTablePlaces(StorageSettings(NOWHERE), limit, lambda: NOW, tables, limits)


def a_job(seconds: int = 0, tenant: str = "a", urgency: int = 0, target: str = "t") -> Candidate:
    """A job that was created after so many seconds."""
    return Candidate(str(uuid4()), NOW.timestamp() + seconds, urgency, (target, "w", tenant))


def columns(tables: InMemoryTables) -> set[str]:
    """The columns of the row."""
    (row,) = tables.rows_by_table["places"].values()
    return {name for name in row if not name.startswith("odata.")} - {"Timestamp"}


async def test_an_ordinary_order_writes_the_row_that_it_always_wrote() -> None:
    """Its names are in no column."""
    tables = InMemoryTables()
    places = over(tables, None, limit=1)
    for job in (a_job(), a_job(1)):
        await places.take("k", job)

    assert columns(tables) == PLAIN
    assert tables.requests == {"get": 1, "exchange": 2}


async def test_an_urgency_is_read_by_another_process() -> None:
    """Though nothing is limited by key."""
    tables = InMemoryTables()
    first, normal, urgent = a_job(), a_job(1), a_job(2, urgency=1)
    for job in (first, normal, urgent, a_job(0, urgency=-1)):
        await over(tables, None, limit=1).take("k", job)

    assert columns(tables) > PLAIN
    assert (await over(tables, None, limit=1).release("k", first.job_id)).called == (urgent.job_id,)


async def test_keys_and_starts_are_read_by_another_process() -> None:
    """Who has a place, who waits, and how many started."""
    tables = InMemoryTables()
    jobs = [a_job(number) for number in range(4)]
    other = a_job(9, "b")
    pauses = [(await over(tables).take("k", job)).pause_seconds for job in (*jobs, other)]
    left = await over(tables).release("k", jobs[0].job_id)
    third = await over(tables).take("k", jobs[2])
    await over(tables).release("k", jobs[1].job_id)
    fourth = await over(tables).take("k", jobs[3])

    assert pauses == [None, None, FIRST_PAUSE, FIRST_PAUSE, None]
    assert (left.called, third.pause_seconds) == ((jobs[2].job_id,), None)
    assert fourth.pause_seconds is not None
    assert fourth.pause_seconds >= 60  # three have started in this minute


async def test_an_order_with_limits_costs_two_requests() -> None:
    """As one without; to ask again for the same target costs none, for another one does."""
    tables = InMemoryTables()
    places, job = over(tables), a_job()
    await places.take("k", a_job())
    tables.requests.clear()

    replies = [await places.take("k", job), await places.take("k", job), await places.release("k", job.job_id)]

    assert [reply.pause_seconds for reply in replies] == [None] * 3
    assert tables.requests == {"exchange": 2}
    await places.take("k", job)
    elsewhere = Candidate(job.job_id, job.created, 0, ("u", "w", "a"))
    assert (await places.take("k", elsewhere)).pause_seconds is not None  # its third start and its fourth
    assert tables.requests == {"exchange": 4}


async def test_a_full_line_with_keys_fits_into_the_row() -> None:
    """A column of the table service holds 64 KiB, a row 1 MiB."""
    tables = InMemoryTables()
    places = over(tables, limit=1000)
    await asyncio.gather(
        *(places.take("k", a_job(n, f"tenant {n % 700}", n % 3 - 1)) for n in range(MAX_WAITERS + 800))
    )

    (row,) = tables.rows_by_table["places"].values()
    sizes = {name: len(b64decode(row[name])) for name in columns(tables) if f"{name}@odata.type" in row}
    assert all(size <= 64 * 1024 for size in sizes.values()), sizes
    assert sum(sizes.values()) < 1024 * 1024
