"""Expressions become values: known ones, angles in the program's inputs, or formulas of bits that were measured."""

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from math import prod

from quantum.programs.openqasm import syntax
from quantum.programs.openqasm.angles import Angle, Expression, Unbound, value_of
from quantum.programs.openqasm.circuit import Formula, Measure
from quantum.programs.openqasm.lowering import arithmetic, functions
from quantum.programs.openqasm.lowering.casting import checked, converted, real, whole
from quantum.programs.openqasm.lowering.context import Context
from quantum.programs.openqasm.lowering.refusals import RefusedError
from quantum.programs.openqasm.lowering.selection import distinct, element, positions
from quantum.programs.openqasm.lowering.values import (
    Array,
    BitPlace,
    Bits,
    Kind,
    Lasting,
    Qubits,
    Value,
    Variable,
    described,
)

MOST_ELEMENTS = 100_000
MOST_WIDTH = 4096
PARAMETER = "%"  # begins the name of a gate's parameter while its body is read, as no name of a program can


def value(context: Context, expression: syntax.Expression) -> Value:
    """Compute an expression here."""
    return _VALUES[type(expression)](context, expression)


def constant(context: Context, expression: syntax.Expression) -> int:
    """Compute a whole number that must be known before the program runs."""
    result = whole(settled(context, value(context, expression), expression.at), expression.at).value
    if isinstance(result, int):
        return result
    raise RefusedError(
        "this depends on a measurement, and targets need it before they start: write an `if` for each value",
        expression.at,
    )


def settled(context: Context, result: Value, at: int) -> Value:
    """Take an input's value from the arguments where it decides the shape of the program."""
    if not isinstance(result, Unbound | Expression):
        return result
    names = set(_inputs_of(result))
    context.decisive |= names
    if any(name.startswith(PARAMETER) for name in names):
        raise RefusedError(
            "a gate's parameter turns qubits, and decides nothing: write a `def` instead of the gate", at
        )
    if not names <= context.input_values.keys():
        raise RefusedError(None)
    numbers = {name: number for name in names if isinstance(number := context.input_values[name], float)}
    try:
        return value_of(result, numbers)
    except (ValueError, ArithmeticError) as error:
        raise RefusedError(f"this has no value: {error}", at) from None


def _inputs_of(angle: Angle) -> list[str]:
    if isinstance(angle, Unbound):
        return [angle.name]
    return [name for part in angle.operands for name in _inputs_of(part)] if isinstance(angle, Expression) else []


def kind_of(context: Context, type_: syntax.Type) -> Kind:
    """Work a type's sizes out."""
    width = None if type_.size is None else _size(context, type_.size)
    if type_.kind in ("int", "uint", "angle") and width is not None and not 1 <= width <= MOST_WIDTH:
        raise RefusedError(f"{type_.kind} has from 1 to {MOST_WIDTH} bits, not {width}", type_.at)
    dimensions = tuple(_size(context, size) for size in type_.dimensions)
    if prod(dimensions) > MOST_ELEMENTS:
        raise RefusedError(f"an array has up to {MOST_ELEMENTS:,} elements, not {prod(dimensions):,}", type_.at)
    return Kind(type_.kind, width, dimensions)


def _size(context: Context, expression: syntax.Expression) -> int:
    size = constant(context, expression)
    if not 0 <= size <= MOST_ELEMENTS:
        raise RefusedError(f"a size is from 0 to {MOST_ELEMENTS:,}, not {size}", expression.at)
    return size


def _number(_context: Context, expression: syntax.Number) -> Value:
    return expression.value


def _bit_string(_context: Context, expression: syntax.BitString) -> Value:
    return Bits(tuple(letter == "1" for letter in reversed(expression.text)))


def _duration(_context: Context, _expression: syntax.Duration) -> Value:
    return Lasting()


def _name(context: Context, expression: syntax.Name) -> Value:
    symbol = context.scope.find(expression.name)
    if isinstance(symbol, Variable):
        return checked(symbol.value, expression.at)
    if isinstance(symbol, BitPlace):
        return read(context, symbol)
    if symbol is not None:
        return checked(symbol, expression.at)
    if expression.name in functions.CONSTANTS:
        return functions.CONSTANTS[expression.name]
    guess = nearest(expression.name, context.scope.all_names())
    context.miss(expression.name)
    raise RefusedError(f"{expression.name!r} is not declared{guess}", expression.at)


def nearest(name: str, names: list[str]) -> str:
    """Say which name was probably meant."""
    close = get_close_matches(name, names, 1)
    return f"; did you mean {close[0]!r}?" if close else ""


def read(context: Context, place: BitPlace) -> Value:
    """Tell what bits are here."""
    bits = tuple(map(context.flow.read, place.bits))
    return Bits(bits) if place.is_register else bits[0]


def _hardware(context: Context, expression: syntax.HardwareQubit) -> Value:
    return context.physical(expression.number, expression.at)


def _unary(context: Context, expression: syntax.Unary) -> Value:
    operand = value(context, expression.operand)
    if expression.operator == "-" and type(operand) is float:
        return -operand
    if expression.operator == "!":
        operand = settled(context, operand, expression.at)
    return arithmetic.unary(expression.operator, operand, expression.at)


def _binary(context: Context, expression: syntax.Binary) -> Value:
    left, right = value(context, expression.left), value(context, expression.right)
    operator = expression.operator
    if operator == "++":
        return joined(left, right, expression.at)
    if operator in ("&&", "||") or operator in arithmetic.COMPARISONS:
        left, right = (settled(context, side, expression.at) for side in (left, right))
    return arithmetic.binary(operator, left, right, expression.at, context.flow)


def joined(left: Value, right: Value, at: int) -> Value:
    """Put two registers one behind the other."""
    if isinstance(left, Qubits) and isinstance(right, Qubits):
        return Qubits(distinct(left.numbers + right.numbers, at), is_register=True)
    if isinstance(left, Array) and isinstance(right, Array):
        check_elements(len(left.items) + len(right.items), at)
        return Array(left.items + right.items)
    bits = [
        (part,) if isinstance(part, Formula) else part.bits if isinstance(part, Bits) else None
        for part in (left, right)
    ]
    if bits[0] is None or bits[1] is None:
        raise RefusedError(f"'++' joins registers, not {described(left)} and {described(right)}", at)
    check_elements(len(bits[0]) + len(bits[1]), at)
    return Bits(bits[0] + bits[1])


def check_elements(count: int, at: int) -> None:
    """Refuse what grows by being joined with itself."""
    if count > MOST_ELEMENTS:
        raise RefusedError(f"what '++' joins has up to {MOST_ELEMENTS:,} elements, not {count:,}", at)


def _call(context: Context, expression: syntax.Call) -> Value:
    if expression.name in context.subroutines:
        return checked(context.call(context, expression), expression.at)
    if expression.name not in functions.COUNTS:
        raise RefusedError(_unknown_function(context, expression.name), expression.at)
    arguments = [value(context, argument) for argument in expression.arguments]
    return functions.called(expression.name, arguments, expression.at, context.flow)


def _unknown_function(context: Context, name: str) -> str:
    if any(re.search(rf"\b{re.escape(name)}\b", text) for text in context.externs):
        return f"{name!r} is extern: it runs on no target; write what it computes as a `def`, or give it as an input"
    names = [*functions.COUNTS, *context.subroutines]
    return f"{name!r} is no function that OpenQASM has, and none that the program defines{nearest(name, names)}"


def _range(_context: Context, expression: syntax.Range) -> Value:
    raise RefusedError("a range belongs into an index or behind `in`", expression.at)


def _set(context: Context, expression: syntax.Set) -> Value:
    return Array(tuple(value(context, item) for item in expression.items))


def _index(context: Context, expression: syntax.Index) -> Value:
    result = value(context, expression.base)
    for index in expression.indices:
        count = _count(result, expression.at)
        result = element(result, *positions(context_known(context), index, count), expression.at)
    return checked(result, expression.at)


def context_known(context: Context) -> Callable[[syntax.Expression], int]:
    """Compute whole numbers here."""
    return lambda expression: constant(context, expression)


def _count(base: Value, at: int) -> int:
    if isinstance(base, Qubits) and base.is_register:
        return len(base.numbers)
    if isinstance(base, Array):
        return len(base.items)
    if isinstance(base, Bits):
        return len(base.bits)
    if isinstance(base, Qubits | Formula | float):
        raise RefusedError(f"{described(base) if not isinstance(base, Qubits) else 'a single qubit'} has no index", at)
    return whole(base, at).width


def _cast(context: Context, expression: syntax.Cast) -> Value:
    return fitted(context, expression.operand, kind_of(context, expression.type), expression.at)


def fitted(context: Context, expression: syntax.Expression, kind: Kind, at: int) -> Value:
    """Compute a value of a type; only angles may wait for an input."""
    result = value(context, expression)
    if kind.word not in ("float", "angle", "complex"):
        result = settled(context, result, at)
    return converted(checked(result, at), kind, at)


def _measured(context: Context, expression: syntax.Measured) -> Value:
    qubits = value(context, expression.qubits)
    if not isinstance(qubits, Qubits):
        raise RefusedError("only qubits are measured", expression.at)
    bits = tuple(context.flow.fresh() for _ in qubits.numbers)
    for qubit, bit in zip(qubits.numbers, bits, strict=True):
        context.flow.operations.append(Measure(qubit, bit))
        context.flow.learn(bit, None)
    context.flow.count(len(bits), expression.at)
    return read(context, BitPlace(bits, qubits.is_register))


def _unsupported(_context: Context, expression: syntax.Unsupported) -> Value:
    raise RefusedError(f"{expression.what} is nothing that targets can run", expression.at)


_VALUES: Mapping[type, Callable[..., Value]] = {
    syntax.Number: _number,
    syntax.BitString: _bit_string,
    syntax.Duration: _duration,
    syntax.Name: _name,
    syntax.HardwareQubit: _hardware,
    syntax.Unary: _unary,
    syntax.Binary: _binary,
    syntax.Call: _call,
    syntax.Range: _range,
    syntax.Set: _set,
    syntax.Index: _index,
    syntax.Cast: _cast,
    syntax.Measured: _measured,
    syntax.Unsupported: _unsupported,
}


def amount(context: Context, expression: syntax.Expression) -> Angle:
    """Compute a gate's parameter."""
    if type(expression) is syntax.Number and type(expression.value) is float:
        return expression.value
    return real(value(context, expression), expression.at)
