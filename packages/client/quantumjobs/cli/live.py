"""The live picture of a job on its way: its phases so far, each with the time spent in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from rich.console import Console, Group
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from quantumjobs.cli.drawing import STYLES, cost_in_words
from quantumjobs.cli.text import UTC
from quantumjobs.cli.watching import situation, title
from quantumjobs.texts import duration, printable

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from typing import NoReturn

    from rich.console import RenderableType

    from quantumjobs.jobs import JobView, PhaseChange


class HonestConsole(Console):
    """A console that lets its caller see a broken pipe, where rich would exit with 1, our "job failed"."""

    def on_broken_pipe(self) -> NoReturn:
        """Hand on what rich caught."""
        raise BrokenPipeError


@dataclass
class LivePicture:
    """The phases so far, each with the time spent in it, and a clock that runs in the present one."""

    shown: JobView | None = None
    trouble: str | None = None
    estimated: datetime | None = None
    spinner: Spinner = field(default_factory=lambda: Spinner("dots", style="cyan"))

    def running(self) -> AbstractContextManager[object]:
        """Redraw until closed; the last picture stays."""
        return Live(
            self, console=HonestConsole(force_terminal=True, highlight=False, emoji=False), refresh_per_second=8
        )

    def news(self, view: JobView) -> None:
        """Take the view into the next picture; the time to wait runs down from the moment of a new estimate."""
        if self.shown is None or self.shown.estimated_queue_seconds != view.estimated_queue_seconds:
            self.estimated = datetime.now(UTC)
        self.shown = view

    def outage(self, reason: str | None) -> None:
        """Take the trouble into the next picture."""
        self.trouble = reason

    def __rich__(self) -> RenderableType:
        if self.shown is None:
            return Text("…")
        trouble = [Text(f"  out of reach ({printable(self.trouble)}); trying again", "yellow")] if self.trouble else []
        return Group(Text(printable(title(self.shown)), "bold", overflow="fold"), self._phases(self.shown), *trouble)

    def _phases(self, view: JobView) -> Table:
        grid = Table.grid(padding=(0, 1))
        for change, until in _stretches(view):
            grid.add_row(*self._row(view, change, until))
        return grid

    def _row(self, view: JobView, change: PhaseChange, until: datetime | None) -> tuple[RenderableType, ...]:
        phase = Text(printable(change.phase), STYLES.get(change.phase, ""))
        if until is None and view.is_final:
            mark = Text("✓", "green") if view.phase == "succeeded" else Text("✗", "red")
            return "", mark, phase, "", Text(printable(cost_in_words(view.cost)), "dim")
        spent = duration(((until or datetime.now(UTC)) - change.at).total_seconds()) if change.at else ""
        if until is None:
            since_then = (datetime.now(UTC) - self.estimated).total_seconds() if self.estimated else 0.0
            return "", self.spinner, phase, spent, Text(printable(situation(view, since_then)), "dim")
        return "", Text("✓", "green"), phase, Text(spent, "dim"), ""


def _stretches(view: JobView) -> list[tuple[PhaseChange, datetime | None]]:
    """Pair each phase with the moment that ended it; the present one has none."""
    ends = [change.at or datetime.now(UTC) for change in view.history[1:]]
    return list(zip(view.history, [*ends, None], strict=True)) if view.history else []
