"""Turns what a server says into text that a terminal can show without obeying it, and times into words."""

from __future__ import annotations

from datetime import datetime, timezone

UTC = timezone.utc


def printable(text: str) -> str:
    """Escape whatever is not printable: control characters, line ends, marks that turn the writing direction."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def lines(text: str, indent: str = "") -> list[str]:
    """Split into lines that are safe to print, each indented."""
    return [indent + printable(line.expandtabs(4)) for line in text.splitlines() if line.strip()]


def duration(seconds: float) -> str:
    """Write a length of time with its two largest units: `0.4 s`, `41 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`."""
    if seconds < 10:
        return f"{max(seconds, 0):.1f} s"
    whole = round(seconds)
    for size, unit, part, part_size in ((86400, "d", "h", 3600), (3600, "h", "min", 60), (60, "min", "s", 1)):
        if whole >= size:
            rest = whole % size // part_size
            return f"{whole // size} {unit}" + (f" {rest} {part}" if rest else "")
    return f"{whole} s"


def timestamp(when: datetime) -> str:
    """Write a moment in UTC, to the second, as programs do."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def clock(when: datetime | None) -> str:
    """Write a moment for people, to the second."""
    return when.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC") if when else ""


def share(part: float) -> str:
    """Write a part of a whole in percent, with as many digits as a small one needs."""
    if not part or part >= 0.001:
        return f"{part:.1%}"
    return f"{part * 100:.2g}%" if part >= 1e-6 else f"{part * 100:.1e}%"


def many(number: int, one: str, several: str = "") -> str:
    """Write a number and what it counts, in the singular or the plural."""
    return f"{number:,} {one if number == 1 else several or one + 's'}"
