"""Keeps one part running: restarts it when it dies, with growing pauses while it dies at once."""

import asyncio
import itertools
import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from local.setup.checkout import ROOT
from local.stack.errors import PartFailedError, StackError
from local.stack.parts import Part
from local.stack.supervisor_lock import Watchdog
from local.stack.watchdog import GRACE_SECONDS, send

READY_SECONDS = 60.0
STILL_SECONDS = 5.0  # how often to report that a part is still starting
SETTLED_SECONDS = 10.0  # after this long a part counts as stable
PAUSES_SECONDS = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0)
TAIL_LINES = 20


class SupervisedPart:
    """One part, its process and its log."""

    def __init__(self, part: Part, log: Path, watchdog: Watchdog, report: Callable[[str], None]) -> None:
        """Take the part, its log file, the watchdog, and a function that reports its end."""
        self.part = part
        self.log = log
        self._watchdog = watchdog
        self._announce = report
        self._process: asyncio.subprocess.Process | None = None
        self._keeping: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int:
        """The id of the present process."""
        return self._process.pid if self._process else 0

    async def launch(self) -> None:
        """Start the part's process."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists():
            self.log.replace(self.log.with_suffix(".former.log"))
        self._process = await self._spawn()

    async def settle(self, changed: Callable[[], None]) -> None:
        """Return when the launched part accepts connections; from then on keep it running.

        `changed` is called at every later start. Raises `PartFailedError` if the part ends before it is ready,
        `StackError` if it takes longer than a minute.
        """
        assert self._process is not None, "launched before"  # noqa: S101
        await self._wait_until_ready(self._process)
        self._keeping = asyncio.create_task(self._keep_running(self._process, changed))

    async def stop(self) -> None:
        """End the part, first with SIGTERM, and its remaining children."""
        if self._keeping:
            self._keeping.cancel()
            await asyncio.gather(self._keeping, return_exceptions=True)
        if self._process:
            with suppress(ProcessLookupError):
                self._process.terminate()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._process.wait(), GRACE_SECONDS)
            await self._bury(self._process)

    def tail(self, lines: int = TAIL_LINES) -> str:
        """Return the last lines of the part's log."""
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])

    async def _spawn(self) -> asyncio.subprocess.Process:
        with self.log.open("ab") as output:
            process = await asyncio.create_subprocess_exec(
                *self.part.command,
                cwd=ROOT,
                env={**os.environ, **self.part.settings},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=asyncio.subprocess.STDOUT,
                process_group=0,  # Ctrl-C is for us: we stop the parts in order
            )
        self._watchdog.note(process.pid)
        return process

    async def _wait_until_ready(self, process: asyncio.subprocess.Process) -> None:
        ended = asyncio.create_task(process.wait())
        ready = asyncio.create_task(self._wait_until_accepting())
        telling = asyncio.create_task(self._tell_of_waiting())
        try:
            await asyncio.wait({ended, ready}, timeout=READY_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            if ended.done():
                raise PartFailedError(self.part.name, ended.result(), self.tail(), self.part.remedy)
            if not ready.done():
                raise StackError(f"{self.part.name} is not ready after {READY_SECONDS:.0f} s:\n{self.tail()}")
        finally:
            for task in (ended, ready, telling):
                task.cancel()

    async def _tell_of_waiting(self) -> None:
        for looks in itertools.count(1):
            await asyncio.sleep(STILL_SECONDS)
            self._announce(f"still starting {self.part.name}: {looks * STILL_SECONDS:.0f} s")

    async def _wait_until_accepting(self) -> None:
        for port in self.part.ports:
            while not await _accepts(port):  # noqa: ASYNC110 - another process has no event for us
                await asyncio.sleep(0.05)

    async def _keep_running(self, process: asyncio.subprocess.Process, changed: Callable[[], None]) -> None:
        early = 0
        while True:
            born = time.monotonic()
            code = await process.wait()
            await self._bury(process)
            settled = time.monotonic() - born >= SETTLED_SECONDS
            early = 1 if settled else early + 1
            pause = PAUSES_SECONDS[min(early, len(PAUSES_SECONDS)) - 1]
            self._report(code, early, pause)
            await asyncio.sleep(pause)
            process = self._process = await self._spawn()
            changed()

    def _report(self, code: int, early: int, pause: float) -> None:
        how = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
        when = f"in {pause:g} s" if pause else "now"
        last_words = f"; the end of its log:\n{self.tail()}" if early > 1 else ""
        self._announce(f"{self.part.name} {how}: starting it again {when}{last_words}")

    async def _bury(self, process: asyncio.subprocess.Process) -> None:
        send(process.pid, signal.SIGKILL)  # the group: children that outlived the part, or the part itself
        await process.wait()
        self._watchdog.forget(process.pid)


async def _accepts(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
    return True
