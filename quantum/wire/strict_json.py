"""Parses untrusted JSON: unique names, finite numbers, bounded depth and size, valid Unicode."""

import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import Any, NoReturn

from quantum.wire.encodings import without_bom, wrong_encoding

MAX_DEPTH = 32
LARGEST = 2**63
MOST_DIGITS = 4300  # of an integer that Python converts
MOST_PLACES = 20


class InvalidJsonError(ValueError):
    """The bytes are not acceptable JSON; the message tells the caller why.

    `places` are those of the numbers that are too large, such as `params.shots[0]`.
    """

    def __init__(self, reason: str, places: Sequence[str] = ()) -> None:
        self.places = [*filter(None, places)]
        super().__init__(f"{reason}: {', '.join(self.places)}" if self.places else reason)


def loads(data: bytes, *, unbounded: str = "") -> Any:
    """Parse JSON in UTF-8, with or without a byte order mark, or raise InvalidJsonError.

    Integers in the field `unbounded` may have any size.
    """
    data = without_bom(data)
    try:
        value = _parsed(data.decode())
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
    bounded = {name: item for name, item in value.items() if name != unbounded} if _has(value, unbounded) else value
    are_small = [_check(bounded, LARGEST)]
    if bounded is not value:
        are_small.append(_check([value[unbounded]], math.inf))
    if not all(are_small):
        raise InvalidJsonError("a number is too large", [*islice(_places(value, unbounded), MOST_PLACES)])
    return value


def _has(value: Any, name: str) -> bool:
    return isinstance(value, dict) and bool(name) and name in value


def _parsed(text: str) -> Any:
    hooks: dict[str, Any] = {"object_pairs_hook": _unique, "parse_constant": _not_finite}
    try:
        return json.loads(text, **hooks)
    except (InvalidJsonError, json.JSONDecodeError):
        raise
    except ValueError:  # an integer of more digits than Python converts
        return json.loads(text, parse_int=_short, **hooks)


def _short(digits: str) -> float:
    return int(digits) if len(digits.lstrip("-")) <= MOST_DIGITS else math.inf


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        twice = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise InvalidJsonError(f"the name {twice[:60]!r} stands twice in one object")
    return values


def _not_finite(word: str) -> NoReturn:
    raise InvalidJsonError(f"{word} is not a JSON number")


def _places(value: Any, unbounded: str) -> Iterator[str]:
    """Name the places of the numbers that are too large; what is nested too deeply is another fault."""
    below: list[tuple[str, Any, float]] = [("", value, LARGEST)]
    while below:
        place, item, largest = below.pop()
        if isinstance(item, dict):
            named = ((name, math.inf if name == unbounded and not place else largest) for name in item)
            below += reversed([(_inside(place, name), item[name], most) for name, most in named])
        elif isinstance(item, list):
            below += reversed([(f"{place}[{number}]", each, largest) for number, each in enumerate(item)])
        elif isinstance(item, int | float) and (abs(item) > largest or abs(item) == math.inf):
            yield place


def _inside(place: str, name: str) -> str:
    shown = name[:64] if name[:64].isprintable() else ascii(name[:64])[1:-1]
    return f"{place}.{shown}" if place else shown


def _check(value: Any, largest: float) -> bool:
    """Raise InvalidJsonError for what is nested too deeply, and for faulty text; say whether no number is too large."""
    # Level by level and kind by kind: there can be millions of small values, and one call for each takes too long.
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        kinds: defaultdict[type, list[Any]] = defaultdict(list)
        for item in level:
            kinds[type(item)].append(item)
        names = chain.from_iterable(kinds[dict])
        _check_text("".join(chain(names, kinds[str])))
        are_small = -largest <= min(kinds[int], default=0) <= max(kinds[int], default=0) <= largest
        if not are_small or math.inf in map(abs, kinds[float]):
            return False
        level = [*chain.from_iterable(kinds[list]), *chain.from_iterable(map(dict.values, kinds[dict]))]
        if not level:
            return True
    raise InvalidJsonError(f"nested deeper than {MAX_DEPTH} levels")


def _check_text(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:  # "\ud800" parses, but cannot be encoded afterwards
        raise InvalidJsonError("text with half of a surrogate pair") from error
