"""What the limiter costs in requests, and what it does where a row has changed or the service does not answer."""

import asyncio
from base64 import b64decode
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from quantum.adapters.places import AzureTablePlaces
from quantum.jobs.errors import ServiceBusyError, ServiceUnavailableError
from quantum.jobs.places import MAX_WAITERS, Candidate
from quantum.settings import StorageSettings
from tests.support.fakes.tables import NOWHERE, InMemoryTables

NOW = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)


class SlowTables(InMemoryTables):
    """Tables that let others go on before they answer, and that lose the answers to some writes."""

    lost = 0

    async def exchange(self, table: str, row: Mapping[str, Any], etag: str | None) -> str | None:
        """Replace a row, perhaps without an answer."""
        await asyncio.sleep(0)
        etag = await super().exchange(table, row, etag)
        await asyncio.sleep(0)
        if self.lost:
            self.lost -= 1
            raise ServiceUnavailableError("the connection was lost")
        return etag


def over(tables: InMemoryTables, limit: int = 3) -> AzureTablePlaces:
    """The adapter over these tables."""
    return AzureTablePlaces(StorageSettings(NOWHERE), limit, lambda: NOW, tables)


def a_job(seconds: int = 0) -> Candidate:
    """A job that was created after so many seconds."""
    return Candidate(str(uuid4()), NOW.timestamp() + seconds)


async def test_an_idle_order_costs_two_requests() -> None:
    """One to take its place and one to give it back; to ask again in between costs none."""
    tables = InMemoryTables()
    places = over(tables)
    await places.take("k", a_job())  # reads the row
    tables.requests.clear()
    job = a_job(1)

    replies = [await places.take("k", job), await places.take("k", job), await places.release("k", job.job_id)]

    assert [reply.pause_seconds for reply in replies] == [None, None, None]
    assert tables.requests == {"exchange": 2}


async def test_a_burst_is_a_few_requests() -> None:
    """What arrives while a request is on its way travels together."""
    tables = SlowTables()
    places = over(tables, limit=7)
    line_up = [a_job(seconds) for seconds in range(100)]

    replies = await asyncio.gather(*(places.take("k", job) for job in line_up))
    await asyncio.gather(*(places.release("k", job.job_id) for job in line_up))

    assert sum(reply.pause_seconds is None for reply in replies) == 7
    assert tables.requests.total() <= 5


async def test_requests_of_one_job_keep_their_order() -> None:
    """A release that follows an attempt is not overtaken by the next attempt."""
    places = over(SlowTables(), limit=1)
    job, other = a_job(), a_job(1)

    await asyncio.gather(places.take("k", job), places.release("k", job.job_id))

    assert (await places.take("k", other)).pause_seconds is None


async def test_a_lost_answer_is_an_error_and_no_lost_place() -> None:
    """The row is read before the next round, and the same job has its place still."""
    tables = SlowTables()
    places = over(tables, limit=1)
    job = a_job()
    tables.lost = 1

    with pytest.raises(ServiceUnavailableError):
        await places.take("k", job)

    assert (await places.take("k", a_job(1))).pause_seconds is not None
    assert (await places.take("k", job)).pause_seconds is None


async def test_a_row_that_changes_all_the_time_is_a_busy_service() -> None:
    """The attempts end, and the step that asked is retried."""

    class Contended(InMemoryTables):
        async def exchange(self, table: str, row: Mapping[str, Any], etag: str | None) -> str | None:  # noqa: ARG002
            return None

    with pytest.raises(ServiceBusyError):
        await over(Contended()).take("k", a_job())


async def test_a_release_without_a_place_writes_nothing_new() -> None:
    """Where the row is not remembered, reading is enough."""
    tables = InMemoryTables()

    await over(tables).release("k", a_job().job_id)

    assert tables.requests == {"get": 1}


async def test_a_full_line_fits_into_the_row() -> None:
    """A column of the table service holds 64 KiB."""
    tables = InMemoryTables()
    places = over(tables)

    await asyncio.gather(*(places.take("k", a_job(seconds)) for seconds in range(MAX_WAITERS + 3)))

    (row,) = tables.rows_by_table["places"].values()
    assert len(b64decode(row["waiters"])) <= 64 * 1024
    assert (await over(tables).take("k", a_job(9999))).pause_seconds is not None


async def test_keys_do_not_share_places() -> None:
    """Each has as many as the limit."""
    places = over(InMemoryTables(), limit=1)

    replies = [await places.take(key, a_job()) for key in ("one", "other")]

    assert [reply.pause_seconds for reply in replies] == [None, None]
