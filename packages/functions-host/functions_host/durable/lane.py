"""Runs pieces of work a bounded number at a time, those of the oldest orchestration first.

Age orders the work, so that a burst of orchestrations ends one after another and not all at the end. Two rules keep
that fair. Of pieces that wait for the same orchestration only the first is as old as it, and the others come after
everybody's first. And every fourth piece is the one that arrived first, so that nothing waits for ever.
"""

import asyncio
import heapq
import itertools
import logging
from collections import Counter, deque
from collections.abc import Callable, Coroutine
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

type Job = Callable[[], Coroutine[None, None, None]]

BY_ARRIVAL = 4

log = logging.getLogger(__name__)


class Age(NamedTuple):
    """When the outermost orchestration was created, and its id; the older, the smaller."""

    created_at: str
    root: str


OLDEST = Age("", "")


@dataclass(order=True)
class _Piece:
    """A waiting piece of work, by its turn: its place among those of its orchestration, age, arrival."""

    place: int
    age: Age
    number: int
    job: Job = field(compare=False)
    busy: ExitStack = field(compare=False)
    taken: bool = field(default=False, compare=False)


class Lane:
    """A bounded number of jobs at a time; each counts as `busy` from the moment it is put."""

    def __init__(self, width: int, busy: Callable[[], AbstractContextManager[None]]) -> None:
        self._width = width
        self._busy = busy
        self._numbers = itertools.count(1)
        self._picks = itertools.count(1)
        self._pieces: Counter[str] = Counter()
        self._by_age: list[_Piece] = []
        self._by_arrival: deque[_Piece] = deque()
        self._running: set[asyncio.Task[None]] = set()
        self._waiting = 0
        self._open = True

    def put(self, job: Job, age: Age) -> None:
        """Run the job as soon as it is its turn; nothing is run after `close`."""
        if not self._open:
            return
        busy = ExitStack()
        busy.enter_context(self._busy())
        piece = _Piece(self._pieces[age.root], age, next(self._numbers), job, busy)
        self._pieces[age.root] += 1
        heapq.heappush(self._by_age, piece)
        self._by_arrival.append(piece)
        self._waiting += 1
        self._fill()

    @property
    def waiting(self) -> int:
        """The number of jobs that wait for a place."""
        return self._waiting

    def _fill(self) -> None:
        while len(self._running) < self._width and (piece := self._next()) is not None:
            task = asyncio.create_task(_run(piece.job, piece.busy))
            self._running.add(task)
            task.add_done_callback(partial(self._ended, piece.age.root))

    def _next(self) -> _Piece | None:
        # Each piece stands in both orders; the one that did not pick it drops it when it comes to it.
        while self._by_arrival and self._by_arrival[0].taken:
            self._by_arrival.popleft()
        while self._by_age and self._by_age[0].taken:
            heapq.heappop(self._by_age)
        if not self._by_age:
            return None
        oldest_arrival = next(self._picks) % BY_ARRIVAL == 0
        piece = self._by_arrival.popleft() if oldest_arrival else heapq.heappop(self._by_age)
        piece.taken = True
        self._waiting -= 1
        return piece

    def _ended(self, root: str, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._pieces[root] -= 1
        if not self._pieces[root]:
            del self._pieces[root]
        if not task.cancelled() and (error := task.exception()) is not None:
            log.critical("the host failed; the next start resumes this work", exc_info=error)
        self._fill()

    async def close(self, grace_seconds: float) -> None:
        """Drop waiting jobs, and give running ones some time to end."""
        self._open = False
        while (piece := self._next()) is not None:
            piece.busy.close()
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=grace_seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)


async def _run(job: Job, busy: ExitStack) -> None:
    with busy:
        await job()
