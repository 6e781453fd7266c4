"""Which parts of a program's output hold numbers, read from what its QIR records.

A histogram alone cannot tell a number that is always 0 or 1 from a bit. `quantum.results.layouts` reads what is written
here: a word for each part of an outcome, `#2` with two values of which some are numbers, `b3` with three bits.
"""

import re
from collections.abc import Iterator

RECORD = re.compile(
    r"call void @__quantum__rt__(array|tuple|result|bool|int|double)_record_output\((?:i64 (\d{1,9}),)?"
)
NUMBERS = frozenset({"int", "double"})
LONGEST = 8192

type Recorded = tuple[str, str]
type Shape = str | list[Shape]


def numbers_in(qir: str) -> str | None:
    """Describe the parts of the output; None where all are bits, or what is recorded is no nesting of values."""
    pairs = [match.groups("") for match in RECORD.finditer(qir)]
    if not any(kind in NUMBERS for kind, _ in pairs):
        return None
    records = iter((kind, size) for kind, size in pairs)
    try:
        top = [_shape(record, records) for record in records]
    except (StopIteration, RecursionError):
        return None
    words = " ".join(_parts(top[0] if len(top) == 1 else top))
    return words if len(words) <= LONGEST else None


def _shape(record: Recorded, records: Iterator[Recorded]) -> Shape:
    kind, size = record
    if kind in {"array", "tuple"}:
        return [_shape(next(records), records) for _ in range(int(size or 0))]
    return "#" if kind in NUMBERS else "b"


def _parts(shape: Shape) -> Iterator[str]:
    """The parts as results are spelled: a list that holds lists with values is taken apart."""
    if isinstance(shape, str):
        yield f"{shape}1"
    elif any(isinstance(item, list) and _has_values(item) for item in shape):
        for item in shape:
            yield from _parts(item)
    elif leaves := [item for item in shape if isinstance(item, str)]:
        yield f"{'#' if '#' in leaves else 'b'}{len(leaves)}"


def _has_values(shape: Shape) -> bool:
    return isinstance(shape, str) or any(map(_has_values, shape))
