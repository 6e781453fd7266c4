"""The live picture of a batch: a bar for all members, one for each target, counts by phase and the time left."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from rich.console import Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from quantumjobs.cli.batch_following import progress, shares
from quantumjobs.cli.drawing import STYLES
from quantumjobs.cli.live import HonestConsole
from quantumjobs.cli.text import UTC
from quantumjobs.texts import printable

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from rich.console import RenderableType

    from quantumjobs.batches import Batch

BAR = 30  # columns
MOST_TARGETS = 12

Targets = Mapping[str, Mapping[str, int]]


@dataclass
class LiveBatch:
    """All members on one screen: `count` counts them by target and phase."""

    count: Callable[[Batch], Targets]
    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))
    shown: Batch | None = None
    targets: Targets = field(default_factory=dict)
    trouble: str | None = None

    def running(self) -> AbstractContextManager[object]:
        """Redraw until closed; the last picture stays."""
        console = HonestConsole(force_terminal=True, highlight=False, emoji=False)
        return Live(self, console=console, refresh_per_second=4)

    def news(self, batch: Batch) -> None:
        """Take the batch into the next picture."""
        self.targets = self.count(batch)
        self.shown = batch

    def outage(self, reason: str | None) -> None:
        """Take the trouble into the next picture."""
        self.trouble = reason

    def __rich__(self) -> RenderableType:
        if self.shown is None:
            return Text("…")
        batch = self.shown
        title = " · ".join(part for part in (batch.name, batch.phase, batch.id) if part)
        head = Text(printable(title), "bold", overflow="fold")
        lines: list[RenderableType] = [head, self._bars(batch), Text(printable(progress(batch, self.now())))]
        if self.trouble:
            lines.append(Text(f"out of reach ({printable(self.trouble)}); trying again", "yellow"))
        return Group(*lines)

    def _bars(self, batch: Batch) -> Table:
        grid = Table.grid(padding=(0, 1))
        if len(self.targets) != 1:
            grid.add_row("all", bar(batch.by_phase), ended(batch.by_phase))
        for target in list(self.targets)[:MOST_TARGETS]:
            grid.add_row(Text(printable(target)), bar(self.targets[target]), ended(self.targets[target]))
        if len(self.targets) > MOST_TARGETS:
            grid.add_row(Text(f"… {len(self.targets) - MOST_TARGETS} more targets", "dim"))
        return grid


def bar(counts: Mapping[str, int]) -> Text:
    """Draw members as a bar: ended ones in the colour of their end, those on their way faint."""
    total, drawn, done, cells = sum(counts.values()) or 1, Text(), 0, 0
    for phase, count in shares(counts):
        done += count
        end = round(BAR * done / total)
        drawn.append(("━" if phase in STYLES else "─") * (end - cells), STYLES.get(phase, "dim"))
        cells = end
    return drawn


def ended(counts: Mapping[str, int]) -> Text:
    """Write how many members have ended, and how many of those without success."""
    done = sum(count for phase, count in counts.items() if phase in STYLES)
    bad = done - counts.get("succeeded", 0)
    text = Text(f"{done:,}/{sum(counts.values()):,}")
    return text.append(f", {bad:,} without success", "yellow") if bad else text
