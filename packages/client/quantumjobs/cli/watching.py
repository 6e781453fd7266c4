"""Shows a job on its way: live on a terminal, a line for each change in a pipe, a JSON line with --json."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from quantumjobs.cli.drawing import cost_in_words
from quantumjobs.cli.text import UTC, timestamp
from quantumjobs.texts import duration

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from quantumjobs.cli.screen import Screen
    from quantumjobs.jobs import JobView


class Display(Protocol):
    """Shows a job: it is notified of every change, and of outages of the deployment (None: it is back)."""

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
    if not screen.is_live:
        return Lines(screen)
    from quantumjobs.cli.live import LivePicture  # noqa: PLC0415 rich takes a while to import

    return LivePicture()


def title(view: JobView) -> str:
    """Say in a line which job this is."""
    shots = f"{view.shots:,} shots" if view.shots is not None else None
    return " · ".join(part for part in (view.name, view.target, shots, view.id) if part)


def situation(view: JobView, since_then: float = 0.0) -> str:
    """Say what the provider says: its word, the time that this may take, of which some seconds may have passed."""
    seconds = view.estimated_queue_seconds
    estimate = None if seconds is None else _left(seconds, since_then)
    return ", ".join(part for part in (view.azure_status, estimate, cost_in_words(view.cost)) if part)


def _left(seconds: float, since_then: float) -> str:
    if seconds <= since_then and since_then:
        return f"longer than the {duration(seconds)} that were estimated"
    return f"about {duration(seconds - since_then)} to wait"


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
