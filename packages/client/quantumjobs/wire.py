"""Reads single values out of JSON: what is absent or of another type is None, unless it is indispensable."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class ShapeError(Exception):
    """A document lacks what a view cannot do without."""


def an_object(value: object, what: str) -> Mapping[str, object]:
    """Take a JSON object, or raise ShapeError."""
    if not isinstance(value, dict):
        raise ShapeError(f"{what} must be a JSON object")
    return value


def mapping(value: object) -> Mapping[str, object]:
    """Take a JSON object; anything else is an empty one."""
    return value if isinstance(value, dict) else {}


def text_mapping(value: object) -> Mapping[str, str]:
    """Take the texts of a JSON object."""
    return {name: text for name, text in mapping(value).items() if isinstance(text, str)}


def a_list(value: object) -> list[object]:
    """Take a JSON array; anything else is an empty one."""
    return value if isinstance(value, list) else []


def texts(value: object) -> tuple[str, ...]:
    """Take the texts of a JSON array."""
    return tuple(item for item in a_list(value) if isinstance(item, str))


def required(raw: Mapping[str, object], name: str, what: str) -> str:
    """Take a text that must be there, or raise ShapeError."""
    value = raw.get(name)
    if not isinstance(value, str):
        raise ShapeError(f"{what} lacks {name!r}")
    return value


def entries(raw: Mapping[str, object], name: str, what: str) -> list[object]:
    """Take an array that must be there, or raise ShapeError."""
    value = raw.get(name)
    if not isinstance(value, list):
        raise ShapeError(f"{what} lacks {name!r}")
    return value


def text(value: object) -> str | None:
    """Take a text."""
    return value if isinstance(value, str) else None


def number(value: object) -> float | None:
    """Take a number."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def integer(value: object) -> int | None:
    """Take a whole number."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def flag(value: object) -> bool | None:
    """Take true or false."""
    return value if isinstance(value, bool) else None


def moment(value: object) -> datetime | None:
    """Take an RFC 3339 time; one that names no zone is UTC."""
    try:
        when = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return when if when is None or when.tzinfo else when.replace(tzinfo=UTC)


def numbers[N](value: object, read: Callable[[object], N | None]) -> dict[str, N]:
    """Take what is a number by outcome."""
    found = {key: read(number) for key, number in mapping(value).items()}
    return {key: number for key, number in found.items() if number is not None}
