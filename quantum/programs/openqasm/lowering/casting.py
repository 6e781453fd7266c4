"""Values become values of another type, by OpenQASM's rules for casts; what cannot is refused."""

import math
from collections.abc import Callable, Mapping

from quantum.programs.openqasm.angles import Angle, Expression, Unbound, apply
from quantum.programs.openqasm.circuit import Formula
from quantum.programs.openqasm.lowering.formulas import any_of, bits_of, number_of
from quantum.programs.openqasm.lowering.refusals import RefusedError
from quantum.programs.openqasm.lowering.values import (
    WORD,
    Array,
    Bits,
    Kind,
    Lasting,
    Missing,
    Undecided,
    Value,
    Whole,
    described,
)

TURN = 2 * math.pi
MEASURED_ANGLE = (
    "this depends on a measurement, and targets take no angle that is measured: write an `if` for each value instead"
)


def checked(value: Value, at: int) -> Value:
    """Refuse what has no value here."""
    if isinstance(value, Missing):
        raise RefusedError(None if value.is_told else "this is used before it has a value: assign one first", at)
    if isinstance(value, Undecided):
        raise RefusedError(MEASURED_ANGLE, at)
    return value


def truth(value: Value, at: int) -> Formula:
    """Read a value as true or false."""
    if isinstance(value, Formula):
        return value
    if isinstance(value, Bits):
        return any_of(value.bits)
    if isinstance(value, Whole):
        return value.value != 0 if isinstance(value.value, int) else any_of(value.value)
    if isinstance(value, int | float | complex):
        return value != 0
    raise RefusedError(f"{described(value)} cannot be true or false", at)


def whole(value: Value, at: int) -> Whole:
    """Read a value as a whole number, as wide as it is."""
    if isinstance(value, Whole):
        return value
    if isinstance(value, Bits):
        number = number_of(value.bits, signed=False)
        return Whole(value.bits if number is None else number, len(value.bits), signed=False)
    if isinstance(value, bool):
        return Whole(int(value), 1, signed=False)
    if isinstance(value, int):
        return Whole(value, max(WORD, value.bit_length() + 1), signed=True)
    if isinstance(value, Formula):
        return Whole((value,), 1, signed=False)
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**63:
        return Whole(int(value), WORD, signed=True)
    raise RefusedError(f"a whole number belongs here, not {described(value)}", at)


def whole_of_bits(bits: tuple[Formula, ...], *, signed: bool) -> Value:
    """Make a number of its bits, a known one if they are."""
    number = number_of(bits, signed=signed)
    return known_whole(number, len(bits), signed=signed) if number is not None else Whole(bits, len(bits), signed)


def known_whole(number: int, width: int, *, signed: bool) -> Value:
    """Wrap a number at its width; an int without a width is Python's."""
    number %= 1 << width
    if signed and number >> (width - 1):
        number -= 1 << width
    return number if signed and width == WORD else Whole(number, width, signed)


def widened(number: Whole, width: int) -> tuple[Formula, ...]:
    """Take a number's bits, as many as asked for: the upper ones repeat its sign."""
    if isinstance(number.value, int):
        return bits_of(number.value, width)
    above: Formula = number.value[-1] if number.signed else False
    return (*number.value, *(above for _ in range(width - number.width)))[:width]


def real(value: Value, at: int) -> Angle:
    """Read a value as a real number, or as an expression in the inputs."""
    if isinstance(value, float | Unbound | Expression):
        return value
    if isinstance(value, Whole):
        value = value.value if isinstance(value.value, int) else value
    if isinstance(value, int):
        return float(value)
    if isinstance(value, Bits) and isinstance(number := whole(value, at).value, int):
        return float(number)
    if isinstance(value, Formula | Bits | Whole):
        raise RefusedError(MEASURED_ANGLE, at)
    if isinstance(value, complex) and value.imag == 0:
        return value.real
    raise RefusedError(f"a real number belongs here, not {described(value)}", at)


def angle(value: Value, width: int | None, at: int) -> Angle:
    """Read a value as an angle in [0, 2 pi), in as many steps as its width has."""
    if isinstance(value, Bits):
        return apply("*", real(value, at), TURN / 2 ** len(value.bits))
    amount = real(value, at)
    if not isinstance(amount, float):
        return apply("-", amount, apply("*", TURN, apply("floor", apply("/", amount, TURN))))
    if not math.isfinite(amount):
        raise RefusedError("an angle is infinite or not a number", at)
    if width is not None and width <= 52:
        steps = 1 << width
        return float(round(amount / TURN * steps) % steps * TURN / steps)
    return 0.0 if (turned := amount % TURN) >= TURN else turned


def converted(value: Value, kind: Kind, at: int) -> Value:
    """Make a value one of a type."""
    if kind.dimensions:
        return _array(value, kind, at)
    return _CONVERSIONS[kind.word](value, kind, at)


def _array(value: Value, kind: Kind, at: int) -> Value:
    count, *inner = kind.dimensions
    if not isinstance(value, Array) or len(value.items) != count:
        raise RefusedError(f"{kind} needs {count} elements in braces", at)
    element = Kind(kind.word, kind.width, tuple(inner))
    held = (Missing, Undecided)
    return Array(tuple(item if isinstance(item, held) else converted(item, element, at) for item in value.items))


def _to_bool(value: Value, _kind: Kind, at: int) -> Value:
    return truth(value, at)


def _to_bits(value: Value, kind: Kind, at: int) -> Value:
    if kind.width is None:
        return _to_bit(value, at)
    number = whole(value, at)
    if number.width == kind.width and not isinstance(number.value, int):
        return Bits(number.value)
    if isinstance(number.value, int) and (isinstance(value, bool | int) or number.width == kind.width):
        if -(1 << kind.width) < 2 * number.value < 2 << kind.width:
            return Bits(bits_of(number.value, kind.width))
        raise RefusedError(f"{number.value} does not fit into {kind.width} bits", at)
    raise RefusedError(
        f"{number.width} bits do not fit bit[{kind.width}]: both must be of one width, "
        f"as uint[{kind.width}](…) or a slice makes them",
        at,
    )


def _to_bit(value: Value, at: int) -> Value:
    if isinstance(value, Formula):
        return value
    number = whole(value, at)
    if isinstance(number.value, int) and number.value in (0, 1) and not (isinstance(value, Bits) and number.width > 1):
        return number.value == 1
    if number.width == 1 and not isinstance(number.value, int):
        return number.value[0]
    raise RefusedError(f"a single bit cannot hold {described(value)}: give an index, or compare it with a number", at)


def _to_whole(value: Value, kind: Kind, at: int) -> Value:
    width, signed = kind.width or WORD, kind.word == "int"
    if isinstance(value, float):
        return known_whole(_truncated(value, at), width, signed=signed)
    number = whole(value, at)
    if isinstance(value, Bits) and number.width > width:
        raise RefusedError(f"{number.width} bits do not fit {kind}: take a slice of them", at)
    if isinstance(number.value, int):
        return known_whole(number.value, width, signed=signed)
    return whole_of_bits(widened(number, width), signed=signed)


def _truncated(value: float, at: int) -> int:
    if not math.isfinite(value):
        raise RefusedError("a whole number is made of one that is infinite or not a number", at)
    return math.trunc(value)


def _to_float(value: Value, _kind: Kind, at: int) -> Value:
    return real(value, at)


def _to_angle(value: Value, kind: Kind, at: int) -> Value:
    return angle(value, kind.width, at)


def _to_complex(value: Value, _kind: Kind, at: int) -> Value:
    return value if isinstance(value, complex | Unbound | Expression) else real(value, at)


def _to_duration(value: Value, kind: Kind, at: int) -> Value:
    if isinstance(value, Lasting):
        return value
    raise RefusedError(f"{kind} needs a time such as 100ns", at)


_CONVERSIONS: Mapping[str, Callable[[Value, Kind, int], Value]] = {
    "bool": _to_bool,
    "bit": _to_bits,
    "int": _to_whole,
    "uint": _to_whole,
    "float": _to_float,
    "angle": _to_angle,
    "complex": _to_complex,
    "duration": _to_duration,
    "stretch": _to_duration,
}
