"""What time it is, and waking up later: the machine's clock, and a virtual one that skips the waiting.

Each clock keeps all its alarms in one heap and needs no thread; both belong to the event loop that uses them.
"""

import asyncio
import heapq
import itertools
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

# The loop counts monotonic seconds, so only polling notices that the wall clock was set or the laptop slept.
LONGEST_NAP = timedelta(seconds=30)
# How many times in a row the loop must come round to nothing busy before virtual time may jump.
IDLE_PASSES = 10
# How many alarms ring before the loop goes on with requests: thousands may be due together, after a pause for example.
RINGS = 50


@dataclass(order=True)
class Alarm:
    """A callback that waits for its time; `cancel` makes it do nothing."""

    when: datetime
    number: int
    callback: Callable[[], None] | None = field(compare=False)
    drives: bool = field(compare=False, default=True)

    def cancel(self) -> None:
        """Forget the callback; the heap drops the empty alarm when its time comes."""
        self.callback = None


class Clock(Protocol):
    """The time of one host; `now` is always aware and in UTC."""

    def now(self) -> datetime:
        """Tell the time."""

    def call_at(self, when: datetime, callback: Callable[[], None], *, drives: bool = True) -> Alarm:
        """
        Call back on the event loop once `when` has come.

        An idle virtual clock jumps to the next alarm that `drives`; the others ring when time passes them.
        """

    async def wait_until(self, when: datetime, *, drives: bool = True) -> None:
        """Sleep until `when`, which may be past."""

    def busy(self) -> AbstractContextManager[None]:
        """Stop virtual time while work is in flight; real time goes on."""


class _Alarms:
    """The heap of one clock's alarms."""

    def __init__(self) -> None:
        self._heap: list[Alarm] = []
        self._numbers = itertools.count()
        self._crowded = 1024

    def add(self, when: datetime, callback: Callable[[], None], *, drives: bool) -> Alarm:
        if len(self._heap) > self._crowded:
            self._drop_cancelled()
        alarm = Alarm(when.astimezone(UTC), next(self._numbers), callback, drives)
        heapq.heappush(self._heap, alarm)
        return alarm

    def _drop_cancelled(self) -> None:
        # A timer for next week that was cancelled must not be kept until then.
        self._heap = [alarm for alarm in self._heap if alarm.callback is not None]
        heapq.heapify(self._heap)
        self._crowded = max(1024, 2 * len(self._heap))

    def next(self) -> Alarm | None:
        while self._heap and self._heap[0].callback is None:
            heapq.heappop(self._heap)
        return self._heap[0] if self._heap else None

    def next_driving(self) -> datetime | None:
        first = self.next()
        if first is None or first.drives:
            return first.when if first else None
        return min((a.when for a in self._heap if a.drives and a.callback is not None), default=None)

    def ring(self, now: datetime, most: int | None = None) -> None:
        for _ in itertools.count() if most is None else range(most):
            if (alarm := self.next()) is None or alarm.when > now:
                return
            heapq.heappop(self._heap)
            callback, alarm.callback = alarm.callback, None
            if callback is not None:
                callback()


async def _wait_until(clock: Clock, when: datetime, *, drives: bool) -> None:
    rung = asyncio.Event()
    alarm = clock.call_at(when, rung.set, drives=drives)
    try:
        await rung.wait()
    finally:
        alarm.cancel()


class SystemClock:
    """The machine's own time."""

    def __init__(self) -> None:
        self._alarms = _Alarms()
        self._nap: asyncio.TimerHandle | None = None

    def now(self) -> datetime:
        """Tell the machine's time."""
        return datetime.now(UTC)

    def call_at(self, when: datetime, callback: Callable[[], None], *, drives: bool = True) -> Alarm:
        """Call back once `when` has come, within a millisecond or so."""
        alarm = self._alarms.add(when, callback, drives=drives)
        if self._alarms.next() is alarm:
            self._sleep()
        return alarm

    async def wait_until(self, when: datetime, *, drives: bool = True) -> None:
        """Sleep until `when`."""
        await _wait_until(self, when, drives=drives)

    def busy(self) -> AbstractContextManager[None]:
        """Do nothing: real time passes by itself."""
        return nullcontext()

    def _sleep(self) -> None:
        if self._nap is not None:
            self._nap.cancel()
            self._nap = None
        if (first := self._alarms.next()) is not None:
            nap = min(max(first.when - self.now(), timedelta()), LONGEST_NAP)
            self._nap = asyncio.get_running_loop().call_later(nap.total_seconds(), self._wake)

    def _wake(self) -> None:
        self._nap = None
        self._alarms.ring(self.now(), RINGS)
        self._sleep()


class VirtualClock:
    """
    A time-skipping clock: it stands still while anything is busy, then jumps to the next alarm that drives.

    What polls the outside world must pace itself in real time (asyncio.sleep): its alarms would drive
    this clock on for ever. With auto_advance=False only `advance` moves it.
    """

    def __init__(self, start: datetime, *, auto_advance: bool = True) -> None:
        self._now = start.astimezone(UTC)
        self._auto_advance = auto_advance
        self._alarms = _Alarms()
        self._busy = 0
        self._jump: asyncio.Handle | None = None

    def now(self) -> datetime:
        """Tell the virtual time."""
        return self._now

    def call_at(self, when: datetime, callback: Callable[[], None], *, drives: bool = True) -> Alarm:
        """Call back once the clock has reached `when`."""
        alarm = self._alarms.add(when, callback, drives=drives)
        if alarm.when <= self._now:
            asyncio.get_running_loop().call_soon(self._ring)
        self._consider_jumping()
        return alarm

    async def wait_until(self, when: datetime, *, drives: bool = True) -> None:
        """Sleep until the clock has reached `when`."""
        await _wait_until(self, when, drives=drives)

    def advance(self, by: timedelta) -> None:
        """Advance the clock; each alarm on the way rings in order and at its own time."""
        target = self._now + by
        while (alarm := self._alarms.next()) is not None and alarm.when <= target:
            self._now = max(self._now, alarm.when)
            self._ring()
        self._now = target

    @contextmanager
    def busy(self) -> Iterator[None]:
        """Stop the time inside this block."""
        self._busy += 1
        try:
            yield
        finally:
            self._busy -= 1
            self._consider_jumping()

    def _ring(self) -> None:
        self._alarms.ring(self._now)

    def _consider_jumping(self) -> None:
        if self._auto_advance and not self._busy and self._jump is None:
            # Let what is ready run first: it may be about to enter `busy`.
            self._jump = asyncio.get_running_loop().call_soon(self._jump_when_idle, IDLE_PASSES)

    def _jump_when_idle(self, passes: int) -> None:
        if passes and not self._busy:
            self._jump = asyncio.get_running_loop().call_soon(self._jump_when_idle, passes - 1)
            return
        self._jump = None
        if self._busy or (when := self._alarms.next_driving()) is None:
            return
        self._now = max(self._now, when)
        self._ring()
        self._consider_jumping()
