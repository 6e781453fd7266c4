"""Writes times, shares and numbers for people at a terminal, and splits texts into lines that are safe to print."""

from __future__ import annotations

from datetime import datetime, timezone

from quantumjobs.texts import printable

UTC = timezone.utc


def lines(text: str, indent: str = "") -> list[str]:
    """Split into lines that are safe to print, each indented."""
    return [indent + printable(line.expandtabs(4)) for line in text.splitlines() if line.strip()]


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
