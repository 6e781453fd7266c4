"""Batches, their members and their tables as tables and plots."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from quantumjobs.cli import plots
from quantumjobs.cli.drawing import STYLES
from quantumjobs.cli.tables import Cell, Column, Table
from quantumjobs.texts import duration

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from quantumjobs.batches import Batch, BatchRow, BatchTable, Member
    from quantumjobs.cli.screen import Screen

BATCHES = (
    Column("id"),
    Column("phase"),
    Column("members", is_number=True),
    Column("ended", rank=2, is_number=True),
    Column("cost", rank=3),
    Column("name", rank=1, is_name=True),
)
MEMBERS = (
    Column("number", is_number=True),
    Column("id"),
    Column("phase"),
    Column("target", rank=1, is_name=True),
    Column("point", rank=2, is_name=True),
)
ROWS = (
    Column("number", is_number=True),
    Column("target", rank=1, is_name=True),
    Column("point", rank=2, is_name=True, field="arguments"),
    Column("phase"),
    Column("rank", rank=1, is_number=True),
    Column("fidelity", rank=2, is_number=True),
    Column("seconds", rank=4, is_number=True),
    Column("cost", rank=3, is_number=True),
    Column("unit", rank=3, field="costUnit"),
    Column("notes", rank=5, is_name=True),
)
NAMES = {"fidelity": "fidelity", "cost": "cost", "time": "seconds", "weights": "score", "solution": "cost of solution"}


def batches(all_batches: Sequence[Batch]) -> Table:
    """Make a table of batches."""
    rows = []
    for one in all_batches:
        ended = None if one.progress is None else Cell(f"{one.progress:.0%}", "", one.progress)
        phase = Cell.of(one.phase, STYLES.get(one.phase, ""))
        rows.append(
            (Cell.of(one.id), phase, Cell.count(one.members), ended or Cell(), Cell.of(costs(one)), Cell.of(one.name))
        )
    return Table(BATCHES, rows)


def costs(batch: Batch) -> str:
    """Write what a batch has cost so far, unit by unit."""
    return ", ".join(f"{cost.amount:,g} {cost.unit}" for cost in batch.costs if cost.amount)


def members(all_members: Sequence[Member]) -> Table:
    """Make a table of members."""
    rows = []
    for one in all_members:
        cells = (Cell.of(one.id), Cell.of(one.phase, STYLES.get(one.phase, "")), Cell.of(one.target))
        rows.append((Cell.count(one.number), *cells, Cell.of(point_of(one.point))))
    return Table(MEMBERS, rows)


def point_of(point: Mapping[str, object]) -> str:
    """Write what sets a member apart."""
    texts = [values(value) for value in point.values()]
    return ", ".join(text for text in texts if text)


def values(value: object) -> str:
    """Write arguments or parameters in a few letters."""
    if isinstance(value, dict):
        return ", ".join(f"{name}={values(each)}" for name, each in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(values, value))
    return f"{value:.4g}" if isinstance(value, float) else "" if value is None else str(value)


def rows(all_rows: Sequence[BatchRow]) -> Table:
    """Make a table of how members ended."""
    return Table(ROWS, [_row(row) for row in all_rows])


def _row(row: BatchRow) -> tuple[Cell, ...]:
    seconds = seconds_of(row)
    return (
        Cell.count(row.number),
        Cell.of(row.target),
        Cell(values(row.arguments), "", row.arguments),
        Cell.of(row.phase, STYLES.get(row.phase, "")),
        Cell.count(row.rank),
        Cell() if row.fidelity is None else Cell(plots.number(row.fidelity, row.fidelity_error), "", row.fidelity),
        Cell() if seconds is None else Cell(duration(seconds), "", seconds),
        Cell(f"{row.cost:,g}", "", row.cost) if row.cost is not None else Cell(),
        Cell.of(row.cost_unit),
        Cell.of("; ".join(row.notes)),
    )


def seconds_of(row: BatchRow) -> float | None:
    """Add up the time in the queue and of the run, where the deployment says either."""
    parts = [seconds for seconds in (row.queue_seconds, row.run_seconds) if seconds is not None]
    return sum(parts) if parts else None


def verdict(table: BatchTable) -> str:
    """Say which member is the best, by number and target."""
    if not table.outcome or (table.outcome == "none" and table.by is None):
        return ""
    targets = {row.number: row.target for row in table.rows}
    numbers = table.tie if table.best is None else (table.best,)
    words = [" ".join(part for part in (str(each), targets.get(each) or "") if part) for each in numbers]
    reason = f" ({table.reason})" if table.reason else ""
    return f"{table.outcome}: {', '.join(words)}{reason}" if words else f"{table.outcome}{reason}"


def plot(table: BatchTable, screen: Screen, argument: str | None = None) -> list[str]:
    """Draw what the members are compared by: a curve for a sweep over one argument, else a line for each member."""
    name, measured = measure(table)
    shown = [(row, value) for row in table.rows if (value := measured(row)) is not None]
    if len(shown) < 2:
        return []
    swept = [_number(row.arguments) for row, _ in shown]
    xs = [each for each in swept if each is not None]
    if len(xs) == len(swept) and len(set(xs)) > 1:
        points = [plots.Point(row.target or "", x, y, error) for (row, (y, error)), x in zip(shown, xs, strict=True)]
        return plots.curve(points, argument or "argument", name, screen.width, blocks=screen.has_blocks)
    drawn = [plots.Value(_label(row, table), value, error) for row, (value, error) in shown]
    return [name, *plots.comparison(drawn, screen.width, blocks=screen.has_blocks)]


def _label(row: BatchRow, table: BatchTable) -> str:
    alone = sum(other.target == row.target for other in table.rows) == 1
    point = values(row.arguments) or values(row.params)
    return " ".join(part for part in ("" if alone else str(row.number), row.target or "", point) if part)


def _number(arguments: object) -> float | None:
    """Return the only argument, if it is a number."""
    only = arguments[0] if isinstance(arguments, list | tuple) and len(arguments) == 1 else None
    return float(only) if isinstance(only, int | float) and not isinstance(only, bool) else None


def measure(table: BatchTable) -> tuple[str, Callable[[BatchRow], tuple[float, float | None] | None]]:
    """Choose what is drawn: what the members are ranked by, else the expectation of Z on all bits."""
    ranked = {"fidelity": _fidelity, "cost": _cost, "time": _time, "weights": _score}
    if table.by in ranked and any(ranked[table.by](row) for row in table.rows):
        return NAMES[table.by], ranked[table.by]
    return "expectation of Z on all bits", expectation


def _fidelity(row: BatchRow) -> tuple[float, float | None] | None:
    return None if row.fidelity is None else (row.fidelity, row.fidelity_error)


def _cost(row: BatchRow) -> tuple[float, float | None] | None:
    return None if row.cost is None else (row.cost, None)


def _time(row: BatchRow) -> tuple[float, float | None] | None:
    seconds = seconds_of(row)
    return None if seconds is None else (seconds, None)


def _score(row: BatchRow) -> tuple[float, float | None] | None:
    return None if row.score is None else (row.score, row.score_error)


def expectation(row: BatchRow) -> tuple[float, float | None] | None:
    """Work out the expectation of Z on all bits, with its standard error; none where the table lacks some outcomes."""
    total = sum(row.counts.values())
    if not total or (row.outcomes or 0) > len(row.counts):
        return None
    value = sum(-weight if outcome.count("1") % 2 else weight for outcome, weight in row.counts.items()) / total
    sampled = row.sampled is not False and row.shots
    return value, math.sqrt(max(1 - value * value, 0.0) / row.shots) if sampled and row.shots else None
