"""Histograms: a bar for each of the most frequent outcomes, the greatest first, or a sentence where none stands out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quantumjobs.cli.faults import CommandLineError
from quantumjobs.cli.tables import Cell, Column, Table, columns_of, paint
from quantumjobs.cli.text import many, share
from quantumjobs.texts import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from quantumjobs.outcomes import Register

WIDEST_BAR, NARROWEST_BAR = 40, 8
FLAT = 3  # times the average: below it no outcome stands out
MANY = 32  # outcomes: fewer are drawn, however flat
EIGHTHS = " ▏▎▍▌▋▊▉"
FULL = "█"


def chart(weights: Mapping[str, float], top: int, width: int | None, *, blocks: bool, styled: bool) -> list[str]:
    """Draw the most frequent outcomes in the order of their frequency, and sum up the rest."""
    total = sum(weights.values()) or 1
    order = sorted(weights, key=lambda key: (-weights[key], key))
    if is_flat(weights, top):
        most = share(weights[order[0]] / total)
        return [f"flat: {many(len(order), 'outcome')}, none above {most} (to draw some: --top {len(order)})"]
    shown = [_row(key, weights[key], total) for key in order[:top]]
    sizes = [max(columns_of(row[place]) for row in shown) for place in range(3)]
    room = (width or 1000) - sum(sizes) - 6
    bar = max(NARROWEST_BAR, min(WIDEST_BAR, room))
    lines = []
    for key, row in zip(order, shown, strict=False):
        drawn = bar_of(weights[key] / weights[order[0]], bar, blocks=blocks)
        colored = (paint(drawn, "cyan") if styled else drawn) + " " * (bar - len(drawn))
        lines.append(f"{row[0]:<{sizes[0]}}  {colored}  {row[1]:>{sizes[1]}}  {row[2]:>{sizes[2]}}")
    if len(order) > top:
        rest = share(sum(weights[key] for key in order[top:]) / total)
        lines.append(f"{'…' if blocks else '...'}  {many(len(order) - top, 'other outcome')}  {rest}")
    return lines


def _row(key: str, weight: float, total: float) -> tuple[str, str, str]:
    count = f"{weight:,}" if isinstance(weight, int) else ""
    return printable(key), count, share(weight / total)


def is_flat(weights: Mapping[str, float], top: int) -> bool:
    """Say whether there are more outcomes than are drawn, and none that stands out."""
    return len(weights) > max(top, MANY - 1) and max(weights.values()) * len(weights) <= FLAT * sum(weights.values())


def bar_of(part: float, width: int, *, blocks: bool) -> str:
    """Draw a bar; what is not nothing shows."""
    if not blocks:
        return "#" * max(round(width * part), 1 if part else 0)
    eighths = max(round(width * part * 8), 1 if part else 0)
    return (FULL * (eighths // 8) + EIGHTHS[eighths % 8]).rstrip()


def table(counts: Mapping[str, int], probabilities: Mapping[str, float]) -> Table:
    """Make a table of all outcomes, the most frequent first."""
    weights: Mapping[str, float] = probabilities or counts
    total = sum(counts.values()) or 1
    order = sorted(weights, key=lambda key: (-weights[key], key))
    rows = [
        (Cell.of(key), Cell.count(counts.get(key)), Cell.of(probabilities.get(key, counts.get(key, 0) / total)))
        for key in order
    ]
    columns = (Column("outcome"), Column("count", is_number=True), Column("probability", is_number=True))
    return Table(columns, rows)


def marginal(weights: Mapping[str, float], registers: Sequence[Register], names: Iterable[str]) -> dict[str, float]:
    """Sum the outcomes up over all registers but those that are named, in the order of their names."""
    places = [_place(name, registers) for name in names]
    sums: dict[str, float] = {}
    for key, weight in weights.items():
        parts = key.split(" ")
        if len(parts) != max(1, len(registers)):
            raise CommandLineError("the outcomes are not divided into registers", "", "leave --register out")
        outcome = " ".join(parts[place] for place in places)
        sums[outcome] = sums.get(outcome, 0) + weight
    return sums


def _place(name: str, registers: Sequence[Register]) -> int:
    for place, register in enumerate(registers):
        if register.name == name:
            return place
    if name.isascii() and name.isdigit() and int(name) < len(registers):
        return int(name)
    there = ", ".join(register.name or str(place) for place, register in enumerate(registers)) or "none"
    raise CommandLineError(f"there is no register {name!r}", f"there are: {there}", "name one of them by --register")
