"""The functions and constants that OpenQASM has built in."""

import math
from collections.abc import Callable, Mapping, Sequence

from quantum.programs.openqasm.angles import Expression, Unbound
from quantum.programs.openqasm.circuit import Formula
from quantum.programs.openqasm.lowering.arithmetic import binary, computed
from quantum.programs.openqasm.lowering.casting import real, whole, whole_of_bits, widened
from quantum.programs.openqasm.lowering.flow import Flow
from quantum.programs.openqasm.lowering.formulas import bits_of
from quantum.programs.openqasm.lowering.refusals import RefusedError
from quantum.programs.openqasm.lowering.values import Array, Bits, Qubits, Value, described

CONSTANTS: Mapping[str, float] = {
    **dict.fromkeys(("pi", "π"), math.pi),
    **dict.fromkeys(("tau", "τ"), math.tau),
    **dict.fromkeys(("euler", "ℇ"), math.e),
}
_REAL: Mapping[str, str] = {
    **{name: name for name in ("sin", "cos", "tan", "exp", "log", "sqrt", "floor")},
    **{f"arc{name}": f"a{name}" for name in ("sin", "cos", "tan")},
    **{name: name for name in ("asin", "acos", "atan")},
    "ln": "log",
    "ceiling": "ceil",
}
COUNTS: Mapping[str, tuple[int, int]] = {
    **dict.fromkeys(_REAL, (1, 1)),
    **dict.fromkeys(("popcount", "real", "imag"), (1, 1)),
    **dict.fromkeys(("mod", "pow", "rotl", "rotr"), (2, 2)),
    "sizeof": (1, 2),
}


def called(name: str, arguments: Sequence[Value], at: int, flow: Flow) -> Value:
    """Compute a built-in function."""
    least, most = COUNTS[name]
    if not least <= len(arguments) <= most:
        raise RefusedError(f"{name} takes {_many(most)}, not {len(arguments)}", at)
    if name in _REAL:
        return _real(name, arguments[0], at)
    return _OTHERS[name](arguments, at, flow)


def _many(count: int) -> str:
    return "one argument" if count == 1 else f"{count} arguments"


def _real(name: str, value: Value, at: int) -> Value:
    return computed(_REAL[name], at, real(value, at))


def _mod(arguments: Sequence[Value], at: int, flow: Flow) -> Value:
    return binary("%", arguments[0], arguments[1], at, flow)


def _pow(arguments: Sequence[Value], at: int, flow: Flow) -> Value:
    return binary("**", arguments[0], arguments[1], at, flow)


def _popcount(arguments: Sequence[Value], at: int, flow: Flow) -> Value:
    number = whole(arguments[0], at)
    if isinstance(number.value, int):
        return (number.value % (1 << number.width)).bit_count()
    width = number.width.bit_length()
    count: Value = whole_of_bits(bits_of(0, width), signed=False)
    for bit in number.value:
        count = binary("+", count, whole_of_bits((bit,), signed=False), at, flow)
    return count


def _rotated(arguments: Sequence[Value], at: int, *, left: bool) -> Value:
    number, by = whole(arguments[0], at), whole(arguments[1], at).value
    if not isinstance(by, int):
        raise RefusedError("a rotation by a number that is measured does not run: write an `if` for each value", at)
    bits = widened(number, number.width)
    start = (-by if left else by) % max(len(bits), 1)
    turned = (*bits[start:], *bits[:start])
    return Bits(turned) if isinstance(arguments[0], Bits) else whole_of_bits(turned, signed=number.signed)


def _rotl(arguments: Sequence[Value], at: int, _flow: Flow) -> Value:
    return _rotated(arguments, at, left=True)


def _rotr(arguments: Sequence[Value], at: int, _flow: Flow) -> Value:
    return _rotated(arguments, at, left=False)


def _sizeof(arguments: Sequence[Value], at: int, _flow: Flow) -> Value:
    value, dimension = arguments[0], whole(arguments[1], at).value if len(arguments) > 1 else 0
    if not isinstance(dimension, int) or dimension < 0:
        raise RefusedError("sizeof takes the number of a dimension, from 0", at)
    for _ in range(dimension):
        if not isinstance(value, Array) or not value.items:
            raise RefusedError("sizeof asks for a dimension that the array does not have", at)
        value = value.items[0]
    return _size(value, at)


def _size(value: Value, at: int) -> int:
    match value:
        case Array(items):
            return len(items)
        case Bits(bits):
            return len(bits)
        case Qubits(numbers, True):
            return len(numbers)
    raise RefusedError(f"sizeof takes an array or a register, not {described(value)}", at)


def _part(arguments: Sequence[Value], at: int, part: Callable[[complex], float]) -> Value:
    value = arguments[0]
    if isinstance(value, complex):
        return part(value)
    if isinstance(value, Formula):
        raise RefusedError("real and imag take a complex number", at)
    amount = real(value, at)
    return part(complex(amount)) if isinstance(amount, float) else amount


def _real_part(arguments: Sequence[Value], at: int, _flow: Flow) -> Value:
    return _part(arguments, at, lambda number: number.real)


def _imaginary_part(arguments: Sequence[Value], at: int, _flow: Flow) -> Value:
    value = arguments[0]
    return 0.0 if isinstance(value, Unbound | Expression) else _part(arguments, at, lambda number: number.imag)


_OTHERS: Mapping[str, Callable[[Sequence[Value], int, Flow], Value]] = {
    "mod": _mod,
    "pow": _pow,
    "popcount": _popcount,
    "rotl": _rotl,
    "rotr": _rotr,
    "sizeof": _sizeof,
    "real": _real_part,
    "imag": _imaginary_part,
}
