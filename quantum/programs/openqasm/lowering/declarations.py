"""Declarations: qubits, bits that are returned, classical variables, inputs and outputs, and second names."""

from dataclasses import replace

from quantum.programs.openqasm import syntax
from quantum.programs.openqasm.lowering import inputs, places
from quantum.programs.openqasm.lowering.context import Context, Declared
from quantum.programs.openqasm.lowering.expressions import MOST_ELEMENTS, constant, fitted, kind_of, value
from quantum.programs.openqasm.lowering.refusals import RefusedError
from quantum.programs.openqasm.lowering.values import (
    Array,
    BitPlace,
    Bits,
    Kind,
    Lasting,
    Missing,
    Qubits,
    Value,
    Variable,
)


def qubits(context: Context, statement: syntax.QubitDeclaration) -> None:
    """Declare a qubit or a register of them."""
    if context.hardware:
        raise RefusedError(
            "a program has hardware qubits such as $0, or declares qubits: write one or the other", statement.at
        )
    if context.scope is not context.top:
        raise RefusedError("qubits are declared outside of blocks: move this to the top", statement.at)
    count = 1 if statement.size is None else constant(context, statement.size)
    if not 0 <= count <= MOST_ELEMENTS:
        raise RefusedError(f"a register has from 0 to {MOST_ELEMENTS:,} qubits, not {count}", statement.at)
    numbers = tuple(range(context.qubits, context.qubits + count))
    context.define(statement.name, Qubits(numbers, statement.size is not None), statement.at)
    context.qubits += count


def variable(context: Context, statement: syntax.Declaration) -> None:
    """Declare a classical variable, or bits."""
    kind = kind_of(context, statement.type)
    if statement.role == "input":
        context.define(statement.name, inputs.declared(context, statement.name, kind, statement.at), statement.at)
        return
    if statement.role == "output":
        _check_output(kind, statement)
    if kind.word == "bit" and not kind.dimensions and context.scope is context.top and statement.role != "const":
        _bits(context, statement, kind)
        return
    initial = statement.value
    first = _default(kind) if initial is None else fitted(context, initial, kind, initial.at)
    held = Variable(statement.name, kind, context.flow.snapshot(first), context.flow.depth, statement.role == "const")
    context.define(statement.name, held, statement.at)
    if statement.role == "output":
        context.declared.append(Declared(statement.name, held, "output", statement.at))


def _default(kind: Kind) -> Value:
    if kind.dimensions:
        count, *inner = kind.dimensions
        return Array((_default(replace(kind, dimensions=tuple(inner))),) * count)
    if kind.word == "bit":
        return False if kind.width is None else Bits((False,) * kind.width)
    return Lasting() if kind.word == "stretch" else Missing()


def _check_output(kind: Kind, statement: syntax.Declaration) -> None:
    if kind.dimensions or kind.word not in ("bit", "bool"):
        remedy = f"; assign it to a bit[{kind.width or 'n'}]" if kind.word in ("int", "uint") else ""
        raise RefusedError(f"what is returned is bits, and {statement.name!r} is {kind}{remedy}", statement.at)


def _bits(context: Context, statement: syntax.Declaration, kind: Kind) -> None:
    count = 1 if kind.width is None else kind.width
    place = BitPlace(context.flow.declare(count), kind.width is not None)
    context.define(statement.name, place, statement.at)
    context.declared.append(Declared(statement.name, place, statement.role, statement.at))
    if isinstance(statement.value, syntax.Measured):
        places.measure_into(context, statement.value.qubits, place, statement.at)
    elif statement.value is not None:
        places.write(context, place, value(context, statement.value), statement.value.at)


def alias(context: Context, statement: syntax.Alias) -> None:
    """Give bits or qubits a second name."""
    place = places.bits_at(context, statement.value)
    meant = value(context, statement.value) if place is None else place
    context.define(statement.name, meant, statement.at)
