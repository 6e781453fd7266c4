"""The FirstRunStore port: the fake and Table storage keep the same promises."""

import asyncio
from collections.abc import AsyncIterator, Callable
from uuid import uuid4

import pytest

from quantum.adapters.first_run_table import AzureTableFirstRuns
from quantum.jobs.first_runs import FirstRunStore
from quantum.settings import StorageSettings
from tests.support.fakes.first_runs import InMemoryFirstRuns


@pytest.fixture(params=["memory", "azurite", "azure"])
async def store(
    request: pytest.FixtureRequest, storage: Callable[[str], StorageSettings]
) -> AsyncIterator[FirstRunStore]:
    """A store."""
    store = InMemoryFirstRuns() if request.param == "memory" else AzureTableFirstRuns(storage(request.param))
    yield store
    await store.close()


async def test_of_many_that_come_together_one_is_the_first(store: FirstRunStore) -> None:
    """And stays it."""
    key, jobs = uuid4().hex, [str(uuid4()) for _ in range(10)]
    assert await store.find(key) is None

    taken = await asyncio.gather(*(store.take(key, job, None) for job in jobs))
    first = await store.find(key)

    assert taken.count(True) == 1
    assert first
    assert first.job_id == jobs[taken.index(True)]


async def test_a_first_is_replaced_once(store: FirstRunStore) -> None:
    """By one of those that saw it."""
    key, jobs = uuid4().hex, [str(uuid4()) for _ in range(10)]
    await store.take(key, "former", None)
    former = await store.find(key)

    taken = await asyncio.gather(*(store.take(key, job, former) for job in jobs))
    first = await store.find(key)

    assert taken.count(True) == 1
    assert first
    assert first.job_id == jobs[taken.index(True)]


async def test_those_that_wait_are_listed(store: FirstRunStore) -> None:
    """Each once, and those of one job only."""
    first, other = str(uuid4()), str(uuid4())
    for job in ("b", "a", "b"):
        await store.wait_for(first, job)
    await store.wait_for(other, "c")

    assert sorted([each async for each in store.waiting_for(first)]) == ["a", "b"]
    assert [each async for each in store.waiting_for(str(uuid4()))] == []
