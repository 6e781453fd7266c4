"""What was measured and what was promised of it, as a table and as JSON."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

TIMES = "\N{MULTIPLICATION SIGN}"  # the unit of a ratio


@dataclass(frozen=True)
class Figure:
    """One measured number; `at_most` or `at_least` is what was promised of it, if anything was."""

    measure: str
    value: float
    unit: str = ""
    at_most: float | None = None
    at_least: float | None = None

    @property
    def kept(self) -> bool | None:
        """Say whether the promise is kept; None where there is none."""
        if self.at_most is None and self.at_least is None:
            return None
        return (self.at_most is None or self.value <= self.at_most) and (
            self.at_least is None or self.value >= self.at_least
        )

    @property
    def promise(self) -> str:
        """Write the promise as people write it."""
        if self.at_most is not None:
            return f"≤ {shown(self.at_most, self.unit)}"
        return "" if self.at_least is None else f"≥ {shown(self.at_least, self.unit)}"

    def to_wire(self) -> dict[str, Any]:
        """Return plain JSON."""
        known = {"measure": self.measure, "value": round(self.value, 4), "unit": self.unit, "kept": self.kept}
        limits = {"atMost": self.at_most, "atLeast": self.at_least}
        return known | {name: limit for name, limit in limits.items() if limit is not None}


@dataclass(frozen=True)
class Row:
    """A benchmark that was run: its figures, or why it has none."""

    name: str
    figures: Sequence[Figure]
    seconds: float
    failure: str | None = None

    @property
    def kept(self) -> bool:
        """Say whether it ran and keeps all that was promised."""
        return self.failure is None and all(figure.kept is not False for figure in self.figures)

    def to_wire(self) -> dict[str, Any]:
        """Return plain JSON."""
        figures = [figure.to_wire() for figure in self.figures]
        return {"name": self.name, "seconds": round(self.seconds, 1), "failure": self.failure, "figures": figures}


def shown(value: float, unit: str) -> str:
    """Write a number with its unit, to three digits or so."""
    digits = 0 if value == int(value) or value >= 100 else 1 if value >= 10 else 2
    gap = "" if unit in {"", TIMES} else " "
    return f"{value:,.{digits}f}{gap}{unit}"


def table(rows: Iterable[Row]) -> str:
    """Write the figures as aligned columns: measure, figure, promise, kept or not."""
    verdicts = {True: "kept", False: "NOT KEPT", None: ""}
    lines = [("", "measure", "figure", "promise", "")]
    for row in rows:
        name = row.name
        if row.failure:
            lines.append((name, row.failure, "", "", "NOT RUN"))
        for figure in row.figures:
            lines.append(
                (name, figure.measure, shown(figure.value, figure.unit), figure.promise, verdicts[figure.kept])
            )
            name = ""
    widths = [max(len(line[column]) for line in lines) for column in range(5)]
    return "\n".join(aligned(line, widths) for line in lines)


def aligned(line: Sequence[str], widths: Sequence[int]) -> str:
    """Write one line of the table, its numbers to the right."""
    cells = [f"{cell:{'>' if column in {2, 3} else '<'}{widths[column]}}" for column, cell in enumerate(line)]
    return "  ".join(cells).rstrip()
