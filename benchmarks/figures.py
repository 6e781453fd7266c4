"""Measured figures and their promises, as a table and as JSON."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

TIMES = "\N{MULTIPLICATION SIGN}"  # the unit of a ratio


@dataclass(frozen=True)
class Figure:
    """One measured number; `at_most` or `at_least` is its promise, if it has one."""

    measure: str
    value: float
    unit: str = ""
    at_most: float | None = None
    at_least: float | None = None

    @property
    def passes(self) -> bool | None:
        """Whether the promise is kept; None where there is none."""
        if self.at_most is None and self.at_least is None:
            return None
        return (self.at_most is None or self.value <= self.at_most) and (
            self.at_least is None or self.value >= self.at_least
        )

    @property
    def promise(self) -> str:
        """Format the promise."""
        if self.at_most is not None:
            return f"≤ {with_unit(self.at_most, self.unit)}"
        return "" if self.at_least is None else f"≥ {with_unit(self.at_least, self.unit)}"

    def to_wire(self) -> dict[str, Any]:
        """Return plain JSON."""
        fields = {"measure": self.measure, "value": round(self.value, 4), "unit": self.unit, "kept": self.passes}
        limits = {"atMost": self.at_most, "atLeast": self.at_least}
        return fields | {name: limit for name, limit in limits.items() if limit is not None}


@dataclass(frozen=True)
class Row:
    """The result of a benchmark: its figures, or why it has none."""

    name: str
    figures: Sequence[Figure]
    seconds: float
    failure: str | None = None

    @property
    def passes(self) -> bool:
        """Whether it ran and keeps all its promises."""
        return self.failure is None and all(figure.passes is not False for figure in self.figures)

    def to_wire(self) -> dict[str, Any]:
        """Return plain JSON."""
        figures = [figure.to_wire() for figure in self.figures]
        return {"name": self.name, "seconds": round(self.seconds, 1), "failure": self.failure, "figures": figures}


def with_unit(value: float, unit: str) -> str:
    """Format a number with its unit, to about three digits."""
    digits = 0 if value == int(value) or value >= 100 else 1 if value >= 10 else 2
    gap = "" if unit in {"", TIMES} else " "
    return f"{value:,.{digits}f}{gap}{unit}"


def table(rows: Iterable[Row]) -> str:
    """Write the figures as aligned columns: measure, figure, promise, verdict."""
    verdicts = {True: "kept", False: "NOT KEPT", None: ""}
    lines = [("", "measure", "figure", "promise", "")]
    for row in rows:
        name = row.name
        if row.failure:
            lines.append((name, row.failure, "", "", "NOT RUN"))
        for figure in row.figures:
            lines.append(
                (name, figure.measure, with_unit(figure.value, figure.unit), figure.promise, verdicts[figure.passes])
            )
            name = ""
    widths = [max(len(line[column]) for line in lines) for column in range(5)]
    return "\n".join(aligned(line, widths) for line in lines)


def aligned(line: Sequence[str], widths: Sequence[int]) -> str:
    """Format one line of the table, with numbers right-aligned."""
    cells = [f"{cell:{'>' if column in {2, 3} else '<'}{widths[column]}}" for column, cell in enumerate(line)]
    return "  ".join(cells).rstrip()
