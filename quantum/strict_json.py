"""Reads JSON from strangers: one value for each name, finite numbers, bounded depth and size, clean text."""

import json
from typing import Any, NoReturn

MAX_DEPTH = 32


class InvalidJsonError(ValueError):
    """The bytes are not JSON that we take; the message says why, for the caller."""


def loads(data: bytes) -> Any:
    """Parse JSON in UTF-8, or raise InvalidJsonError."""
    try:
        value = json.loads(data.decode(), object_pairs_hook=_unique, parse_constant=_not_finite, parse_float=_finite)
    except InvalidJsonError:
        raise
    except UnicodeDecodeError as error:
        raise InvalidJsonError(f"not UTF-8 text (byte {error.start})") from error
    except json.JSONDecodeError as error:
        raise InvalidJsonError(f"not JSON: {error.msg} (line {error.lineno}, column {error.colno})") from error
    except RecursionError as error:
        raise InvalidJsonError(f"nested deeper than {MAX_DEPTH} levels") from error
    except ValueError as error:  # an integer of more digits than Python converts
        raise InvalidJsonError("a number is too large") from error
    _check(value, 0)
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise InvalidJsonError(f"the name {name[:60]!r} stands twice in one object")
        found[name] = value
    return found


def _not_finite(word: str) -> NoReturn:
    raise InvalidJsonError(f"{word} is not a JSON number")


def _finite(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise InvalidJsonError("a number is too large")
    return number


def _check(value: Any, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise InvalidJsonError(f"nested deeper than {MAX_DEPTH} levels")
    if isinstance(value, str):
        _check_text(value)
    elif isinstance(value, int) and abs(value) > 2**63:
        raise InvalidJsonError("a number is too large")
    elif isinstance(value, list):
        for item in value:
            _check(item, depth + 1)
    elif isinstance(value, dict):
        for name, item in value.items():
            _check_text(name)
            _check(item, depth + 1)


def _check_text(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:  # "\ud800" parses, and cannot be written anywhere afterwards
        raise InvalidJsonError("text with half of a surrogate pair") from error
