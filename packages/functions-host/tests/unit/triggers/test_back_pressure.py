"""How many requests run at once while work waits."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from functions_host.triggers.back_pressure import LEAST, ROOM, BackPressure


class Caller:
    """Requests that run until the test says so."""

    def __init__(self, backlog: int, longest_seconds: float) -> None:
        self.backlog = backlog
        self.running: list[asyncio.Event] = []
        self._pressure = BackPressure(lambda: self.backlog, longest_seconds)
        self._requests: list[asyncio.Task[None]] = []

    async def send(self, count: int, method: str = "POST") -> int:
        """Send so many requests at once; return how many run now."""
        self._requests += [asyncio.create_task(self._request(method)) for _ in range(count)]
        return await self.settled()

    async def _request(self, method: str) -> None:
        async with self._pressure.passing(method):
            ends = asyncio.Event()
            self.running.append(ends)
            await ends.wait()

    async def end(self) -> int:
        """End the request that began first; return how many run now."""
        self.running.pop(0).set()
        return await self.settled()

    async def settled(self) -> int:
        """Let everything run that is ready."""
        for _ in range(8):
            await asyncio.sleep(0)
        return len(self.running)

    async def end_all(self) -> None:
        """End every request."""
        while self.running:
            await self.end()
        await asyncio.gather(*self._requests)


@asynccontextmanager
async def caller(backlog: int, longest_seconds: float = 60) -> AsyncIterator[Caller]:
    """Send requests to a host in which so many activities wait."""
    sender = Caller(backlog, longest_seconds)
    yield sender
    await sender.end_all()


async def test_without_a_backlog_all_requests_run_at_once() -> None:
    """Nothing slows down a host that keeps up."""
    async with caller(backlog=0) as sender:
        assert await sender.send(100) == 100


async def test_the_more_work_waits_the_fewer_requests_run_at_once() -> None:
    """Others wait for their turn, in order."""
    async with caller(backlog=ROOM // 10) as sender:
        assert await sender.send(12) == 10
        assert await sender.end() == 10


async def test_some_requests_always_run() -> None:
    """However much work waits, the doors stay open."""
    async with caller(backlog=100_000) as sender:
        assert await sender.send(10) == LEAST


async def test_reading_is_never_slowed_down() -> None:
    """A look at a job, or at the health of the app, answers at once."""
    async with caller(backlog=100_000) as sender:
        await sender.send(10)
        assert await sender.send(10, "GET") == LEAST + 10


async def test_work_that_is_done_makes_room() -> None:
    """When the backlog has shrunk, everybody who waits runs as soon as one request has ended."""
    async with caller(backlog=100_000) as sender:
        await sender.send(10)
        sender.backlog = 0
        assert await sender.end() == 9


async def test_no_request_waits_for_long() -> None:
    """When its time is over it runs, though others still do: they may take half a minute each."""
    async with caller(backlog=100_000, longest_seconds=0) as sender:
        assert await sender.send(10) == 10
