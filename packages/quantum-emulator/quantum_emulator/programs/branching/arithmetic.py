"""LLVM's arithmetic: integers of a width in two's complement, and floating point.

A number of one bit is 0 or 1, every wider one is signed; unsigned instructions take operands modulo 2^width.
"""

import math
import operator
from collections.abc import Callable, Mapping

import pyqir
from pyqir import FloatPredicate, IntPredicate, Opcode

from quantum_emulator.programs.recording import signed

type Number = int | float
type Compute = Callable[..., Number]


def wrapped(value: int, width: int) -> int:
    """Cut a whole number to its width."""
    value &= (1 << width) - 1
    return value - (1 << width) if width > 1 and value >> (width - 1) else value


def constant(value: pyqir.Value) -> Number | None:
    """The number of a constant; None for anything else."""
    if isinstance(value, pyqir.IntConstant):
        return signed(value)
    return float(value.value) if isinstance(value, pyqir.FloatConstant) else None


def _quotient(left: int, right: int) -> int:
    return abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)


def _remainder(left: int, right: int) -> int:
    return left - right * _quotient(left, right)


def _float_quotient(left: float, right: float) -> float:
    if right:
        return left / right
    return math.nan if not left or math.isnan(left) else math.copysign(math.inf, left) * math.copysign(1.0, right)


_SIGNED: Mapping[Opcode, Callable[[int, int], int]] = {
    Opcode.ADD: operator.add,
    Opcode.SUB: operator.sub,
    Opcode.MUL: operator.mul,
    Opcode.AND: operator.and_,
    Opcode.OR: operator.or_,
    Opcode.XOR: operator.xor,
    Opcode.SHL: operator.lshift,
    Opcode.ASHR: operator.rshift,
    Opcode.SDIV: _quotient,
    Opcode.SREM: _remainder,
}
_UNSIGNED: Mapping[Opcode, Callable[[int, int], int]] = {
    Opcode.LSHR: operator.rshift,
    Opcode.UDIV: operator.floordiv,
    Opcode.UREM: operator.mod,
}
_FLOATS: Mapping[Opcode, Compute] = {
    Opcode.FADD: operator.add,
    Opcode.FSUB: operator.sub,
    Opcode.FMUL: operator.mul,
    Opcode.FDIV: _float_quotient,
    Opcode.FREM: math.fmod,
    Opcode.FNEG: operator.neg,
    Opcode.FP_EXT: float,
    Opcode.SI_TO_FP: float,
}
_COMPARISONS: Mapping[str, Callable[[Number, Number], bool]] = {
    "EQ": operator.eq,
    "NE": operator.ne,
    "GT": operator.gt,
    "GE": operator.ge,
    "LT": operator.lt,
    "LE": operator.le,
}
_INTEGER_ORDER: Mapping[IntPredicate, tuple[str, bool]] = {
    IntPredicate.EQ: ("EQ", False),
    IntPredicate.NE: ("NE", False),
    **{getattr(IntPredicate, f"S{word}"): (word, False) for word in ("GT", "GE", "LT", "LE")},
    **{getattr(IntPredicate, f"U{word}"): (word, True) for word in ("GT", "GE", "LT", "LE")},
}
_FLOAT_ORDER: Mapping[FloatPredicate, tuple[str, bool]] = {
    getattr(FloatPredicate, f"{kind}{word}"): (word, kind == "U") for word in _COMPARISONS for kind in "OU"
}


def compute_of(instruction: pyqir.Instruction) -> Compute | None:
    """An arithmetic instruction's function of its operands; None for other instructions."""
    opcode, width = instruction.opcode, _width(instruction)
    if isinstance(instruction, pyqir.ICmp):
        return _integer_comparison(instruction)
    if isinstance(instruction, pyqir.FCmp):
        return _float_comparison(instruction)
    if opcode in _SIGNED:
        signed = _SIGNED[opcode]
        return lambda left, right: wrapped(signed(left, right), width)
    if opcode in _UNSIGNED:
        unsigned, most = _UNSIGNED[opcode], (1 << width) - 1
        return lambda left, right: wrapped(unsigned(left & most, right & most), width)
    return _FLOATS.get(opcode) or _conversion(instruction)


def _width(value: pyqir.Value) -> int:
    return value.type.width if isinstance(value.type, pyqir.IntType) else 0


def _same(value: Number) -> Number:
    return value


def _conversion(instruction: pyqir.Instruction) -> Compute | None:
    width = _width(instruction)
    most = (1 << _width(instruction.operands[0])) - 1 if instruction.operands else 0

    def cut(value: Number) -> Number:
        return wrapped(int(value), width)

    conversions: dict[Opcode, Compute] = {
        Opcode.ZEXT: lambda value: wrapped(value & most, width),
        Opcode.SEXT: lambda value: -value if most == 1 else value,  # one bit, signed, is 0 or -1
        **dict.fromkeys((Opcode.TRUNC, Opcode.FP_TO_SI, Opcode.FP_TO_UI), cut),
        Opcode.UI_TO_FP: lambda value: float(value & most),
        Opcode.SELECT: lambda condition, yes, no: yes if condition else no,
        **dict.fromkeys((Opcode.FREEZE, Opcode.BIT_CAST, Opcode.INT_TO_PTR, Opcode.PTR_TO_INT), _same),
    }
    return conversions.get(instruction.opcode)


def _integer_comparison(instruction: pyqir.ICmp) -> Compute:
    word, is_unsigned = _INTEGER_ORDER[instruction.predicate]
    compare, most = _COMPARISONS[word], (1 << max(_width(instruction.operands[0]), 1)) - 1
    if is_unsigned:
        return lambda left, right: int(compare(left & most, right & most))
    return lambda left, right: int(compare(left, right))


def _float_comparison(instruction: pyqir.FCmp) -> Compute | None:
    if instruction.predicate not in _FLOAT_ORDER:
        return None
    word, without_order = _FLOAT_ORDER[instruction.predicate]
    compare = _COMPARISONS[word]

    def compared(left: float, right: float) -> int:
        return int(without_order if math.isnan(left) or math.isnan(right) else compare(left, right))

    return compared
