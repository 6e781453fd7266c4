"""A lowered program as a circuit: what is returned comes first, hidden bits last, hardware qubits by their numbers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from quantum.programs.openqasm import circuit
from quantum.programs.openqasm.circuit import Formula, Operation
from quantum.programs.openqasm.lowering.casting import checked, truth
from quantum.programs.openqasm.lowering.context import Context, Declared
from quantum.programs.openqasm.lowering.refusals import RefusedError
from quantum.programs.openqasm.lowering.tidying import tidied, touched_by
from quantum.programs.openqasm.lowering.values import BitPlace, Bits, Kind

Number = Callable[[int], int]


def finished(context: Context) -> circuit.Circuit:
    """Put the circuit together."""
    outputs = [declared for declared in context.declared if declared.role == "output"]
    returned = [(one.name, _place(context, one)) for one in outputs or context.declared]
    qubits = _qubit_numbers(context.hardware)
    operations = tidied(context.flow.operations) if context.flow.hidden else context.flow.operations
    bits = _bit_numbers(context, [place for _, place in returned], operations)
    return circuit.Circuit(
        context.qubits,
        len(bits),
        tuple(_register(name, place, bits) for name, place in returned if place.bits),
        renumbered(operations, bits, qubits),
        tuple(
            replace(one, decides=one.name in context.decisive or not Kind(one.type).word.startswith(("float", "angle")))
            for one in context.inputs
        ),
        tuple(context.notes.values()),
    )


def _register(name: str, place: BitPlace, bits: Mapping[int, int]) -> circuit.Register:
    return circuit.Register(name, tuple(bits[bit] for bit in place.bits), place.is_register)


def _place(context: Context, declared: Declared) -> BitPlace:
    """Find a register's bits; a variable that is returned gets some at the end."""
    if isinstance(declared.symbol, BitPlace):
        return declared.symbol
    try:
        value = checked(declared.symbol.value, declared.at)
    except RefusedError as error:
        raise RefusedError(error.reason and f"{declared.name!r} is returned and never assigned", declared.at) from None
    values: Sequence[Formula] = value.bits if isinstance(value, Bits) else (truth(value, declared.at),)
    place = BitPlace(context.flow.declare(len(values)), isinstance(value, Bits))
    context.flow.write(place.bits, values)
    return place


def _bit_numbers(context: Context, returned: Sequence[BitPlace], operations: Sequence[Operation]) -> Mapping[int, int]:
    first = [bit for place in returned for bit in place.bits]
    rest = sorted(set(range(context.flow.declared)) - set(first))
    hidden: set[int] = set()
    if context.flow.hidden:
        hidden = {bit for operation in operations for bit in touched_by(operation) if bit < 0}
    return {bit: number for number, bit in enumerate([*first, *rest, *sorted(hidden, reverse=True)])}


def _qubit_numbers(hardware: Mapping[int, int]) -> Mapping[int, int]:
    return {hardware[number]: place for place, number in enumerate(sorted(hardware))}


def renumbered(
    operations: Sequence[Operation], bits: Mapping[int, int], qubits: Mapping[int, int]
) -> Sequence[Operation]:
    """Give bits and qubits their final numbers."""
    same_bits = all(bit == number for bit, number in bits.items())
    same_qubits = all(qubit == number for qubit, number in qubits.items())
    if same_bits and same_qubits:
        return operations
    return [_renumbered(operation, bits, {} if same_qubits else qubits) for operation in operations]


def _renumbered(operation: Operation, bits: Mapping[int, int], qubits: Mapping[int, int]) -> Operation:
    match operation:
        case circuit.Measure(qubit, bit):
            return circuit.Measure(qubits.get(qubit, qubit), bits[bit])
        case circuit.SetBit(bit, value):
            return circuit.SetBit(bits[bit], _formula(value, bits))
        case circuit.Branch(condition, then, otherwise, at):
            first, second = ([_renumbered(inner, bits, qubits) for inner in arm] for arm in (then, otherwise))
            return circuit.Branch(_formula(condition, bits), first, second, at)
        case circuit.Reset(qubit):
            return circuit.Reset(qubits.get(qubit, qubit))
    if not qubits:
        return operation
    return replace(operation, qubits=tuple(qubits[qubit] for qubit in operation.qubits))


def _formula(formula: Formula, bits: Mapping[int, int]) -> Formula:
    match formula:
        case circuit.Bit(index):
            return circuit.Bit(bits[index])
        case circuit.Not(operand):
            return circuit.Not(_formula(operand, bits))
        case circuit.Both(operator, left, right):
            return circuit.Both(operator, _formula(left, bits), _formula(right, bits))
    return formula
