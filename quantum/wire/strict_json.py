"""Parses untrusted JSON: unique names, finite numbers, bounded depth and size, valid Unicode."""

import json
import math
from collections import Counter, defaultdict
from itertools import chain
from typing import Any, NoReturn

from quantum.wire.encodings import without_bom, wrong_encoding

MAX_DEPTH = 32
LARGEST = 2**63


class InvalidJsonError(ValueError):
    """The bytes are not acceptable JSON; the message tells the caller why."""


def loads(data: bytes, *, unbounded: str = "") -> Any:
    """Parse JSON in UTF-8, with or without a byte order mark, or raise InvalidJsonError.

    Integers in the field `unbounded` may have any size.
    """
    data = without_bom(data)
    try:
        value = json.loads(data.decode(), object_pairs_hook=_unique, parse_constant=_not_finite, parse_float=_finite)
    except InvalidJsonError:
        raise
    except UnicodeDecodeError as error:
        other = wrong_encoding(data)
        reason = f"not UTF-8 but {other}" if other else f"not UTF-8 text (byte {error.start})"
        raise InvalidJsonError(reason) from error
    except json.JSONDecodeError as error:
        raise InvalidJsonError(f"not JSON: {error.msg} (line {error.lineno}, column {error.colno})") from error
    except RecursionError as error:
        raise InvalidJsonError(f"nested deeper than {MAX_DEPTH} levels") from error
    except ValueError as error:  # an integer of more digits than Python converts
        raise InvalidJsonError("a number is too large") from error
    if isinstance(value, dict) and unbounded in value:
        _check({name: item for name, item in value.items() if name != unbounded})
        _check([value[unbounded]], largest=math.inf)
    else:
        _check(value)
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        twice = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise InvalidJsonError(f"the name {twice[:60]!r} stands twice in one object")
    return values


def _not_finite(word: str) -> NoReturn:
    raise InvalidJsonError(f"{word} is not a JSON number")


def _finite(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise InvalidJsonError("a number is too large")
    return number


def _check(value: Any, largest: float = LARGEST) -> None:
    # Level by level and kind by kind: there can be millions of small values, and one call for each takes too long.
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        kinds: defaultdict[type, list[Any]] = defaultdict(list)
        for item in level:
            kinds[type(item)].append(item)
        names = chain.from_iterable(kinds[dict])
        _check_text("".join(chain(names, kinds[str])))
        if not -largest <= min(kinds[int], default=0) <= max(kinds[int], default=0) <= largest:
            raise InvalidJsonError("a number is too large")
        level = [*chain.from_iterable(kinds[list]), *chain.from_iterable(map(dict.values, kinds[dict]))]
        if not level:
            return
    raise InvalidJsonError(f"nested deeper than {MAX_DEPTH} levels")


def _check_text(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:  # "\ud800" parses, but cannot be encoded afterwards
        raise InvalidJsonError("text with half of a surrogate pair") from error
