"""Plots of text: values with their errors on a common axis, and curves over a swept argument; for any width, no colour.

Values that are compared stand as points, not as bars: a bar that does not begin at zero misleads.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from quantumjobs.cli.tables import columns_of, shortened
from quantumjobs.texts import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH = 72  # columns where nothing has an end, as in a pipe
WIDEST, NARROWEST = 100, 24
LEAST_SCALE = 10  # columns of an axis
HEIGHT = 13
MOST_LINES = 24
MARGIN = 0.05  # of the range, at either end of an axis
MARKS, PLAIN_MARKS = "●○▲△■□◆◇", "ox+*#%@&"


@dataclass(frozen=True)
class Value:
    """A number with its standard error, where it has one, and what it is the value of."""

    label: str
    value: float
    error: float | None = None


@dataclass(frozen=True)
class Point:
    """A point of a curve: where it stands, its standard error where it has one, and the curve that it belongs to."""

    series: str
    x: float
    y: float
    error: float | None = None


@dataclass(frozen=True)
class Scale:
    """An axis of so many columns or lines between two numbers."""

    low: float
    high: float
    cells: int

    def place(self, value: float) -> int:
        """Return the cell of a value; what is beyond an end stands at it."""
        share = (value - self.low) / (self.high - self.low)
        return min(max(round(share * (self.cells - 1)), 0), self.cells - 1)


def comparison(values: Sequence[Value], width: int | None, *, blocks: bool) -> list[str]:
    """Draw a line for each value: a point, and its error to either side."""
    shown = values[:MOST_LINES]
    if not shown:
        return []
    whole, texts = _width(width), [number(each.value, each.error) for each in shown]
    right = max(map(len, texts))
    left = max(min(max(columns_of(printable(each.label)) for each in shown), whole - right - LEAST_SCALE - 4), 4)
    scale = _scale([(each.value, each.error or 0.0) for each in shown], max(whole - left - right - 4, LEAST_SCALE))
    ellipsis = "…" if blocks else "..."
    lines = []
    for each, text in zip(shown, texts, strict=True):
        label = shortened(printable(each.label), left, ellipsis)
        drawn = _whisker(each, scale, blocks=blocks)
        lines.append(f"{label}{' ' * (left - columns_of(label))}  {drawn}  {text:>{right}}".rstrip())
    low, high = f"{scale.low:.4g}", f"{scale.high:.4g}"
    lines.append(f"{' ' * left}  {low}{' ' * max(scale.cells - len(low) - len(high), 1)}{high}")
    if len(values) > MOST_LINES:
        lines.append(f"{ellipsis} {len(values) - MOST_LINES:,} more")
    return lines


def _whisker(each: Value, scale: Scale, *, blocks: bool) -> str:
    cells = [" "] * scale.cells
    begin, end, line, point = ("├", "┤", "─", "●") if blocks else ("|", "|", "-", "o")
    if each.error:
        first, last = scale.place(each.value - each.error), scale.place(each.value + each.error)
        cells[first : last + 1] = [line] * (last - first + 1)
        cells[first], cells[last] = begin, end
    cells[scale.place(each.value)] = point
    return "".join(cells)


def curve(points: Sequence[Point], x: str, y: str, width: int | None, *, blocks: bool) -> list[str]:
    """Draw curves over an argument, a mark for each series, with errors as vertical lines; its legend is below."""
    if not points:
        return []
    vertical = _scale([(point.y, point.error or 0.0) for point in points], HEIGHT)
    ticks = [f"{vertical.low + (vertical.high - vertical.low) * row / (HEIGHT - 1):.3g}" for row in range(HEIGHT)]
    left = max(map(len, ticks))
    horizontal = _scale([(point.x, 0.0) for point in points], max(_width(width) - left - 3, LEAST_SCALE), margin=0)
    grid = _grid(points, horizontal, vertical, blocks=blocks)
    edge, corner, floor = ("│", "└", "─") if blocks else ("|", "+", "-")
    lines = [printable(y)]
    for row in reversed(range(HEIGHT)):
        tick = ticks[row] if row in (0, HEIGHT // 2, HEIGHT - 1) else ""
        lines.append(f"{tick:>{left}} {edge}{''.join(grid[row])}".rstrip())
    low, high, name = f"{horizontal.low:.4g}", f"{horizontal.high:.4g}", printable(x)
    lines.append(f"{' ' * left} {corner}{floor * horizontal.cells}")
    between = name.center(max(horizontal.cells - len(low) - len(high), len(name) + 2))
    lines.append(f"{' ' * (left + 2)}{low}{between}{high}".rstrip())
    names = _series(points)
    if len(names) > 1 or any(names):
        lines += [f"{mark} {printable(name)}" for name, mark in _marks(names, blocks=blocks).items()]
    return lines


def _grid(points: Sequence[Point], horizontal: Scale, vertical: Scale, *, blocks: bool) -> list[list[str]]:
    grid = [[" "] * horizontal.cells for _ in range(vertical.cells)]
    marks = _marks(_series(points), blocks=blocks)
    for point in points:
        column = horizontal.place(point.x)
        if point.error:
            low, high = vertical.place(point.y - point.error), vertical.place(point.y + point.error)
            for row in range(low, high + 1):
                grid[row][column] = "│" if blocks else "|"
    for point in points:  # over all errors
        grid[vertical.place(point.y)][horizontal.place(point.x)] = marks[point.series]
    return grid


def _series(points: Sequence[Point]) -> list[str]:
    return list(dict.fromkeys(point.series for point in points))


def _marks(names: Sequence[str], *, blocks: bool) -> dict[str, str]:
    marks = MARKS if blocks else PLAIN_MARKS
    return {name: marks[place % len(marks)] for place, name in enumerate(names)}


def number(value: float, error: float | None) -> str:
    """Write a value with its standard error, both to the error's second digit."""
    if not error:
        return f"{value:.4g}"
    digits = min(max(1 - math.floor(math.log10(error)), 0), 6)
    return f"{value:.{digits}f} ± {error:.{digits}f}"


def _width(width: int | None) -> int:
    return max(min(width or WIDTH, WIDEST), NARROWEST)


def _scale(values: Sequence[tuple[float, float]], cells: int, margin: float = MARGIN) -> Scale:
    low = min(value - error for value, error in values)
    high = max(value + error for value, error in values)
    spare = (high - low) * margin or (0.0 if high > low else abs(low) * MARGIN or 1.0)
    return Scale(low - spare, high + spare, cells)
