"""The keys of a histogram: the texts of its outcomes, in one form for the whole histogram.

Adjacent values are joined without commas where all of them, in every outcome, are bits; a space separates parts, and
parts without values are left out.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

LOST = "-"
BITS = frozenset("01" + LOST)
ALONE = -1  # in the path of a value outside any list: a list at the same position is another part

type Path = tuple[int, ...]
type Part = tuple[Path, list[str]]


def outcome_keys(values: Iterable[Any]) -> tuple[list[str], bool]:
    """Return the keys of outcomes, and whether all their values are bits."""
    outcomes = [list(_parts(_plain(value), ())) for value in values]
    numbers = {path for outcome in outcomes for path, texts in outcome if not BITS.issuperset(texts)}
    keys = [
        " ".join(("," if path in numbers else "").join(texts) for path, texts in outcome if texts)
        for outcome in outcomes
    ]
    return keys, not numbers


def sort_keys(keys: Iterable[str], *, are_bits: bool) -> list[str]:
    """Sort keys as text, or as numbers where they are numbers."""
    if not are_bits:
        try:
            return sorted(keys := list(keys), key=lambda key: ([*map(float, key.replace(",", " ").split())], key))
        except ValueError:  # words among them
            pass
    return sorted(keys)


def _plain(value: Any) -> Any:
    """Normalise a value to nested lists of texts: a tuple in the form of an object is a list, null an empty one."""
    if isinstance(value, dict) and set(value) == {f"Item{n + 1}" for n in range(len(value))}:
        return [_plain(value[f"Item{n + 1}"]) for n in range(len(value))]
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return [] if value is None else str(int(value) if isinstance(value, bool) else value)


def _parts(value: Any, path: Path) -> Iterator[Part]:
    """Yield the parts of an outcome with their paths: a list of lists is split."""
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
