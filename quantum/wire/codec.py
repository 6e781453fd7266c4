"""Encodes frozen dataclasses as camelCase JSON and decodes them; likewise timestamps and durations."""

import re
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from functools import cache, partial
from typing import Any, get_args, get_origin, get_type_hints

DURATION = re.compile(r"P(?:(\d{1,5})D)?(?:T(?=\d)(?:(\d{1,7})H)?(?:(\d{1,9})M)?(?:(\d{1,9})S)?)?", re.ASCII)


PLAIN = frozenset({str, int, float, bool, type(None)})


@cache
def camel(name: str) -> str:
    """Convert a Python name to camelCase: `fallback_targets` becomes `fallbackTargets`."""
    head, *tail = name.split("_")
    return head + "".join(word.title() for word in tail)


def to_wire(value: Any) -> Any:
    """Encode a dataclass, or nested ones, as plain JSON; fields that are None are omitted."""
    kind: Any = type(value)
    if kind in PLAIN:
        return value
    if (names := _names(kind)) is not None:
        pairs = ((key, getattr(value, name)) for name, key in names)
        return {key: to_wire(item) for key, item in pairs if item is not None}
    if isinstance(value, list | tuple):
        return [to_wire(item) for item in value]
    if isinstance(value, dict):
        return {name: to_wire(item) for name, item in value.items()}
    return value


@cache
def _names(kind: type) -> tuple[tuple[str, str], ...] | None:
    """Return the fields of a dataclass and their JSON names."""
    return tuple((field.name, camel(field.name)) for field in fields(kind)) if is_dataclass(kind) else None


def from_wire[T](kind: type[T], data: Mapping[str, Any]) -> T:
    """Decode a dataclass, or nested ones, from the JSON of `to_wire`; unknown names are ignored.

    The JSON may come from a newer or an older release.
    """
    readers: tuple[tuple[str, str, Reader], ...] = _readers(kind)  # type: ignore[arg-type]  # a class can be hashed
    return kind(**{name: read(data[key]) for name, key, read in readers if key in data})


type Reader = Callable[[Any], Any]


@cache
def _readers(kind: type) -> tuple[tuple[str, str, Reader], ...]:
    """Return the fields of a dataclass, their JSON names and the readers of their values."""
    hints = get_type_hints(kind)
    return tuple((name, key, _reader(hints[name])) for name, key in _names(kind) or ())


def _reader(hint: Any) -> Reader:
    """Choose the function that decodes JSON to this type; plain values stay unchanged."""
    origin, parts = get_origin(hint), get_args(hint)
    if type(None) in parts:
        read = _either(tuple(part for part in parts if part is not type(None)))
        return lambda value: None if value is None else read(value)
    if origin is tuple:
        read = _reader(parts[0])
        return lambda items: tuple(map(read, items))
    if origin is Mapping:
        read = _reader(parts[1])
        return lambda pairs: {key: read(value) for key, value in pairs.items()}
    if not isinstance(hint, type):
        return _unchanged
    if is_dataclass(hint):
        return partial(from_wire, hint)
    return hint if issubclass(hint, Enum) else _unchanged


def _either(kinds: tuple[Any, ...]) -> Reader:
    """Read a value of one of these types: an object is the dataclass among several, all else is unchanged."""
    if len(kinds) == 1:
        return _reader(kinds[0])
    documents = [kind for kind in kinds if isinstance(kind, type) and is_dataclass(kind)]
    if not documents:
        return _unchanged
    (document,) = documents
    return lambda value: from_wire(document, value) if isinstance(value, dict) else value


def _unchanged(value: Any) -> Any:
    return value


def timestamp(when: datetime) -> str:
    """Format a moment as RFC 3339 in UTC, to the millisecond."""
    return when.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def moment(text: str) -> datetime:
    """Parse an RFC 3339 timestamp."""
    return datetime.fromisoformat(text)


def seconds_between(start: str | None, end: str | None) -> float | None:
    """Return the seconds between two timestamps, to the millisecond; None where one is missing."""
    return round((moment(end) - moment(start)).total_seconds(), 3) if start and end else None


def duration(text: str) -> timedelta:
    """Parse an ISO 8601 duration of days and smaller units, such as `P1DT12H` or `PT90S`; else raise ValueError.

    Months and years are refused: their length depends on their start.
    """
    parts = DURATION.fullmatch(text)
    if parts is None or not any(parts.groups()):
        raise ValueError(f"not an ISO 8601 duration: {text!r}")
    days, hours, minutes, seconds = (int(part or 0) for part in parts.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
