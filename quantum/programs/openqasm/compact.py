"""A circuit on the qubits that it uses: exporters declare a whole machine's, and a target is asked for these only.

A barrier uses none. The qubits keep their order.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from quantum.programs.openqasm.circuit import Barrier, Branch, Circuit, Gate, Measure, Operation, Reset


def compact(circuit: Circuit) -> Circuit:
    """Number the qubits that gates, measurements and resets act on, in ascending order."""
    used = set(_used(circuit.operations))
    if len(used) == circuit.qubits:
        return circuit
    numbers = {qubit: number for number, qubit in enumerate(sorted(used))}
    return replace(circuit, qubits=len(used), operations=_renumbered(circuit.operations, numbers))


def _used(operations: Sequence[Operation]) -> Iterator[int]:
    for operation in operations:
        if isinstance(operation, Gate):
            yield from operation.qubits
        elif isinstance(operation, Measure | Reset):
            yield operation.qubit
        elif isinstance(operation, Branch):
            yield from _used(operation.then)
            yield from _used(operation.otherwise)


def _renumbered(operations: Sequence[Operation], numbers: Mapping[int, int]) -> list[Operation]:
    return [_placed(operation, numbers) for operation in operations]


def _placed(operation: Operation, numbers: Mapping[int, int]) -> Operation:
    match operation:
        case Gate(name, angles, qubits):
            return Gate(name, angles, tuple([numbers[qubit] for qubit in qubits]))
        case Measure(qubit, bit):
            return Measure(numbers[qubit], bit)
        case Reset(qubit):
            return Reset(numbers[qubit])
        case Barrier(qubits):
            return Barrier(tuple([numbers[qubit] for qubit in qubits if qubit in numbers]))
        case Branch():
            then, otherwise = (_renumbered(arm, numbers) for arm in (operation.then, operation.otherwise))
            return replace(operation, then=then, otherwise=otherwise)
    return operation
