"""Fair sharing of the compiler: every program gets a short turn soon, and long turns never fill all places.

A program that never ends cannot be told from a slow one. So each gets a short turn in any place first, and a program
that needs more starts again in a long turn, for which all places but one may be used. A program that is known to be
slow goes there at once.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256

from quantum.jobs.errors import CompilerBusyError

MAX_SLOW_PROGRAMS = 1000


class Lanes:
    """A number of places, one of which is reserved for short turns, unless there is only one."""

    def __init__(self, places: int) -> None:
        self._places = asyncio.Semaphore(places)
        self._long = asyncio.Semaphore(max(1, places - 1))

    @asynccontextmanager
    async def short_turn(self, until: float) -> AsyncIterator[None]:
        """Wait for any place until a time of the event loop; then raise CompilerBusyError."""
        async with _place(self._places, until, turns_are_short=True):
            yield

    @asynccontextmanager
    async def long_turn(self, until: float) -> AsyncIterator[None]:
        """Wait in the same way for a place for a long turn."""
        async with _place(self._long, until), _place(self._places, until):
            yield


class SlowPrograms:
    """The latest programs whose short turn was not enough, and whether they were asleep at its end."""

    def __init__(self) -> None:
        self._asleep: OrderedDict[bytes, bool] = OrderedDict()

    def add(self, request: bytes, *, asleep: bool) -> None:
        """Add a program by its request."""
        self._asleep[sha256(request).digest()] = asleep
        if len(self._asleep) > MAX_SLOW_PROGRAMS:
            self._asleep.popitem(last=False)

    def find(self, request: bytes) -> bool | None:
        """Say whether a program was asleep at the end of its short turn; None for an unknown program."""
        return self._asleep.get(sha256(request).digest())


@asynccontextmanager
async def _place(places: asyncio.Semaphore, until: float, *, turns_are_short: bool = False) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout_at(until):
            await places.acquire()
    except TimeoutError as error:
        raise CompilerBusyError("Too many programs wait to be compiled.", turns_are_short=turns_are_short) from error
    try:
        yield
    finally:
        places.release()
