"""Indices, ranges and sets: which elements of a register, a number or an array a program speaks of."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from quantum.programs.openqasm import syntax
from quantum.programs.openqasm.lowering.casting import converted, whole, whole_of_bits, widened
from quantum.programs.openqasm.lowering.refusals import RefusedError
from quantum.programs.openqasm.lowering.values import Array, Bits, Kind, Qubits, Value

if TYPE_CHECKING:
    from quantum.programs.openqasm.circuit import Formula

MOST_ITERATIONS = 4_000_000

Constant = Callable[[syntax.Expression], int]


def positions(constant: Constant, index: syntax.Expression, count: int) -> tuple[Sequence[int], bool]:
    """Find which of `count` elements an index means, and whether it may mean several."""
    if isinstance(index, syntax.Range):
        return [_inside(place, count, index.at) for place in _range_within(constant, index, count)], True
    if isinstance(index, syntax.Set):
        return [_inside(constant(item), count, item.at) for item in index.items], True
    return (_inside(constant(index), count, index.at),), False


def _inside(place: int, count: int, at: int) -> int:
    if -count <= place < count:
        return place % count
    if count == 0:
        raise RefusedError(f"there is no element {place}: this has no elements at all", at)
    raise RefusedError(f"there is no element {place}: the {count} elements here are numbered from 0 to {count - 1}", at)


def _range_within(constant: Constant, index: syntax.Range, count: int) -> range:
    step = 1 if index.step is None else constant(index.step)
    first, last = (0, count - 1) if step > 0 else (count - 1, 0)
    start = first if index.start is None else constant(index.start)
    stop = last if index.stop is None else constant(index.stop)
    start, stop = (place + count if -count <= place < 0 else place for place in (start, stop))
    return _inclusive(start, step, stop, index.at)


def counted(constant: Constant, expression: syntax.Range) -> range:
    """List the numbers that a loop runs over."""
    if expression.start is None or expression.stop is None:
        raise RefusedError("a loop's range needs a start and a stop: `[0:3]` are four numbers", expression.at)
    step = 1 if expression.step is None else constant(expression.step)
    return _inclusive(constant(expression.start), step, constant(expression.stop), expression.at)


def _inclusive(start: int, step: int, stop: int, at: int) -> range:
    if step == 0:
        raise RefusedError("a range's step cannot be 0", at)
    numbers = range(start, stop + (1 if step > 0 else -1), step)
    if (stop - start) // step > MOST_ITERATIONS:
        raise RefusedError(f"a range of more than {MOST_ITERATIONS:,} numbers is too long", at)
    return numbers


def element(base: Value, places: Sequence[int], is_many: bool, at: int) -> Value:  # noqa: FBT001 - as `positions` gives it
    """Take elements out of a register, an array, or the bits of a number."""
    if isinstance(base, Qubits):
        return Qubits(distinct(tuple(base.numbers[place] for place in places), at), is_many)
    if isinstance(base, Array):
        return Array(tuple(base.items[place] for place in places)) if is_many else base.items[places[0]]
    if isinstance(base, Bits):
        bits: Sequence[Formula] = base.bits
    else:
        number = whole(base, at)
        bits = widened(number, number.width)
    return Bits(tuple(bits[place] for place in places)) if is_many else bits[places[0]]


def distinct(qubits: tuple[int, ...], at: int) -> tuple[int, ...]:
    """Refuse a qubit that stands twice."""
    if len(qubits) > 1 and len(set(qubits)) != len(qubits):
        raise RefusedError("one qubit is used twice in this statement", at)
    return qubits


def replaced(base: Value, places: Sequence[int], is_many: bool, new: Value, at: int) -> Value:  # noqa: FBT001 - the same
    """Put elements into an array, or bits into a number."""
    if isinstance(base, Array):
        items = list(base.items)
        elements = new.items if is_many and isinstance(new, Array) else (new,)
        return Array(tuple(_with(items, places, elements, at)))
    number = whole(base, at)
    bits = list(widened(number, number.width))
    fill = new.bits if isinstance(new, Bits) else (converted(new, Kind("bit"), at),)
    mixed = tuple(_with(bits, places, fill, at))
    return Bits(mixed) if isinstance(base, Bits) else whole_of_bits(mixed, signed=number.signed)


def _with[T](items: list[T], places: Sequence[int], new: Sequence[T], at: int) -> list[T]:
    if len(places) != len(new):
        raise RefusedError(f"{len(new)} values do not fit {len(places)} places", at)
    for place, item in zip(places, new, strict=True):
        items[place] = item
    return items
