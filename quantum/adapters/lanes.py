"""Places at the compiler, shared fairly: every program gets a short turn soon, and a long one may not fill all places.

Nobody can tell a program that never ends from one that takes its time. So each has one second first, in any place, and
what needs more begins again where all places but one are for it. A program that is known to need more goes there at
once.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256

from quantum.jobs.errors import CompilerBusyError

MOST_KNOWN = 1000


class Lanes:
    """So many places, of which the last is never for long turns (with one place, there is no telling them apart)."""

    def __init__(self, places: int) -> None:
        self._places = asyncio.Semaphore(places)
        self._long = asyncio.Semaphore(max(1, places - 1))

    @asynccontextmanager
    async def short_turn(self, until: float) -> AsyncIterator[None]:
        """Wait for any place, not beyond this moment of the event loop; CompilerBusyError if there is none by then."""
        async with _held(self._places, until, turns_are_short=True):
            yield

    @asynccontextmanager
    async def long_turn(self, until: float) -> AsyncIterator[None]:
        """Wait for a place that may be held for long, in the same way."""
        async with _held(self._long, until), _held(self._places, until):
            yield


class Remembered:
    """Programs whose short turn was not enough, and whether they slept when it was over; the latest thousand."""

    def __init__(self) -> None:
        self._asleep: OrderedDict[bytes, bool] = OrderedDict()

    def add(self, request: bytes, *, asleep: bool) -> None:
        """Remember a program by what was asked for."""
        self._asleep[sha256(request).digest()] = asleep
        if len(self._asleep) > MOST_KNOWN:
            self._asleep.popitem(last=False)

    def find(self, request: bytes) -> bool | None:
        """Tell whether a program slept at the end of its short turn; None where none is known."""
        return self._asleep.get(sha256(request).digest())


@asynccontextmanager
async def _held(places: asyncio.Semaphore, until: float, *, turns_are_short: bool = False) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout_at(until):
            await places.acquire()
    except TimeoutError as error:
        raise CompilerBusyError("Too many programs wait to be compiled.", turns_are_short=turns_are_short) from error
    try:
        yield
    finally:
        places.release()
