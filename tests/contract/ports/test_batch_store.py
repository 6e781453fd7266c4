"""The BatchStore port: the fake and Table storage keep the same promises."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from uuid import uuid4

import pytest

from quantum.adapters.batch_table import AzureTableBatches
from quantum.batches.model import Batch
from quantum.batches.progress import BatchPhase
from quantum.ports import BatchStore
from quantum.settings import StorageSettings
from tests.support.builders import NOW
from tests.support.fakes.batches import InMemoryBatches

AT = "2026-11-21T09:00:00.000Z"


@pytest.fixture(params=["memory", "azurite", "azure"])
async def store(request: pytest.FixtureRequest, storage: Callable[[str], StorageSettings]) -> AsyncIterator[BatchStore]:
    """A store."""
    store = InMemoryBatches() if request.param == "memory" else AzureTableBatches(storage(request.param))
    yield store
    await store.close()


def a_batch(at: str = AT) -> Batch:
    """A batch of the largest size that nobody has claimed."""
    batch = Batch(str(uuid4()), "many", at, {"door": "http"}, "digest", "batches/x/1.json", "." * 10_000, 20)
    return batch.moved_to(BatchPhase.RUNNING, NOW)


async def test_a_batch_is_claimed_once(store: BatchStore) -> None:
    """With all that it says; the first claim counts."""
    batch = a_batch()

    assert await store.find(batch.id) is None
    assert [await store.claim(batch), await store.claim(replace(batch, name="other"))] == [True, False]
    assert await store.find(batch.id) == batch


async def test_a_cancellation_outlives_every_write(store: BatchStore) -> None:
    """Whoever writes the state has not seen the request."""
    batch = a_batch()
    await store.claim(batch)
    await store.request_cancel(batch.id, AT)
    await store.record(replace(batch, members="s" * 10_000, costs={"USD": 1.5}))
    latest = await store.find(batch.id)

    assert latest
    assert (latest.is_cancelled, latest.members[0], latest.costs) == (True, "s", {"USD": 1.5})


async def test_a_pause_outlives_every_write_and_ends(store: BatchStore) -> None:
    """Only its caller ends it."""
    batch = a_batch()
    await store.claim(batch)
    await store.request_pause(batch.id, AT)
    await store.record(batch)
    paused = await store.find(batch.id)
    await store.request_pause(batch.id, None)
    resumed = await store.find(batch.id)

    assert paused
    assert resumed
    assert (paused.paused_at, resumed.paused_at) == (AT, None)
    assert resumed == batch


async def test_batches_are_listed_newest_first_page_by_page(store: BatchStore) -> None:
    """No batch is missing, and none comes twice."""
    batches = [a_batch(f"2099-11-21T09:00:0{second}.000Z") for second in range(3)]
    for batch in batches:
        await store.claim(batch)
    listed: list[str] = []
    following = None
    while len(listed) < 3:
        page, following = await store.page(2, following)
        listed += [batch.id for batch in page if batch.id in {one.id for one in batches}]
        if following is None:
            break

    assert listed == [batch.id for batch in reversed(batches)]


async def test_a_closed_batch_is_not_among_the_open_ones(store: BatchStore) -> None:
    """It is still found by its id."""
    batch, other = a_batch(), a_batch()
    for one in (batch, other):
        await store.claim(one)
    await store.close_batch(batch)
    open_ids = {one.id async for one in store.open_batches()}

    assert (batch.id in open_ids, other.id in open_ids) == (False, True)
    assert await store.find(batch.id) == batch
