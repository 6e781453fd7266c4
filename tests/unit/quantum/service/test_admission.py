"""Places for orders: who waits, who is shed, and when those that were shed are to come back."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from quantum.service.admission import MOST_SECONDS, Admission, OverloadError


async def settle() -> None:
    """Let everything run that is ready."""
    for _ in range(5):
        await asyncio.sleep(0)


@asynccontextmanager
async def all_taken(admission: Admission, places: int) -> AsyncIterator[Callable[[], None]]:
    """Take every place; the function gives one back."""
    gates = [asyncio.Event() for _ in range(places)]

    async def keep(gate: asyncio.Event) -> None:
        async with admission.place():
            await gate.wait()

    holders = [asyncio.create_task(keep(gate)) for gate in gates]
    await settle()
    waiting = iter(gates)
    yield lambda: next(waiting).set()
    for gate in gates:
        gate.set()
    await asyncio.gather(*holders)


async def retry_after(admission: Admission) -> int:
    """Ask for a place, in vain, and return when to come back."""
    with pytest.raises(OverloadError) as shed:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(admission.place())
    return shed.value.retry_after


async def test_a_place_that_becomes_free_goes_to_the_one_that_waits() -> None:
    """An order that comes a moment too early is not shed."""
    admission, served = Admission(at_once=1), asyncio.Event()

    async def come() -> None:
        async with admission.place():
            served.set()

    async with all_taken(admission, 1) as give_back:
        late = asyncio.create_task(come())
        await settle()
        assert not served.is_set()
        give_back()
        await late

    assert served.is_set()


async def test_who_waits_in_vain_is_shed() -> None:
    """The caller hears so while its own time limit is far."""
    admission = Admission(at_once=2, patience=0)

    async with all_taken(admission, 2):
        assert await retry_after(admission) >= 1

    async with admission.place():
        pass  # it has taken no place with it


async def test_no_more_wait_than_there_are_places() -> None:
    """A flood is shed at once and costs nothing; those who wait keep their turn."""
    admission = Admission(at_once=1)

    async def come() -> None:
        async with admission.place():
            pass

    async with all_taken(admission, 1):
        waits = asyncio.create_task(come())
        await settle()
        assert await retry_after(admission) >= 1
    await waits


async def test_those_that_are_shed_come_back_one_after_another() -> None:
    """Each gets a later moment, at the pace so far, and none one that our client would not wait for."""
    admission = Admission(at_once=1, patience=0)

    async with all_taken(admission, 1):
        pauses = [await retry_after(admission) for _ in range(200)]

    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (1, MOST_SECONDS)
    assert len(set(pauses)) == MOST_SECONDS
