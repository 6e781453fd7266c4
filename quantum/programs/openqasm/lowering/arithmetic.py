"""Operators on values: real arithmetic, whole numbers that wrap at their width, and formulas of measured bits."""

import operator
from collections.abc import Callable, Mapping

from quantum.programs.openqasm.angles import Angle, Expression, Unbound, apply
from quantum.programs.openqasm.circuit import Formula
from quantum.programs.openqasm.lowering import formulas
from quantum.programs.openqasm.lowering.casting import known_whole, real, truth, whole, whole_of_bits, widened
from quantum.programs.openqasm.lowering.flow import Flow
from quantum.programs.openqasm.lowering.refusals import RefusedError
from quantum.programs.openqasm.lowering.values import WORD, Array, Bits, Lasting, Qubits, Value, Whole, described

REAL = (float, complex, Unbound, Expression)
COMPARISONS: Mapping[str, Callable[..., bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
BITWISE: Mapping[str, Callable[[Formula, Formula], Formula]] = {
    "&": formulas.conjoined,
    "|": formulas.disjoined,
    "^": formulas.different,
}
TOO_WIDE = f"this takes more than the {WORD} bits of an int: write real numbers, such as 2.0, or a wider type"
MOST_PARTS, DEEPEST = 1_000, 200  # of an angle in the program's inputs
NOT_ON_TARGETS = (
    "`{}` of a number that is measured is nothing that targets compute: write an `if` for each value, "
    "or use + - * & | ^"
)
ARITHMETIC = ("+", "-", "*", "/", "%", "**")
NO_NUMBER = "{!r} goes between numbers, and a register is none until its width is said: write `uint[n](…)` around it"


def unary(operator_: str, operand: Value, at: int) -> Value:
    """Apply `-`, `~` or `!`."""
    if operator_ == "!":
        return formulas.negated(truth(operand, at))
    if operator_ == "~":
        return _inverted(operand, at)
    if isinstance(operand, complex):
        return -operand
    if isinstance(operand, REAL):
        return computed("neg", at, real(operand, at))
    if isinstance(operand, Bits):
        raise RefusedError(NO_NUMBER.format("-"), at)
    number = whole(operand, at)
    if isinstance(number.value, int):
        width = max(number.width, WORD) if isinstance(operand, bool) else number.width
        return known_whole(-number.value, width, signed=number.signed or isinstance(operand, bool))
    inverted = [formulas.negated(bit) for bit in number.value]
    zero: list[Formula] = [False] * number.width
    return whole_of_bits(tuple(formulas.total(inverted, zero, carry=True)), signed=number.signed)


def _inverted(operand: Value, at: int) -> Value:
    if isinstance(operand, Formula):
        return formulas.negated(operand)
    number = whole(operand, at)
    bits = tuple(formulas.negated(bit) for bit in widened(number, number.width))
    return Bits(bits) if isinstance(operand, Bits) else whole_of_bits(bits, signed=number.signed)


def binary(operator_: str, left: Value, right: Value, at: int, flow: Flow) -> Value:
    """Apply an operator between two values."""
    if operator_ in ("&&", "||"):
        join = formulas.conjoined if operator_ == "&&" else formulas.disjoined
        return join(truth(left, at), truth(right, at))
    if isinstance(left, Qubits | Array | Lasting) or isinstance(right, Qubits | Array | Lasting):
        return _odd(operator_, left, right, at)
    if operator_ in COMPARISONS and isinstance(left, Bits | Whole | Formula):
        left, right = _against_measured(left, right)
    if isinstance(left, REAL) or isinstance(right, REAL):
        return _real(operator_, left, right, at)
    if operator_ in BITWISE and isinstance(left, Bits | Formula) and isinstance(right, Bits | Formula):
        return _bitwise(operator_, left, right, at)
    if operator_ in ("<<", ">>"):
        return _shifted(operator_, left, right, at)
    return _whole(operator_, left, right, at, flow)


def _odd(operator_: str, left: Value, right: Value, at: int) -> Value:
    if operator_ in "+-*/" and isinstance(left, Lasting | int | float) and isinstance(right, Lasting | int | float):
        return Lasting()
    raise RefusedError(f"{operator_!r} does not go between {described(left)} and {described(right)}", at)


def _real(operator_: str, left: Value, right: Value, at: int) -> Value:
    if isinstance(left, complex) or isinstance(right, complex):
        return _complex(operator_, left, right, at)
    one, other = real(left, at), real(right, at)
    if operator_ in COMPARISONS and isinstance(one, float) and isinstance(other, float):
        return COMPARISONS[operator_](one, other)
    return computed({"%": "mod"}.get(operator_, operator_), at, one, other)


def _against_measured(left: Value, right: Value) -> tuple[Value, Value]:
    """OpenQASM 2 has real numbers only: one that is whole may be compared with bits."""
    if isinstance(right, float) and right.is_integer() and not isinstance(left, float) and abs(right) < 2**63:
        return left, int(right)
    return left, right


def computed(function: str, at: int, *operands: Angle) -> Angle:
    """Compute in real numbers; what has no value is refused, and what grows without end."""
    try:
        result = apply(function, *operands)
    except KeyError:
        raise RefusedError(f"{function!r} is no operator of real numbers", at) from None
    except (ValueError, OverflowError, ZeroDivisionError, TypeError) as error:
        raise RefusedError(f"this has no value: {error}", at) from None
    if isinstance(result, Expression) and (result.size > MOST_PARTS or result.depth > DEEPEST):
        reason = (
            f"this is more than {MOST_PARTS:,} operations on inputs, or {DEEPEST} in one another: give it as an input"
        )
        raise RefusedError(reason, at)
    return result


_COMPLEX: Mapping[str, Callable[[complex, complex], Value]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "**": operator.pow,
    "==": operator.eq,
    "!=": operator.ne,
}


def _complex(operator_: str, left: Value, right: Value, at: int) -> Value:
    one, other = (value if isinstance(value, complex) else real(value, at) for value in (left, right))
    if operator_ not in _COMPLEX or not isinstance(one, float | complex) or not isinstance(other, float | complex):
        raise RefusedError(f"{operator_!r} does not go between {described(left)} and {described(right)}", at)
    try:
        return _COMPLEX[operator_](one, other)
    except (OverflowError, ZeroDivisionError) as error:
        raise RefusedError(f"this has no value: {error}", at) from None


def _bitwise(operator_: str, left: Value, right: Value, at: int) -> Value:
    if isinstance(left, Formula) and isinstance(right, Formula):
        return BITWISE[operator_](left, right)
    one, other = whole(left, at), whole(right, at)
    if one.width != other.width:
        raise RefusedError(f"{operator_!r} goes between registers of one width, not {one.width} and {other.width}", at)
    pairs = zip(widened(one, one.width), widened(other, one.width), strict=True)
    return Bits(tuple(BITWISE[operator_](first, second) for first, second in pairs))


def _shifted(operator_: str, left: Value, right: Value, at: int) -> Value:
    number, by = whole(left, at), whole(right, at).value
    if not isinstance(by, int):
        raise RefusedError("a shift by a number that is measured does not run: write an `if` for each value", at)
    if by < 0:
        raise RefusedError("a shift is by a number from 0", at)
    width = number.width
    bits = widened(number, width)
    by = min(by, width)
    fill: list[Formula] = [bits[-1] if operator_ == ">>" and number.signed else False] * by
    moved = (*fill, *bits[: width - by]) if operator_ == "<<" else (*bits[by:], *fill)
    return Bits(moved) if isinstance(left, Bits) else whole_of_bits(moved, signed=number.signed)


def _whole(operator_: str, left: Value, right: Value, at: int, flow: Flow) -> Value:
    if operator_ in ARITHMETIC and (isinstance(left, Bits) or isinstance(right, Bits)):
        raise RefusedError(NO_NUMBER.format(operator_), at)
    if isinstance(left, Bits) and isinstance(right, Bits) and len(left.bits) != len(right.bits):
        raise RefusedError(
            f"{operator_!r} goes between registers of one width, not {len(left.bits)} and {len(right.bits)}", at
        )
    one, other = whole(left, at), whole(right, at)
    width = max(one.width, other.width)
    signed = all(number.signed for number in (one, other) if number.width == width)
    if isinstance(one.value, int) and isinstance(other.value, int):
        return _of_numbers(operator_, one.value, other.value, (width, signed), at)
    if operator_ in COMPARISONS:
        return _compared(operator_, one, other, flow)
    return _measured(operator_, (widened(one, width), widened(other, width)), signed, at, flow)


def _of_numbers(operator_: str, one: int, other: int, type_: tuple[int, bool], at: int) -> Value:
    if operator_ in COMPARISONS:
        return COMPARISONS[operator_](one, other)
    width, signed = type_
    if operator_ in ("/", "%"):
        return known_whole(_divided(operator_, one, other, at), width, signed=signed)
    if operator_ == "**":
        return _power(one, other, type_, at)
    return _within(_WHOLE[operator_](one, other), type_, at)


def _within(number: int, type_: tuple[int, bool], at: int) -> Value:
    """Refuse to wrap what is an int of no width of its own, or of 64 bits: nobody says what that comes to."""
    width, signed = type_
    if signed and width == WORD and not -(1 << (WORD - 1)) <= number < 1 << (WORD - 1):
        raise RefusedError(TOO_WIDE, at)
    return known_whole(number, width, signed=signed)


_WHOLE: Mapping[str, Callable[[int, int], int]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "&": operator.and_,
    "|": operator.or_,
    "^": operator.xor,
}


def _divided(operator_: str, one: int, other: int, at: int) -> int:
    if other == 0:
        raise RefusedError("this divides by zero", at)
    quotient = abs(one) // abs(other) * (1 if (one < 0) == (other < 0) else -1)
    return quotient if operator_ == "/" else one - other * quotient


def _power(one: int, other: int, type_: tuple[int, bool], at: int) -> Value:
    if other < 0:
        return computed("**", at, float(one), float(other))
    if type_ != (WORD, True):
        return known_whole(pow(one, other, 1 << type_[0]), type_[0], signed=type_[1])
    if abs(one) > 1 and other >= WORD:
        raise RefusedError(TOO_WIDE, at)
    return _within(one ** min(other, WORD + other % 2), type_, at)


def _compared(operator_: str, one: Whole, other: Whole, flow: Flow) -> Formula:
    width = max(one.width, other.width) + 1  # so that a sign has a place
    left, right = widened(one, width), widened(other, width)
    if operator_ in ("==", "!="):
        same = formulas.equal(left, right)
        return same if operator_ == "==" else formulas.negated(same)
    left, right = tuple(map(flow.stored, left)), tuple(map(flow.stored, right))
    if one.signed or other.signed:
        left, right = ((*bits[:-1], formulas.negated(bits[-1])) for bits in (left, right))
    if operator_ in (">", "<="):
        left, right = right, left
    below = formulas.less(left, right)
    return below if operator_ in ("<", ">") else formulas.negated(below)


def _measured(
    operator_: str,
    operands: tuple[tuple[Formula, ...], tuple[Formula, ...]],
    signed: bool,  # noqa: FBT001 - a part of the type
    at: int,
    flow: Flow,
) -> Value:
    left, right = operands
    if operator_ in BITWISE:
        bits = tuple(BITWISE[operator_](*pair) for pair in zip(left, right, strict=True))
        return whole_of_bits(bits, signed=signed)
    if operator_ not in ("+", "-", "*"):
        raise RefusedError(NOT_ON_TARGETS.format(operator_), at)
    left, right = tuple(map(flow.stored, left)), tuple(map(flow.stored, right))
    if operator_ == "*":
        return whole_of_bits(_product(left, right, flow), signed=signed)
    if operator_ == "-":
        right = tuple(map(formulas.negated, right))
    return whole_of_bits(tuple(formulas.total(left, right, carry=operator_ == "-")), signed=signed)


def _product(left: tuple[Formula, ...], right: tuple[Formula, ...], flow: Flow) -> tuple[Formula, ...]:
    width = len(left)
    result: tuple[Formula, ...] = (False,) * width
    for place, factor in enumerate(right):
        if factor is False:
            continue
        row = ((False,) * place + tuple(formulas.conjoined(bit, factor) for bit in left))[:width]
        result = tuple(map(flow.stored, formulas.total(result, tuple(map(flow.stored, row)))))
    return result
