"""How outcomes are written: decided over a whole histogram, so that one outcome has one spelling there.

Values side by side are written without commas where all of them, in every outcome, are bits; parts follow each other
with a blank between them, and parts without values are left out.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

LOST = "-"
BITS = frozenset("01" + LOST)
ALONE = -1  # a value that is in no list, in its path: what stands there in a list elsewhere is another position

type Path = tuple[int, ...]
type Part = tuple[Path, list[str]]


def spelled(values: Iterable[Any]) -> tuple[list[str], bool]:
    """Write the outcomes of a histogram, and tell whether all that is in them are bits."""
    outcomes = [list(_parts(_plain(value), ())) for value in values]
    numbers = {path for outcome in outcomes for path, texts in outcome if not BITS.issuperset(texts)}
    keys = [
        " ".join(("," if path in numbers else "").join(texts) for path, texts in outcome if texts)
        for outcome in outcomes
    ]
    return keys, not numbers


def in_order(keys: Iterable[str], *, are_bits: bool) -> list[str]:
    """Sort outcomes: as text, or by their numbers where they are numbers."""
    if not are_bits:
        try:
            return sorted(keys := list(keys), key=lambda key: ([*map(float, key.replace(",", " ").split())], key))
        except ValueError:  # words among them
            pass
    return sorted(keys)


def _plain(value: Any) -> Any:
    """Lists of texts: tuples that are written as objects are lists as well, and nothing is a list without items."""
    if isinstance(value, dict) and set(value) == {f"Item{n + 1}" for n in range(len(value))}:
        return [_plain(value[f"Item{n + 1}"]) for n in range(len(value))]
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return [] if value is None else str(int(value) if isinstance(value, bool) else value)


def _parts(value: Any, path: Path) -> Iterator[Part]:
    """The parts of an outcome, each with its place: a list that holds lists is taken apart."""
    if not isinstance(value, list):
        yield (*path, ALONE), [value]
    elif any(map(_has_values, filter(_is_list, value))):
        for place, item in enumerate(value):
            yield from _parts(item, (*path, place))
    else:
        yield path, [item for item in value if not _is_list(item)]


def _is_list(value: Any) -> bool:
    return isinstance(value, list)


def _has_values(value: Sequence[Any]) -> bool:
    return any(_has_values(item) if isinstance(item, list) else True for item in value)
