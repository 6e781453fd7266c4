"""Shows which steps of set-up are at work and for how long, so that nobody waits in front of a silent shell.

On a terminal one line changes in place; in a pipe a line comes every few seconds. Steps may run side by side.
"""

from __future__ import annotations

import shutil
import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO

SILENT_SECONDS = 3.0  # a step that ends sooner needs no sign of life
TERMINAL_SECONDS, PIPE_SECONDS = 0.2, 5.0
SPINNER = "|/-\\"
CLEAR = "\r\x1b[K"


class Progress:
    """The steps at work, and the lines about them; used from several threads."""

    def __init__(self, out: TextIO | None = None, pause: float | None = None, silent: float = SILENT_SECONDS) -> None:
        """Take where to write (standard output), how often (by what that is), and how long a step stays silent."""
        self._out = out
        self._pause = pause
        self._silent = silent
        self._steps: dict[str, float] = {}
        self._lock = threading.Lock()
        self._is_ticking = False
        self._turns = 0
        self._has_line = False

    def say(self, text: str) -> None:
        """Print a line of its own at once."""
        with self._lock:
            self._erase()
            self._write(f"set-up: {text}\n")

    @contextmanager
    def step(self, doing: str) -> Iterator[None]:
        """Show the step while the block runs, once it has taken a while."""
        with self._lock:
            self._steps[doing] = time.monotonic()
            if not self._is_ticking:
                self._is_ticking = True
                threading.Thread(target=self._tick, daemon=True).start()
        try:
            yield
        finally:
            with self._lock:
                del self._steps[doing]
                self._erase()

    def _tick(self) -> None:
        pause = self._pause or (TERMINAL_SECONDS if self._stream.isatty() else PIPE_SECONDS)
        while self._is_ticking:
            time.sleep(pause)
            with self._lock:
                self._is_ticking = bool(self._steps)
                self._show(time.monotonic())

    def _show(self, now: float) -> None:
        if not any(now - began >= self._silent for began in self._steps.values()):
            return
        at_work = ", ".join(f"{doing} {now - began:.0f} s" for doing, began in self._steps.items())
        if not self._stream.isatty():
            self._write(f"set-up: still {at_work}\n")
            return
        self._turns += 1
        line = f"{SPINNER[self._turns % len(SPINNER)]} {at_work}"
        self._write(CLEAR + line[: shutil.get_terminal_size().columns - 1])  # a line that wraps could not be erased
        self._has_line = True

    def _erase(self) -> None:
        if self._has_line:
            self._write(CLEAR)
            self._has_line = False

    @property
    def _stream(self) -> TextIO:
        return self._out or sys.stdout

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()
