"""Slows down requests that bring work while much work waits, so that a long burst ends in order.

A request that waits costs no processor time, and its turn comes within a second, whatever else happens. Reading is
never slowed down.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from functions_host.waiting import happens

LEAST = 4
ROOM = 1600  # 16 requests at once while 100 activities wait, four from 400 on
LONGEST_SECONDS = 1.0
READING = frozenset({"GET", "HEAD", "OPTIONS"})


class BackPressure:
    """Lets requests pass, first come, first served; the more work waits, the fewer run at once."""

    def __init__(self, backlog: Callable[[], int], longest_seconds: float = LONGEST_SECONDS) -> None:
        self._backlog = backlog
        self._longest_seconds = longest_seconds
        self._running = 0
        self._waiting: deque[asyncio.Event] = deque()

    @asynccontextmanager
    async def passing(self, method: str) -> AsyncIterator[None]:
        """Wait for the turn of a request with this method, and count it as running inside the block."""
        if method in READING:
            yield
            return
        await self._turn()
        self._running += 1
        try:
            yield
        finally:
            self._running -= 1
            self._wake()

    @property
    def _free(self) -> int:
        return max(LEAST, ROOM // max(1, self._backlog())) - self._running

    async def _turn(self) -> None:
        if not self._waiting and self._free > 0:
            return
        turn = asyncio.Event()
        self._waiting.append(turn)
        try:
            await happens(turn, within=self._longest_seconds)
        finally:
            with suppress(ValueError):  # whoever woke it took it out
                self._waiting.remove(turn)

    def _wake(self) -> None:
        for _ in range(min(self._free, len(self._waiting))):
            self._waiting.popleft().set()
