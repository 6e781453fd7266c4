"""How many orders a process takes at once: further ones wait a moment for a place, and what waits in vain is shed.

An order that is shed has started and stored nothing. Its caller learns when to come back: each gets a later moment than
the one before, at the pace at which orders were taken so far, so that they do not all come back together.
"""

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

PATIENCE_SECONDS = 5.0  # callers give up after a minute or so, and must know long before
MOST_SECONDS = 30  # our client gives up rather than wait longer
FIRST_GUESS_SECONDS = 0.5
WEIGHT = 0.1  # of the latest order in the mean


class OverloadError(Exception):
    """Too many orders came at once; `retry_after` is in seconds."""

    def __init__(self, at_once: int, retry_after: int) -> None:
        super().__init__(f"This process takes {at_once} orders at a time, and as many wait already.")
        self.retry_after = retry_after


class Admission:
    """Places for orders, first come, first served; no more orders wait than there are places."""

    def __init__(self, at_once: int, patience: float = PATIENCE_SECONDS) -> None:
        self._at_once = at_once
        self._patience = patience
        self._places = asyncio.Semaphore(at_once)
        self._waiting = 0
        self._mean = FIRST_GUESS_SECONDS
        self._promised = 0.0

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Wait for a place, and keep it inside the block; raises OverloadError where none becomes free in time."""
        await self._wait()
        began = _now()
        try:
            yield
        finally:
            self._places.release()
            self._mean += WEIGHT * (_now() - began - self._mean)

    async def _wait(self) -> None:
        if self._waiting >= self._at_once:
            raise self._overload()
        self._waiting += 1
        try:
            async with asyncio.timeout(self._patience):
                await self._places.acquire()
        except TimeoutError as error:
            raise self._overload() from error
        finally:
            self._waiting -= 1

    def _overload(self) -> OverloadError:
        now, each = _now(), self._mean / self._at_once
        self._promised = max(self._promised, now + self._waiting * each) + each
        return OverloadError(self._at_once, min(MOST_SECONDS, max(1, math.ceil(self._promised - now))))


def _now() -> float:
    return asyncio.get_running_loop().time()
