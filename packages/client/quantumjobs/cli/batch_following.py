"""Shows a batch on its way: all members on one screen, a line for each change in a pipe, JSON lines with --json."""

from __future__ import annotations

from collections import Counter
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from quantumjobs.cli.batch_drawing import costs
from quantumjobs.cli.codes import OK, UNSUCCESSFUL
from quantumjobs.cli.text import UTC, many, timestamp
from quantumjobs.texts import duration

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from contextlib import AbstractContextManager

    from quantumjobs.batches import Batch
    from quantumjobs.cli.client import CommandClient
    from quantumjobs.cli.screen import Screen

MOST_COUNTED = 1_000  # members of a batch whose targets are counted one by one: five requests
SURE = 3  # ended members before which nobody can say how long the others take


class Display(Protocol):
    """Shows a batch: it is notified of every change, and of outages of the deployment (None: it is back)."""

    def running(self) -> AbstractContextManager[object]:
        """Hold the display open."""

    def news(self, batch: Batch) -> None:
        """Show a changed batch."""

    def outage(self, reason: str | None) -> None:
        """Show that the deployment is out of reach, or back."""


def follow(
    client: CommandClient, batch: Batch, timeout: float | None, screen: Screen, argument: str | None = None
) -> int:
    """Show a batch on its way, and its table at the end; `argument` names what a sweep varies."""
    display = display_for(client, screen)
    try:
        with display.running():
            for view in client.watch_batch(batch, timeout=timeout, on_outage=display.outage):
                display.news(view)
    except KeyboardInterrupt:
        screen.note(f"stopped watching; the batch goes on. To watch it again: qjobs batch watch {batch.id}")
        raise
    return _ending(client, view, screen, argument)


def _ending(client: CommandClient, batch: Batch, screen: Screen, argument: str | None) -> int:
    from quantumjobs.cli.batches import tell, tell_end  # noqa: PLC0415 that module imports this one

    if batch.phase == "rejected":
        tell(batch, screen)
        return UNSUCCESSFUL
    table = client.batch_table(batch.id)
    if screen.as_json:
        screen.json_line({**batch.raw, "table": table.raw})
    else:
        tell_end(table, batch.id, screen, argument)
    return OK if batch.phase == "succeeded" else UNSUCCESSFUL


def display_for(client: CommandClient, screen: Screen) -> Display:
    """Choose the way of showing that suits the screen."""
    if screen.quiet or screen.form not in {"table", "json"}:
        return Silent(screen)
    if screen.as_json:
        return JsonLines(screen)
    if not screen.is_live:
        return Lines(screen)
    from quantumjobs.cli.batch_live import LiveBatch  # noqa: PLC0415 rich takes a while to import

    return LiveBatch(lambda batch: by_target(client, batch))


def by_target(client: CommandClient, batch: Batch) -> Mapping[str, Mapping[str, int]]:
    """Count the members of each target by phase; not where they are too many to be asked for at each change."""
    if not batch.members or batch.members > MOST_COUNTED:
        return {}
    counted: dict[str, Counter[str]] = {}
    for member in client.members(batch.id):
        counted.setdefault(member.target or "", Counter())[member.phase] += 1
    return counted


def progress(batch: Batch, now: datetime | None = None) -> str:
    """Say in a line how far a batch is: members by phase, the share that has ended, the time left, the cost so far."""
    counts = ", ".join(f"{count:,} {phase}" for phase, count in batch.by_phase.items() if count)
    ended = None if batch.progress is None else f"{batch.progress:.0%} of {many(batch.members or 0, 'member')}"
    left = time_left(batch, now or datetime.now(UTC))
    about = None if left is None else f"about {duration(left)} left"
    return " · ".join(part for part in (counts, ended, about, costs(batch)) if part)


def time_left(batch: Batch, now: datetime) -> float | None:
    """Estimate the seconds until the end: as the deployment does, else by how long the ended members took."""
    if batch.is_final or not batch.progress or not batch.members:
        return None
    if batch.pause_requested:
        return None
    if batch.eta is not None:
        return max((batch.eta - now).total_seconds(), 0.0)
    if batch.created_at is None or batch.progress * batch.members < SURE:
        return None
    return max((now - batch.created_at).total_seconds(), 0.0) * (1 - batch.progress) / batch.progress


@dataclass
class Silent:
    """Nothing until the end, but outages on standard error."""

    screen: Screen
    trouble: str | None = None

    def running(self) -> AbstractContextManager[object]:
        """Hold nothing."""
        return nullcontext()

    def news(self, batch: Batch) -> None:
        """Show nothing."""

    def outage(self, reason: str | None) -> None:
        """Note the beginning and the end of an outage on standard error."""
        if reason and not self.trouble:
            self.screen.note(f"the deployment is out of reach ({reason}); trying again")
        if self.trouble and not reason:
            self.screen.note("the deployment is back")
        self.trouble = reason


@dataclass
class JsonLines(Silent):
    """Each change as one line of JSON; the last is left to the caller, who adds the table."""

    def news(self, batch: Batch) -> None:
        """Print the batch as the server sent it."""
        if not batch.is_final or batch.phase == "rejected":
            self.screen.json_line(batch.raw)


@dataclass
class Lines(Silent):
    """Each change as one line of text."""

    shown: Batch | None = field(default=None)

    def news(self, batch: Batch) -> None:
        """Print how far the batch is."""
        if self.shown is None:
            self.screen.line(" · ".join(part for part in (batch.name, batch.id) if part))
        if self.shown is None or _gist(self.shown) != _gist(batch):
            line = f"{timestamp(datetime.now(UTC))}  {batch.phase:<10}  {progress(batch)}"
            self.screen.line(line.rstrip())
        self.shown = batch


def _gist(batch: Batch) -> tuple[object, ...]:
    return batch.phase, dict(batch.by_phase)


def shares(counts: Mapping[str, int]) -> Iterator[tuple[str, int]]:
    """Yield the phases of members with their numbers, in the order of a job's life."""
    order = ("succeeded", "failed", "rejected", "cancelled", "expired")
    for phase in (*order, *(phase for phase in counts if phase not in order)):
        if counts.get(phase):
            yield phase, counts[phase]
