"""Where the command writes: standard output or a file, with styles and motion only on a terminal that wants them."""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import suppress
from io import TextIOWrapper
from typing import TYPE_CHECKING

from quantumjobs.cli import forms
from quantumjobs.cli.tables import paint
from quantumjobs.texts import printable

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TextIO

    from quantumjobs.cli.tables import Table


class Screen:
    """Standard output for people or, in another form, for programs; notes and errors go to standard error.

    A `file` takes the place of standard output, and is written when the first word is.
    """

    def __init__(self, form: str = "table", file: str | None = None, *, quiet: bool = False) -> None:
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, TextIOWrapper):
                stream.reconfigure(errors="replace")
        is_terminal = file is None and sys.stdout.isatty()
        dumb = not os.environ.get("WT_SESSION") and os.environ.get("TERM", "dumb") == "dumb"
        self.form = form
        self.quiet = quiet
        self.is_live = is_terminal and not dumb and not os.environ.get("NO_COLOR") and form == "table"
        self.width = shutil.get_terminal_size().columns if is_terminal else None
        self._file = file
        self._opened: TextIO | None = None

    @property
    def as_json(self) -> bool:
        """Say whether programs read JSON here."""
        return self.form == "json"

    @property
    def has_blocks(self) -> bool:
        """Say whether what is written to can show more than ASCII."""
        return (self._out.encoding or "").lower().startswith("utf")

    def answer(self, document: object, table: Table | None, empty: str = "") -> None:
        """Write an answer in the form that was chosen; where the table has no rows, a note says so."""
        if self.form == "table" or (self.form == "csv" and table is not None):
            self._table(table, empty)
        else:
            self.document(document)

    def _table(self, table: Table | None, empty: str) -> None:
        if table is None:
            return
        if self.form == "csv":
            self.write(forms.as_csv(table))
        elif table.rows:
            self.table(table)
        elif empty:
            self.note(empty)

    def table(self, table: Table) -> None:
        """Draw a table."""
        ellipsis = "…" if self.has_blocks else "..."
        self.lines(table.lines(self.width, styled=self.is_live, ellipsis=ellipsis))

    def lines(self, texts: Iterable[str]) -> None:
        """Write lines that are safe already."""
        for text in texts:
            self.write(text)

    def line(self, text: str, style: str = "") -> None:
        """Write one line of text, made safe; a terminal wraps it where it likes."""
        safe = printable(text)
        self.write(paint(safe, style) if self.is_live else safe)

    def document(self, document: object) -> None:
        """Write one document, as YAML if that was chosen, else as JSON."""
        self.write(forms.as_yaml(document) if self.form == "yaml" else forms.as_json(document))

    def json_line(self, document: object) -> None:
        """Write one JSON document on one line."""
        self.write(forms.one_line(document))

    def write(self, text: str) -> None:
        """Write a text and the end of its line."""
        print(text, file=self._out, flush=True)

    def bytes(self, content: bytes) -> None:
        """Hand bytes on as they are."""
        out = self._out
        out.flush()
        out.buffer.write(content)
        out.buffer.flush()

    def note(self, text: str) -> None:
        """Write a line on standard error, made safe."""
        # Nobody reads standard error: that is no reason to stop.
        with suppress(BrokenPipeError):
            print(printable(text), file=sys.stderr, flush=True)

    def close(self) -> None:
        """Close the file, where there is one."""
        if self._opened is not None:
            self._opened.close()

    @property
    def _out(self) -> TextIO:
        if self._file is None:
            return sys.stdout
        if self._opened is None:
            self._opened = open(self._file, "w", encoding="utf-8", newline="\n")  # noqa: PTH123, SIM115 closed at the end
        return self._opened
