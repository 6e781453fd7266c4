"""The qubits that a statement acts on: names, elements and slices of registers, each statement for each of them."""

from collections.abc import Sequence

from quantum.programs.openqasm import syntax
from quantum.programs.openqasm.lowering.context import Context
from quantum.programs.openqasm.lowering.expressions import value
from quantum.programs.openqasm.lowering.refusals import RefusedError
from quantum.programs.openqasm.lowering.selection import distinct
from quantum.programs.openqasm.lowering.values import Qubits, described


def operand(context: Context, expression: syntax.Expression) -> Qubits:
    """Find the qubits that an expression speaks of."""
    symbol = _plain_element(context, expression) if type(expression) is syntax.Index else value(context, expression)
    if isinstance(symbol, Qubits):
        return symbol
    raise RefusedError(f"a qubit belongs here, not {described(symbol)}", expression.at)


def _plain_element(context: Context, expression: syntax.Index) -> object:
    """Take the short way for `q[3]`, which programs are full of."""
    base, index = expression.base, expression.indices[0]
    if type(base) is syntax.Name and type(index) is syntax.Number and len(expression.indices) == 1:
        register, place = context.scope.find(base.name), index.value
        if (
            type(register) is Qubits
            and register.is_register
            and type(place) is int
            and 0 <= place < len(register.numbers)
        ):
            return Qubits((register.numbers[place],), is_register=False)
    return value(context, expression)


def each(operands: Sequence[Qubits], at: int) -> Sequence[tuple[int, ...]]:
    """Spread a statement over registers: single qubits take part in every turn."""
    for one in operands:
        if one.is_register:
            break
    else:
        return (distinct(tuple([one.numbers[0] for one in operands]), at),)
    lengths = {len(one.numbers) for one in operands if one.is_register}
    if len(lengths) > 1:
        raise RefusedError(
            f"registers of {_listed(sorted(lengths))} qubits cannot be used together: both must be as long", at
        )
    (length,) = lengths
    return [
        distinct(tuple([one.numbers[turn if one.is_register else 0] for one in operands]), at) for turn in range(length)
    ]


def _listed(numbers: Sequence[int]) -> str:
    return " and ".join(map(str, numbers))


def all_of(context: Context, expressions: Sequence[syntax.Expression], at: int) -> tuple[int, ...]:
    """List all qubits of several operands, or of the program if there are none."""
    if not expressions:
        return tuple(range(context.qubits))
    qubits = tuple(qubit for expression in expressions for qubit in operand(context, expression).numbers)
    return distinct(qubits, at)
