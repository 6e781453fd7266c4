"""Measured figures and their promises: as lines, as a table and as JSON."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import quantiles
from typing import Any

TIMES = "\N{MULTIPLICATION SIGN}"  # the unit of a ratio
VERDICTS = {True: "kept", False: "NOT KEPT", None: ""}
COLUMNS = 6


class SkippedError(Exception):
    """A benchmark cannot run here; the message says what it needs."""


@dataclass(frozen=True)
class Figure:
    """One measured number; `at_most` or `at_least` is its promise, if it has one.

    `former` is the same number of the older revision in the same run, or of a rival. With `relative` the promise is
    about the ratio to it, and cannot be judged without it.
    """

    measure: str
    value: float
    unit: str = ""
    at_most: float | None = None
    at_least: float | None = None
    former: float | None = None
    relative: bool = False

    @property
    def ratio(self) -> float | None:
        """The value against the former one; None where there is none, or nothing to divide by."""
        return self.value / self.former if self.former else None

    @property
    def passes(self) -> bool | None:
        """Whether the promise is kept; None where there is none, or nothing to compare with."""
        judged = self.ratio if self.relative else self.value
        if judged is None or (self.at_most is None and self.at_least is None):
            return None
        return (self.at_most is None or judged <= self.at_most) and (self.at_least is None or judged >= self.at_least)

    @property
    def promise(self) -> str:
        """Format the promise."""
        unit = TIMES if self.relative else self.unit
        if self.at_most is not None:
            return f"≤ {with_unit(self.at_most, unit)}"
        return "" if self.at_least is None else f"≥ {with_unit(self.at_least, unit)}"

    @property
    def comparison(self) -> str:
        """Format the ratio, and the number that it is to."""
        if self.former is None or self.ratio is None:
            return ""
        return f"{with_unit(self.ratio, TIMES)} of {with_unit(self.former, self.unit)}"

    def cells(self, name: str = "") -> tuple[str, ...]:
        """Return the columns of a line about it."""
        value = with_unit(self.value, self.unit)
        return (name, self.measure, value, self.promise, self.comparison, VERDICTS[self.passes])

    def line(self) -> str:
        """Format a line about it alone: measure, figure, promise, ratio, verdict."""
        return "  " + aligned(self.cells()[1:], (58, 12, 10, 26, 8))

    def to_wire(self) -> dict[str, Any]:
        """Return plain JSON."""
        fields = {"measure": self.measure, "value": round(self.value, 4), "unit": self.unit, "kept": self.passes}
        others = {"atMost": self.at_most, "atLeast": self.at_least, "former": self.former, "ratio": self.ratio}
        return fields | {name: number for name, number in others.items() if number is not None}


@dataclass(frozen=True)
class Row:
    """The result of a benchmark: its figures, and why it has no more of them."""

    name: str
    figures: Sequence[Figure]
    seconds: float
    failure: str | None = None
    skipped: bool = False

    @property
    def passes(self) -> bool:
        """Whether it ran and keeps all its promises, or was skipped for a reason that it names."""
        return (self.failure is None or self.skipped) and all(figure.passes is not False for figure in self.figures)

    def to_wire(self) -> dict[str, Any]:
        """Return plain JSON."""
        figures = [figure.to_wire() for figure in self.figures]
        return {"name": self.name, "seconds": round(self.seconds, 1), "failure": self.failure, "figures": figures}


def with_unit(value: float, unit: str) -> str:
    """Format a number with its unit, to about three digits."""
    digits = 0 if value == int(value) or abs(value) >= 100 else 1 if abs(value) >= 10 else 2 if abs(value) >= 0.1 else 3
    gap = "" if unit in {"", TIMES} else " "
    return f"{value:,.{digits}f}{gap}{unit}"


def table(rows: Iterable[Row]) -> str:
    """Write the figures as aligned columns: measure, figure, promise, ratio, verdict."""
    lines: list[tuple[str, ...]] = [("", "measure", "figure", "promise", "ratio", "")]
    for row in rows:
        names = [row.name, *[""] * len(row.figures)]
        lines += [figure.cells(name) for name, figure in zip(names, row.figures, strict=False)]
        if row.failure:
            verdict = "SKIPPED" if row.skipped else "NOT RUN"
            lines.append((names[len(row.figures)], row.failure, "", "", "", verdict))
    widths = [max(len(line[column]) for line in lines) for column in range(COLUMNS)]
    return "\n".join(aligned(line, widths) for line in lines)


def aligned(cells: Sequence[str], widths: Sequence[int]) -> str:
    """Format one line of the table, with figures and promises right-aligned."""
    right = {len(cells) - 4, len(cells) - 3}
    padded = [f"{cell:{'>' if column in right else '<'}{widths[column]}}" for column, cell in enumerate(cells)]
    return "  ".join(padded).rstrip()


def p95(values: Sequence[float]) -> float:
    """Return the 95th percentile."""
    return quantiles(values, n=20, method="inclusive")[-1]
