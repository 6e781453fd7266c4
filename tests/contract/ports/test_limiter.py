"""The Limiter port: the fake and Table storage keep the same promises."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from quantum.adapters.places import AzureTablePlaces
from quantum.jobs.fair_limits import FairLimits, Limit
from quantum.jobs.limiter import Limiter
from quantum.jobs.places import FIRST_PAUSE, HOLD, Candidate
from quantum.settings import StorageSettings
from tests.support.fakes.limiter import InMemoryLimiter

LIMIT = 7
FAIR = FairLimits({}, {"tenant": Limit(2, 3, 60.0)})
CREATED = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)


@dataclass
class Line:
    """Places of a key that nobody else uses, and the time."""

    limiter: Limiter
    others: Limiter  # of another process
    time: list[datetime]
    key: str = field(default_factory=lambda: f"test-{uuid4()}")

    async def take(self, *jobs: Candidate) -> list[float | None]:
        """Ask at the same time; return the pauses."""
        replies = await asyncio.gather(*(self.limiter.take(self.key, job) for job in jobs))
        return [reply.pause_seconds for reply in replies]


@asynccontextmanager
async def a_line(
    kind: str, storage: Callable[[str], StorageSettings], limits: FairLimits | None
) -> AsyncIterator[Line]:
    """A line for seven places, perhaps with limits for tenants."""
    time = [CREATED]
    if kind == "memory":
        fake = InMemoryLimiter(LIMIT, lambda: time[0], limits)
        yield Line(fake, fake, time)
        return
    one, other = (AzureTablePlaces(storage(kind), LIMIT, lambda: time[0], limits=limits) for _ in range(2))
    yield Line(one, other, time)
    await one.close()
    await other.close()


@pytest.fixture(params=["memory", "azurite", "azure"])
async def line(request: pytest.FixtureRequest, storage: Callable[[str], StorageSettings]) -> AsyncIterator[Line]:
    """A line for seven places."""
    async with a_line(request.param, storage, None) as line:
        yield line


@pytest.fixture(params=["memory", "azurite", "azure"])
async def fair_line(request: pytest.FixtureRequest, storage: Callable[[str], StorageSettings]) -> AsyncIterator[Line]:
    """A line in which a tenant has two places and three starts a minute."""
    async with a_line(request.param, storage, FAIR) as line:
        yield line


def jobs(number: int) -> list[Candidate]:
    """So many jobs, a second apart."""
    return [Candidate(str(uuid4()), CREATED.timestamp() + seconds) for seconds in range(number)]


async def test_a_hundred_jobs_and_room_for_seven(line: Line) -> None:
    """Seven have a place; whoever has one may ask again."""
    pauses = await line.take(*jobs(100))

    assert sum(pause is None for pause in pauses) == LIMIT


async def test_places_pass_on_by_age(line: Line) -> None:
    """From job to job until all have had one, though two processes take part."""
    line_up = jobs(30)
    await line.take(*line_up)
    turns = [job.job_id for job in line_up[:LIMIT]]

    for number, job in enumerate(line_up):
        reply = await (line.limiter, line.others)[number % 2].release(line.key, job.job_id)
        for job_id in reply.called:
            taker = next(each for each in line_up if each.job_id == job_id)
            admitted = await line.others.take(line.key, taker)
            assert admitted.pause_seconds is None
            turns.append(job_id)

    assert turns == [job.job_id for job in line_up]


async def test_the_place_of_a_dead_job_comes_back(line: Line) -> None:
    """It is free when its time is over, for the job that waits."""
    line_up = jobs(LIMIT + 1)
    await line.take(*line_up)

    line.time[0] += timedelta(seconds=HOLD + 1)
    pauses = await line.take(line_up[-1])

    assert pauses == [None]


async def test_two_processes_never_admit_more_than_the_limit(line: Line) -> None:
    """Though both write at the same time."""
    takes = [(line.limiter, line.others)[number % 2].take(line.key, job) for number, job in enumerate(jobs(4 * LIMIT))]

    replies = await asyncio.gather(*takes)

    assert sum(reply.pause_seconds is None for reply in replies) == LIMIT


async def test_what_was_released_can_be_taken_and_released_again(line: Line) -> None:
    """And what nobody holds can be released."""
    (job,) = jobs(1)

    for _ in range(2):
        assert await line.take(job) == [None]
        await line.limiter.release(line.key, job.job_id)
        await line.limiter.release(line.key, job.job_id)


async def test_a_tenant_has_its_own_places_and_starts(fair_line: Line) -> None:
    """Whatever process asks; others pass the jobs that wait for these."""
    line_up = [replace(job, names=("t", "w", "large")) for job in jobs(4)]
    small = replace(jobs(1)[0], names=("t", "w", "small"))

    assert await fair_line.take(*line_up, small) == [None, None, FIRST_PAUSE, FIRST_PAUSE, None]
    left = await fair_line.others.release(fair_line.key, line_up[0].job_id)
    assert left.called == (line_up[2].job_id,)
    assert (await fair_line.others.take(fair_line.key, line_up[2])).pause_seconds is None
    await fair_line.limiter.release(fair_line.key, line_up[1].job_id)
    (pause,) = await fair_line.take(line_up[3])
    assert pause
    fair_line.time[0] += timedelta(seconds=pause)
    assert await fair_line.take(line_up[3]) == [None]


async def test_the_urgent_pass_the_others(line: Line) -> None:
    """Whatever process asks."""
    holders, waiting, (urgent,) = jobs(LIMIT), jobs(2), jobs(1)
    await line.take(*holders, *waiting)
    await line.others.take(line.key, replace(urgent, created=urgent.created + 60, urgency=1))

    assert (await line.limiter.release(line.key, holders[0].job_id)).called == (urgent.job_id,)
