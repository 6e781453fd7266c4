"""Runs jobs in order of arrival, a bounded number at a time."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Coroutine
from contextlib import AbstractContextManager, ExitStack

type Job = Callable[[], Coroutine[None, None, None]]

log = logging.getLogger(__name__)


class Lane:
    """A bounded number of jobs at a time; each counts as `busy` from the moment it is put."""

    def __init__(self, width: int, busy: Callable[[], AbstractContextManager[None]]) -> None:
        self._width = width
        self._busy = busy
        self._waiting: deque[tuple[Job, ExitStack]] = deque()
        self._running: set[asyncio.Task[None]] = set()
        self._open = True

    def put(self, job: Job) -> None:
        """Run the job as soon as there is room; nothing is run after `close`."""
        if not self._open:
            return
        busy = ExitStack()
        busy.enter_context(self._busy())
        self._waiting.append((job, busy))
        self._fill()

    def _fill(self) -> None:
        while self._waiting and len(self._running) < self._width:
            job, busy = self._waiting.popleft()
            task = asyncio.create_task(_run(job, busy))
            self._running.add(task)
            task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.critical("the host failed; the next start resumes this work", exc_info=error)
        self._fill()

    async def close(self, grace_seconds: float) -> None:
        """Drop waiting jobs, and give running ones some time to end."""
        self._open = False
        while self._waiting:
            self._waiting.popleft()[1].close()
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=grace_seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)


async def _run(job: Job, busy: ExitStack) -> None:
    with busy:
        await job()
