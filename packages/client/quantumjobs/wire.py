"""Reads single values out of JSON: what is absent or of another type is None, unless it is indispensable."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

N = TypeVar("N")
# Before 3.11, Python reads neither a Z nor a fraction of another length than 3 or 6 digits.
RFC_3339 = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d+))?(?:([Zz])|([+-]\d\d:\d\d))?")


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
        when = datetime.fromisoformat(RFC_3339.sub(_as_every_python_reads, value)) if isinstance(value, str) else None
    except ValueError:
        return None
    return when if when is None or when.tzinfo else when.replace(tzinfo=timezone.utc)


def _as_every_python_reads(match: re.Match[str]) -> str:
    date, time, fraction, zulu, offset = match.groups()
    zone = "+00:00" if zulu else offset or ""
    return f"{date}T{time}.{(fraction or '0')[:6]:0<6}{zone}"


def numbers(value: object, read: Callable[[object], N | None]) -> dict[str, N]:
    """Take what is a number by outcome."""
    read_numbers = {key: read(number) for key, number in mapping(value).items()}
    return {key: number for key, number in read_numbers.items() if number is not None}
