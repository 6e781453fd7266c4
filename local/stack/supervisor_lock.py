"""The lock of a state folder: one supervisor at a time; it is free as soon as that process ends."""

import asyncio
import fcntl
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from local.setup.checkout import ROOT
from local.stack import watchdog
from local.stack.errors import StackError, StackRunsAlreadyError

OUR_STATE = ROOT / ".local"
PATIENCE_SECONDS = watchdog.GRACE_SECONDS + 5


class Watchdog:
    """The supervisor's end of the pipe that the watchdog reads."""

    def __init__(self, pipe: IO[bytes]) -> None:
        """Take the pipe; that it closes when this process dies is the signal."""
        self._pipe = pipe

    def note(self, group: int) -> None:
        """End this process group if we die."""
        self._write(f"+{group}\n")

    def forget(self, group: int) -> None:
        """Record that this process group has ended."""
        self._write(f"-{group}\n")

    def _write(self, line: str) -> None:
        with suppress(BrokenPipeError):  # the stack must survive the end of its watchdog
            self._pipe.write(line.encode())


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Lock the folder against other supervisors; raise `StackRunsAlreadyError` if another holds it."""
    _make_private(folder)
    with (folder / "stack.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise StackRunsAlreadyError(
                f"a stack already runs on {folder} ({folder / 'endpoints.json'} says where): "
                "stop it with Ctrl-C where it was started"
            ) from error
        yield


def _make_private(folder: Path) -> None:
    """Create the folder for its owner alone; change the mode of the checkout's own."""
    if OUR_STATE in (folder, *folder.parents):
        OUR_STATE.mkdir(exist_ok=True)
        OUR_STATE.chmod(0o700)  # set-up, or an older version, may have created it readable for all
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)


async def wait_for_former_parts(folder: Path, report: Callable[[str], None]) -> IO[bytes]:
    """Return the lock that a watchdog shares, once the watchdog of a killed supervisor has released it."""
    lock = (folder / "parts.lock").open("wb")
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            for attempt in range(sys.maxsize):
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    if attempt == 0:
                        report("the stack that was killed here is still ending: waiting for it")
                    await asyncio.sleep(0.1)
                else:
                    break
    except TimeoutError as error:
        lock.close()
        raise StackError(f"parts of a killed stack still run on {folder}") from error
    return lock


@contextmanager
def watched(lock: IO[bytes], endpoints: Path) -> Iterator[Watchdog]:
    """Run a watchdog that shares the lock and, when we are killed, ends our parts and removes the file."""
    command = [sys.executable, "-I", "-S", watchdog.__file__, str(endpoints)]
    with (
        lock,
        subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            pass_fds=[lock.fileno()],
            start_new_session=True,  # a signal to our whole group must not end the watchdog
        ) as process,
    ):
        assert process.stdin is not None  # noqa: S101 - asked for above
        yield Watchdog(process.stdin)
