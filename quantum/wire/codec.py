"""Turns frozen dataclasses into the camelCase JSON that crosses our boundaries, and back; times and durations, too."""

import re
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

DURATION = re.compile(r"P(?:(\d{1,5})D)?(?:T(?=\d)(?:(\d{1,7})H)?(?:(\d{1,9})M)?(?:(\d{1,9})S)?)?", re.ASCII)


@cache
def camel(name: str) -> str:
    """Spell a Python name as JSON does: `fallback_targets` is `fallbackTargets`."""
    head, *tail = name.split("_")
    return head + "".join(word.title() for word in tail)


def to_wire(value: Any) -> Any:
    """Encode a dataclass, or any nesting of them, as plain JSON; fields that are None are left out."""
    if is_dataclass(value):
        pairs = ((camel(field.name), getattr(value, field.name)) for field in fields(value))
        return {name: to_wire(item) for name, item in pairs if item is not None}
    if isinstance(value, list | tuple):
        return [to_wire(item) for item in value]
    if isinstance(value, dict):
        return {name: to_wire(item) for name, item in value.items()}
    return value


def arguments(cls: type, data: dict[str, Any]) -> dict[str, Any]:
    """Pick a flat dataclass's constructor arguments out of JSON; names that it lacks are passed over.

    A newer release may have written the JSON that an older one reads, and the other way round.
    """
    return {field.name: data[camel(field.name)] for field in fields(cls) if camel(field.name) in data}


def timestamp(when: datetime) -> str:
    """Write a moment as RFC 3339 in UTC, to the millisecond."""
    return when.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def moment(text: str) -> datetime:
    """Read an RFC 3339 timestamp."""
    return datetime.fromisoformat(text)


def seconds_between(start: str | None, end: str | None) -> float | None:
    """The time from one timestamp to another in seconds, to the millisecond; None where one of them is missing."""
    return round((moment(end) - moment(start)).total_seconds(), 3) if start and end else None


def duration(text: str) -> timedelta:
    """Read an ISO 8601 duration of days and below, such as `P1DT12H` or `PT90S`; ValueError if it is none.

    Months and years are refused: how long they last depends on when they begin.
    """
    parts = DURATION.fullmatch(text)
    if parts is None or not any(parts.groups()):
        raise ValueError(f"not an ISO 8601 duration: {text!r}")
    days, hours, minutes, seconds = (int(part or 0) for part in parts.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
