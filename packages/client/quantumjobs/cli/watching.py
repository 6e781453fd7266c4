"""Shows a job on its way: live on a terminal, a line for each change in a pipe, a JSON line with --json."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from rich.console import Group
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from quantumjobs.cli.drawing import STYLES
from quantumjobs.cli.text import duration, printable, timestamp

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from rich.console import RenderableType

    from quantumjobs.cli.screen import Screen
    from quantumjobs.jobs import JobView, PhaseChange


class Display(Protocol):
    """What shows a job: it is told of every change, and of outages of the deployment (None: it is back)."""

    def running(self) -> AbstractContextManager[object]:
        """Hold the display open."""

    def news(self, view: JobView) -> None:
        """Show a changed view."""

    def outage(self, reason: str | None) -> None:
        """Show that the deployment is out of reach, or back."""


def display_for(screen: Screen) -> Display:
    """Choose the way of showing that suits the screen."""
    if screen.as_json:
        return JsonLines(screen)
    return LivePicture(screen) if screen.is_live else Lines(screen)


def title(view: JobView) -> str:
    """Say in a line which job this is."""
    shots = f"{view.shots:,} shots" if view.shots is not None else None
    return " · ".join(part for part in (view.name, view.target, shots, view.id) if part)


def situation(view: JobView) -> str:
    """Say what the provider says: its word, the time that this may take."""
    seconds = view.estimated_queue_seconds
    estimate = f"about {duration(seconds)} to wait" if seconds is not None else None
    return ", ".join(part for part in (view.azure_status, estimate) if part)


def has_news(before: JobView | None, now: JobView) -> bool:
    """Say whether a change is worth a line; a new estimate is not."""
    return before is None or _gist(before) != _gist(now)


def _gist(view: JobView) -> tuple[object, ...]:
    return view.phase, view.azure_status, view.target, view.error, len(view.history)


@dataclass
class JsonLines:
    """Each change as one line of JSON; the line of a success is left to the caller, who adds the result."""

    screen: Screen
    shown: JobView | None = None

    def running(self) -> AbstractContextManager[object]:
        """Hold nothing."""
        return nullcontext()

    def news(self, view: JobView) -> None:
        """Print the view as the server sent it."""
        if has_news(self.shown, view) and view.phase != "succeeded":
            self.screen.json_line(view.raw)
        self.shown = view

    def outage(self, reason: str | None) -> None:
        """Say nothing: the job's view has not changed."""


@dataclass
class Lines:
    """Each change as one line of text, the phases that passed unseen included."""

    screen: Screen
    shown: JobView | None = None
    trouble: str | None = None

    def running(self) -> AbstractContextManager[object]:
        """Hold nothing."""
        return nullcontext()

    def news(self, view: JobView) -> None:
        """Print the phases since the last view, or what changed within one."""
        if not has_news(self.shown, view):
            return
        if self.shown is None:
            self.screen.line(title(view))
        new = view.history[len(self.shown.history) if self.shown else 0 :]
        for change in new[:-1]:
            self._line(change.at, change.phase, "")
        self._line(new[-1].at if new else None, view.phase, situation(view))
        self.shown = view

    def outage(self, reason: str | None) -> None:
        """Note the beginning and the end of an outage on standard error."""
        if reason and not self.trouble:
            self.screen.note(f"the deployment is out of reach ({reason}); trying again")
        if self.trouble and not reason:
            self.screen.note("the deployment is back")
        self.trouble = reason

    def _line(self, at: datetime | None, phase: str, note: str) -> None:
        when = timestamp(at or datetime.now(UTC))
        self.screen.line(f"{when}  {phase:<10}  {note}".rstrip())


@dataclass
class LivePicture:
    """The phases so far, each with the time spent in it, and a clock that runs in the present one."""

    screen: Screen
    shown: JobView | None = None
    trouble: str | None = None
    spinner: Spinner = field(default_factory=lambda: Spinner("dots", style="cyan"))

    def running(self) -> AbstractContextManager[object]:
        """Redraw until closed; the last picture stays."""
        return Live(self, console=self.screen.console, refresh_per_second=8)

    def news(self, view: JobView) -> None:
        """Take the view into the next picture."""
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
            return "", mark, phase, "", ""
        spent = duration(((until or datetime.now(UTC)) - change.at).total_seconds()) if change.at else ""
        if until is None:
            return "", self.spinner, phase, spent, Text(printable(situation(view)), "dim")
        return "", Text("✓", "green"), phase, Text(spent, "dim"), ""


def _stretches(view: JobView) -> list[tuple[PhaseChange, datetime | None]]:
    """Pair each phase with the moment that ended it; the present one has none."""
    ends = [change.at or datetime.now(UTC) for change in view.history[1:]]
    return list(zip(view.history, [*ends, None], strict=True)) if view.history else []
