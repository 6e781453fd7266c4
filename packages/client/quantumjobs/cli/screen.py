"""Where the command writes: standard output, with styles and motion only on a terminal that wants them."""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from io import TextIOWrapper
from typing import TYPE_CHECKING, NoReturn

from rich.console import Console
from rich.text import Text

from quantumjobs.cli.text import printable

if TYPE_CHECKING:
    from rich.console import RenderableType

PIPE_WIDTH = 1000  # columns: a table in a pipe is never cut


class HonestConsole(Console):
    """A console that lets its caller see a broken pipe, where rich would exit with 1, our "job failed"."""

    def on_broken_pipe(self) -> NoReturn:
        """Hand on what rich caught."""
        raise BrokenPipeError


class Screen:
    """Standard output for people or, with `as_json`, for programs; notes and errors go to standard error."""

    def __init__(self, *, as_json: bool) -> None:
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, TextIOWrapper):
                stream.reconfigure(errors="replace")
        is_terminal = sys.stdout.isatty()
        dumb = os.environ.get("TERM", "dumb") == "dumb"
        self.as_json = as_json
        self.is_live = is_terminal and not dumb and not os.environ.get("NO_COLOR") and not as_json
        self.console = HonestConsole(
            force_terminal=self.is_live,
            no_color=not self.is_live,
            width=None if is_terminal else PIPE_WIDTH,
            markup=False,
            highlight=False,
            emoji=False,
        )

    def show(self, renderable: RenderableType) -> None:
        """Print a table, a chart or the like."""
        self.console.print(renderable, crop=self.is_live)

    def line(self, text: str, style: str = "") -> None:
        """Print one line of text, made safe; a terminal wraps it where it likes."""
        self.console.print(Text(printable(text), style), soft_wrap=True)

    def document(self, document: object) -> None:
        """Print one JSON document."""
        print(json.dumps(document, indent=2), flush=True)

    def json_line(self, document: object) -> None:
        """Print one JSON document on one line."""
        print(json.dumps(document), flush=True)

    def write(self, content: bytes) -> None:
        """Hand bytes on as they are."""
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()

    def note(self, text: str) -> None:
        """Print a line on standard error, made safe."""
        # Nobody reads standard error: that is no reason to stop.
        with suppress(BrokenPipeError):
            print(printable(text), file=sys.stderr, flush=True)
