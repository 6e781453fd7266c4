"""What a program assigns to: bits of the circuit, variables, elements and slices of either."""

from collections.abc import Callable

from quantum.programs.openqasm import syntax
from quantum.programs.openqasm.circuit import Measure
from quantum.programs.openqasm.lowering import arithmetic
from quantum.programs.openqasm.lowering.casting import converted, truth, whole
from quantum.programs.openqasm.lowering.context import Context
from quantum.programs.openqasm.lowering.expressions import check_elements, context_known, read, settled, value
from quantum.programs.openqasm.lowering.operands import operand
from quantum.programs.openqasm.lowering.refusals import RefusedError
from quantum.programs.openqasm.lowering.selection import element, positions, replaced
from quantum.programs.openqasm.lowering.values import Array, BitPlace, Bits, Kind, Qubits, Value, Variable


def bits_at(context: Context, expression: syntax.Expression) -> BitPlace | None:
    """Find the bits of the circuit that an expression names, if it does."""
    if isinstance(expression, syntax.Name):
        symbol = context.scope.find(expression.name)
        return symbol if isinstance(symbol, BitPlace) else None
    if isinstance(expression, syntax.Index):
        place = bits_at(context, expression.base)
        return None if place is None else _indexed(context, place, expression)
    if isinstance(expression, syntax.Binary) and expression.operator == "++":
        left, right = bits_at(context, expression.left), bits_at(context, expression.right)
        if left is None or right is None:
            return None
        check_elements(len(left.bits) + len(right.bits), expression.at)
        return BitPlace(left.bits + right.bits, is_register=True)
    return None


def _indexed(context: Context, place: BitPlace, expression: syntax.Index) -> BitPlace:
    for index in expression.indices:
        if not place.is_register:
            raise RefusedError("a single bit has no index", expression.at)
        chosen, is_many = positions(context_known(context), index, len(place.bits))
        place = BitPlace(tuple(place.bits[number] for number in chosen), is_many)
    return place


def measure(context: Context, statement: syntax.Measure) -> None:
    """Lower a measurement, with or without a place for its outcome."""
    if statement.into is None:
        value(context, syntax.Measured(statement.qubits, statement.at))
        return
    place = bits_at(context, statement.into)
    if place is None:
        assign(
            context, syntax.Assign(statement.into, None, syntax.Measured(statement.qubits, statement.at), statement.at)
        )
    else:
        measure_into(context, statement.qubits, place, statement.at)


def measure_into(context: Context, qubits: syntax.Expression, place: BitPlace, at: int) -> None:
    """Measure qubits into bits, one for one."""
    measured = operand(context, qubits)
    if len(measured.numbers) != len(place.bits):
        raise RefusedError(
            f"{_qubits(measured)} cannot be measured into {_bits(place)}: there must be as many of each", at
        )
    context.flow.count(len(place.bits), at)
    for qubit, bit in zip(measured.numbers, place.bits, strict=True):
        context.flow.operations.append(Measure(qubit, bit))
        context.flow.learn(bit, None)


def _qubits(qubits: Qubits) -> str:
    return f"{len(qubits.numbers)} qubit{'' if len(qubits.numbers) == 1 else 's'}"


def _bits(place: BitPlace) -> str:
    return f"{len(place.bits)} bit{'' if len(place.bits) == 1 else 's'}"


def assign(context: Context, statement: syntax.Assign) -> None:
    """Lower an assignment."""
    place = bits_at(context, statement.target)
    if place is None:
        _assign_variable(context, statement)
    else:
        write(context, place, _new(context, statement, lambda: read(context, place)), statement.at)


def write(context: Context, place: BitPlace, new: Value, at: int) -> None:
    """Give bits of the circuit a value."""
    fitting = converted(new, Kind("bit", len(place.bits) if place.is_register else None), at)
    context.flow.write(place.bits, fitting.bits if isinstance(fitting, Bits) else (truth(fitting, at),))


def _new(context: Context, statement: syntax.Assign, old: Callable[[], Value]) -> Value:
    if statement.operator is None:
        return value(context, statement.value)
    right = value(context, statement.value)
    return arithmetic.binary(statement.operator, old(), right, statement.at, context.flow)


def _assign_variable(context: Context, statement: syntax.Assign) -> None:
    target, at = statement.target, statement.at
    variable = _variable(context, target)
    new = _new(context, statement, lambda: value(context, target))
    if isinstance(target, syntax.Index):
        indices, base = _unpacked(target)
        if _is_element(variable.kind, len(indices), new):
            kind = Kind(variable.kind.word, variable.kind.width, variable.kind.dimensions[len(indices) :])
            new = context.flow.snapshot(converted(new, kind, at))
            context.flow.assign(variable, _replaced(context, value(context, base), indices, new, at), is_kept=True)
            return
        new = _replaced(context, value(context, base), indices, new, at)
    if variable.kind.word not in ("float", "angle", "complex"):
        new = settled(context, new, at)
    context.flow.assign(variable, converted(new, variable.kind, at))


def _variable(context: Context, target: syntax.Expression) -> Variable:
    base = target
    while isinstance(base, syntax.Index):
        base = base.base
    symbol = context.scope.find(base.name) if isinstance(base, syntax.Name) else None
    if isinstance(symbol, Variable):
        if symbol.is_fixed:
            raise RefusedError(f"{symbol.name!r} is a constant: nothing can be assigned to it", target.at)
        return symbol
    value(context, target)  # which tells of a name that nobody declared
    raise RefusedError("nothing can be assigned to this", target.at)


def _unpacked(target: syntax.Index) -> tuple[list[syntax.Expression], syntax.Expression]:
    """Take all indices of a place, and what they are of."""
    indices: list[syntax.Expression] = []
    base: syntax.Expression = target
    while isinstance(base, syntax.Index):
        indices[:0] = base.indices
        base = base.base
    return indices, base


def _is_element(kind: Kind, depth: int, new: Value) -> bool:
    """Whether an element of an array is given a value, so that the others need no looking through."""
    return bool(kind.dimensions) and depth <= len(kind.dimensions) and not isinstance(new, Array)


def _replaced(context: Context, base: Value, indices: list[syntax.Expression], new: Value, at: int) -> Value:
    first, *others = indices
    count = len(base.items) if isinstance(base, Array) else _width(base, at)
    chosen, is_many = positions(context_known(context), first, count)
    if others and not is_many:
        new = _replaced(context, element(base, chosen, is_many, at), others, new, at)
    return replaced(base, chosen, is_many, new, at)


def _width(base: Value, at: int) -> int:
    return whole(base, at).width
