"""Clocks tell the time and wake whoever waits; the virtual one does not make anybody wait."""

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial

from functions_host.clock import RINGS, SystemClock, VirtualClock

START = datetime(2026, 11, 1, tzinfo=UTC)
DAY = timedelta(days=1)


async def test_idle_time_jumps_to_the_next_alarm() -> None:
    """Waiting ninety days takes no time when nothing else goes on."""
    clock = VirtualClock(START)

    await asyncio.wait_for(clock.wait_until(START + 90 * DAY), 5)

    assert clock.now() == START + 90 * DAY


async def test_alarms_ring_in_their_order_and_at_their_time() -> None:
    """Each waiter wakes at exactly the time for which he asked."""
    clock = VirtualClock(START)
    woken: list[tuple[int, datetime]] = []

    async def wake_after(days: int) -> None:
        await clock.wait_until(START + days * DAY)
        woken.append((days, clock.now()))

    await asyncio.gather(*(wake_after(days) for days in (3, 1, 2, 1)))

    assert woken == [(days, START + days * DAY) for days in (1, 1, 2, 3)]


async def test_busy_time_stands_still() -> None:
    """While work is in flight no alarm rings; when the last of it ends, the next one does."""
    clock = VirtualClock(START)

    with clock.busy():
        with clock.busy():
            waiter = asyncio.create_task(clock.wait_until(START + DAY))
        for _ in range(100):
            await asyncio.sleep(0)
        before = clock.now()
    await asyncio.wait_for(waiter, 5)

    assert (before, clock.now()) == (START, START + DAY)


async def test_time_moved_by_hand_stays_where_it_is_put() -> None:
    """Without auto_advance only what was passed rings."""
    clock = VirtualClock(START, auto_advance=False)
    rung: list[datetime] = []
    for days in (1, 2, 4):
        clock.call_at(START + days * DAY, lambda: rung.append(clock.now()))

    clock.advance(3 * DAY)

    assert rung == [START + DAY, START + 2 * DAY]
    assert clock.now() == START + 3 * DAY


async def test_a_cancelled_alarm_is_silent() -> None:
    """It neither rings nor makes the clock jump."""
    clock = VirtualClock(START)
    rung: list[str] = []
    clock.call_at(START + 9 * DAY, lambda: rung.append("cancelled")).cancel()

    await asyncio.wait_for(clock.wait_until(START + 10 * DAY), 5)

    assert (rung, clock.now()) == ([], START + 10 * DAY)


async def test_what_does_not_drive_rings_in_passing() -> None:
    """An alarm that does not drive leaves an idle clock where it is, and rings when another moves it."""
    clock = VirtualClock(START)
    rung: list[datetime] = []
    clock.call_at(START + DAY, lambda: rung.append(clock.now()), drives=False)
    for _ in range(100):
        await asyncio.sleep(0)
    idle = clock.now()

    await asyncio.wait_for(clock.wait_until(START + 2 * DAY), 5)

    assert (idle, len(rung)) == (START, 1)


async def test_thousands_of_cancelled_alarms_leave_no_trace() -> None:
    """A clock that is asked and told to forget stays as quick as it was."""
    clock = VirtualClock(START, auto_advance=False)
    rung: list[int] = []
    for number in range(5_000):
        alarm = clock.call_at(START + number * DAY, partial(rung.append, number))
        if number % 1_000:
            alarm.cancel()

    clock.advance(5_000 * DAY)

    assert rung == [0, 1_000, 2_000, 3_000, 4_000]


async def test_real_time_passes_by_itself() -> None:
    """The system's clock wakes the earlier waiter first, and nobody too early."""
    clock = SystemClock()
    began = clock.now()
    order: list[int] = []

    async def wake_after(milliseconds: int) -> None:
        await clock.wait_until(began + timedelta(milliseconds=milliseconds))
        order.append(milliseconds)

    await asyncio.gather(wake_after(60), wake_after(20), wake_after(-1000))

    assert order == [-1000, 20, 60]
    assert clock.now() - began >= timedelta(milliseconds=60)


async def test_alarms_that_are_due_together_leave_room_for_others() -> None:
    """Ten thousand timers that ring at once do not hold up a request: the loop goes on between them."""
    clock, rung = SystemClock(), 0

    def ring() -> None:
        nonlocal rung
        rung += 1

    for _ in range(3 * RINGS):
        clock.call_at(clock.now() - DAY, ring)
    passes = []
    while rung < 3 * RINGS:
        await asyncio.sleep(0)
        passes.append(rung)

    assert {RINGS, 2 * RINGS, 3 * RINGS} <= set(passes)
    assert max(after - before for before, after in zip([0, *passes], passes, strict=False)) == RINGS
