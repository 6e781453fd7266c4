"""Housekeeping looks at every job in every round, until there are so many that it takes turns with those that wait."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from quantum.jobs.lifecycle import Phase
from quantum.service import care
from quantum.service.care import SETTLED, take_turns
from quantum.service.purging import ROUND_SECONDS
from tests.support.builders import NOW, a_job
from tests.support.fakes.index import InMemoryJobIndex

MOST = 4
LATER = NOW + SETTLED


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a few jobs be very many."""
    monkeypatch.setattr(care, "MOST_LOOKS", MOST)


async def an_index(count: int) -> tuple[InMemoryJobIndex, list[str]]:
    """An index of so many jobs that have just begun to wait."""
    index = InMemoryJobIndex()
    for number in range(count):
        job = a_job().moved_to(Phase.STAGING, NOW).moved_to(Phase.WAITING, NOW)
        await index.claim(replace(job, id=f"{number:08x}-5f5e-5a1c-9d7e-7a2f1b0c4d11"), "digest")
    return index, list(index.entries)


async def turns(index: InMemoryJobIndex, now: datetime) -> list[str]:
    """The ids whose turn it is."""
    return sorted([entry.job.id async for entry, is_its_turn in take_turns(index, now) if is_its_turn])


@pytest.mark.parametrize(("count", "now"), [(MOST - 1, LATER), (5 * MOST, LATER - timedelta(seconds=1))])
async def test_few_jobs_and_young_ones_have_a_look_in_every_round(count: int, now: datetime) -> None:
    """Nobody is passed over."""
    index, ids = await an_index(count)

    assert await turns(index, now) == sorted(ids)


async def test_very_many_take_turns() -> None:
    """Each is looked at once while all have their turn."""
    index, ids = await an_index(5 * MOST)
    looks = [await turns(index, LATER + timedelta(seconds=turn * ROUND_SECONDS)) for turn in range(8)]

    assert max(map(len, looks)) < len(ids)
    assert sorted(job_id for some in looks for job_id in some) == sorted(ids)
