"""Shows how a job comes along while somebody waits: a picture in a notebook, lines on standard error elsewhere."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from quantumjobs import pictures
from quantumjobs.texts import duration, printable

if TYPE_CHECKING:
    from collections.abc import Callable

    from quantumjobs.jobs import JobView


class Progress(Protocol):
    """Is notified of every change of a job, and of outages of the deployment (None: it is back)."""

    def news(self, view: JobView) -> None:
        """Show a changed view."""

    def outage(self, reason: str | None) -> None:
        """Show that the deployment is out of reach, or back."""


class Silence:
    """Shows nothing."""

    def news(self, view: JobView) -> None:
        """Show nothing."""

    def outage(self, reason: str | None) -> None:
        """Show nothing."""


@dataclass
class Lines:
    """A line on standard error for each phase."""

    phase: str | None = None
    trouble: str | None = None

    def news(self, view: JobView) -> None:
        """Print the phase that the job has come to."""
        if view.phase != self.phase:
            seconds = None if view.is_final else view.estimated_queue_seconds
            estimate = "" if seconds is None else f", about {duration(seconds)} to wait"
            print(printable(f"{view.name or view.id}: {view.phase}{estimate}"), file=sys.stderr, flush=True)
        self.phase = view.phase

    def outage(self, reason: str | None) -> None:
        """Print the beginning of an outage."""
        if reason and not self.trouble:
            print(printable(f"the deployment is out of reach ({reason}); trying again"), file=sys.stderr, flush=True)
        self.trouble = reason


@dataclass
class NotebookPicture:
    """A picture in the cell's output, replaced at every change."""

    display: Callable[..., Any]
    seen: JobView | None = None
    handle: Any = field(default=None, init=False)

    def news(self, view: JobView) -> None:
        """Draw the job as it is now."""
        self.seen = view
        self._draw({"text/html": pictures.of_job(view), "text/plain": repr(view)})

    def outage(self, reason: str | None) -> None:
        """Draw the trouble below the job."""
        if reason and self.seen:
            html = pictures.of_job(self.seen, note_below=f"the deployment is out of reach ({reason}); trying again")
            self._draw({"text/html": html, "text/plain": repr(self.seen)})

    def _draw(self, picture: dict[str, str]) -> None:
        if self.handle is None:
            self.handle = self.display(picture, raw=True, display_id=True)
        else:
            self.handle.update(picture, raw=True)


def progress_of(choice: bool | None) -> Progress:  # noqa: FBT001 handed on from a keyword
    """Choose what to show: None is a picture in a notebook and nothing elsewhere."""
    if choice is False:
        return Silence()
    display = notebook_display()
    if display is not None:
        return NotebookPicture(display)
    return Lines() if choice else Silence()


def notebook_display() -> Callable[..., Any] | None:
    """Find how to display something in the notebook that this runs in, without importing IPython anywhere else."""
    ipython, displaying = sys.modules.get("IPython"), sys.modules.get("IPython.display")
    shell = ipython.get_ipython() if ipython is not None else None
    if displaying is None or getattr(shell, "kernel", None) is None:
        return None
    display: Callable[..., Any] = displaying.display
    return display
