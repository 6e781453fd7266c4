"""Formulas of bits, folded as far as they are known, and whole numbers made of them, the lowest bit first."""

from collections.abc import Callable, Sequence
from itertools import zip_longest

from quantum.programs.openqasm.circuit import Both, Formula, Not


def negated(formula: Formula) -> Formula:
    """Not the formula."""
    if isinstance(formula, bool):
        return not formula
    return formula.operand if isinstance(formula, Not) else Not(formula)


def conjoined(left: Formula, right: Formula) -> Formula:
    """Both are true."""
    if isinstance(left, bool):
        return right if left else False
    if isinstance(right, bool):
        return left if right else False
    return left if left is right else Both("and", left, right)


def disjoined(left: Formula, right: Formula) -> Formula:
    """Either is true."""
    if isinstance(left, bool):
        return True if left else right
    if isinstance(right, bool):
        return True if right else left
    return left if left is right else Both("or", left, right)


def different(left: Formula, right: Formula) -> Formula:
    """Only one is true."""
    if isinstance(left, bool):
        return negated(right) if left else right
    if isinstance(right, bool):
        return negated(left) if right else left
    return False if left is right else Both("xor", left, right)


def any_of(bits: Sequence[Formula]) -> Formula:
    """Some bit is true."""
    return _joined(disjoined, bits, empty=False)


def equal(left: Sequence[Formula], right: Sequence[Formula]) -> Formula:
    """Two numbers are the same; the shorter has false bits above."""
    pairs = zip_longest(left, right, fillvalue=False)
    return _joined(conjoined, [negated(different(one, other)) for one, other in pairs], empty=True)


def _joined(join: Callable[[Formula, Formula], Formula], parts: Sequence[Formula], *, empty: bool) -> Formula:
    """Join many by twos, so that the formula is as shallow as it can be."""
    while len(parts) > 1:
        twos = [join(*parts[place : place + 2]) for place in range(0, len(parts) - 1, 2)]
        parts = [*twos, *parts[len(twos) * 2 :]]
    return parts[0] if parts else empty


def less(left: Sequence[Formula], right: Sequence[Formula]) -> Formula:
    """Compare two numbers without signs, of one width."""
    result: Formula = False
    for one, other in zip(left, right, strict=True):
        below = conjoined(negated(one), other)
        result = disjoined(below, conjoined(negated(different(one, other)), result))
    return result


def total(left: Sequence[Formula], right: Sequence[Formula], *, carry: Formula = False) -> list[Formula]:
    """Add two numbers of one width, which the sum keeps."""
    result: list[Formula] = []
    for one, other in zip(left, right, strict=True):
        either = different(one, other)
        result.append(different(either, carry))
        carry = disjoined(conjoined(one, other), conjoined(carry, either))
    return result


def bits_of(number: int, width: int) -> tuple[Formula, ...]:
    """Take a number apart; a negative one has its two's complement."""
    return tuple(bool(number >> place & 1) for place in range(width))


def number_of(bits: Sequence[Formula], *, signed: bool) -> int | None:
    """Put a number together, if all of its bits are known."""
    if not all(isinstance(bit, bool) for bit in bits):
        return None
    number = sum(1 << place for place, bit in enumerate(bits) if bit)
    return number - (1 << len(bits)) if signed and bits and bits[-1] else number
