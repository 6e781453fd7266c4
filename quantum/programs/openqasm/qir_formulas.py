"""Works formulas of bits out, as far as they are known: what is left is for a back end, which says how.

A formula may speak of one part in several places; each part is worked out once. How deep it is nested does not matter.
"""

from collections.abc import Iterator
from typing import Protocol

from quantum.programs.openqasm.circuit import Bit, Both, Formula, Not

type Unknown = int | str  # as a back end names what is not known: a measurement by its number, a value by its name
type Value = bool | Unknown


class Unknowns(Protocol):
    """What a back end does with bits that are not known when it writes."""

    def value(self, bit: int) -> Value:
        """Give what stands for a bit, or the bit itself."""

    def opposite(self, value: Unknown) -> Unknown:
        """Turn a value round."""

    def joined(self, operator: str, left: Unknown, right: Unknown) -> Unknown:
        """Join two different values by `and`, `or` or `xor`."""


def worked_out(formula: Formula, unknowns: Unknowns) -> Value:
    """Work a formula out."""
    values: dict[int, Value] = {}
    for part in _innermost_first(formula):
        values[id(part)] = _one(part, values, unknowns)
    return values[id(formula)]


def bits_of(formula: Formula) -> set[int]:
    """The bits that a formula speaks of."""
    return {part.index for part in _innermost_first(formula) if isinstance(part, Bit)}


def _innermost_first(formula: Formula) -> Iterator[Formula]:
    """Each part once, after its own parts."""
    seen: set[int] = set()
    waiting = [(formula, False)]
    while waiting:
        part, is_ready = waiting.pop()
        if is_ready:
            yield part
        elif id(part) not in seen:
            seen.add(id(part))
            waiting.append((part, True))
            waiting += [(inner, False) for inner in _parts(part)]


def _parts(formula: Formula) -> tuple[Formula, ...]:
    if isinstance(formula, Not):
        return (formula.operand,)
    return (formula.right, formula.left) if isinstance(formula, Both) else ()


def _one(part: Formula, values: dict[int, Value], unknowns: Unknowns) -> Value:
    if isinstance(part, Bit):
        return unknowns.value(part.index)
    if isinstance(part, Not):
        return _opposite(values[id(part.operand)], unknowns)
    if isinstance(part, Both):
        return _joined(part.operator, values[id(part.left)], values[id(part.right)], unknowns)
    return part


def _opposite(value: Value, unknowns: Unknowns) -> Value:
    return not value if isinstance(value, bool) else unknowns.opposite(value)


def _joined(operator: str, left: Value, right: Value, unknowns: Unknowns) -> Value:
    if isinstance(left, bool):
        return _with_known(operator, left, right, unknowns)
    if isinstance(right, bool):
        return _with_known(operator, right, left, unknowns)
    if left == right:
        return False if operator == "xor" else left
    return unknowns.joined(operator, left, right)


def _with_known(operator: str, constant: Value, other: Value, unknowns: Unknowns) -> Value:
    if operator == "xor":
        return _opposite(other, unknowns) if constant else other
    decides = operator == "or"  # a true part decides an `or`, a false one an `and`
    return decides if constant is decides else other
