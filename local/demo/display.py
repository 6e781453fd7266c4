"""Shows the demo: a table that follows the jobs on a terminal, a line for each change in a pipe."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.live import Live
from rich.table import Table

from local.demo.samples import SAMPLES, Sample
from quantumjobs.cli.charts import chart
from quantumjobs.views import Result

STYLES = {"succeeded": "green", "failed": "red", "rejected": "red", "expired": "yellow", "cancelled": "yellow"}


class Display:
    """The output on the terminal."""

    def __init__(self, console: Console, clock: Callable[[], float] = time.monotonic) -> None:
        """Take the console; whether it is a terminal decides how progress is shown. The clock counts seconds."""
        self._console = console
        self._clock = clock
        self._ordered: dict[str, float] = {}
        self._phases: dict[str, tuple[str, float]] = {}
        self._live: Live | None = None

    def say(self, text: str = "", style: str = "") -> None:
        """Print a line."""
        self._console.print(text, style=style, markup=False, highlight=False, soft_wrap=True)

    @contextmanager
    def following(self) -> Iterator[None]:
        """Follow the jobs while the block runs."""
        if not self._console.is_terminal:
            yield
            return
        with Live(get_renderable=self._table, console=self._console, refresh_per_second=8) as self._live:
            yield

    def ordered(self, name: str) -> None:
        """Count a job's time from now on: its order is about to be sent."""
        self._ordered[name] = self._clock()

    def phase(self, name: str, phase: str) -> None:
        """Show a job's new phase."""
        if self._phases.get(name, ("", 0.0))[0] != phase:
            self._phases[name] = (phase, self._seconds(name))
            if not self._live:
                self.say(f"  {self._seconds(name):5.1f} s  {name}: {phase}")

    def answer(self, sample: Sample, answer: Mapping[str, Any]) -> None:
        """Print an answer as it came from the queue, with its counts as bars."""
        data = answer["data"]
        self.say()
        self.say(f"{answer['type']}  {answer['subject']}", style="bold")
        self.say(f"{sample.name} by {sample.door} on {sample.target}, {sample.shots} shots: {sample.promise}")
        if "result" in data:
            result = Result.from_wire(data["result"])
            blocks = self._console.encoding.startswith("utf")
            weights = result.counts or result.probabilities
            for line in chart(weights, 8, self._console.width, blocks=blocks, styled=False):
                self.say(line)

    def _table(self) -> Table:
        table = Table(box=None, pad_edge=False)
        for title in ("job", "door", "target", "phase", "after"):
            table.add_column(title)
        for sample in SAMPLES:
            phase, since = self._phases.get(sample.name, ("to be sent", 0.0))
            style = STYLES.get(phase, "cyan")
            table.add_row(sample.name, sample.door, sample.target, f"[{style}]{phase}", f"{since:.1f} s")
        return table

    def _seconds(self, name: str) -> float:
        now = self._clock()
        return now - self._ordered.get(name, now)
