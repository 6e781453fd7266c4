"""Programs that pyQuil exports: Quil with modifiers, definitions and measurements in between."""

from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

import numpy as np
from drawing import Draw, Drawing, main
from exact import Step, expectation
from pyquil import Program
from pyquil.gates import MEASURE, QUANTUM_GATES, RESET
from pyquil.quilbase import Gate, Measurement, ResetQubit
from pyquil.simulation.matrices import QUANTUM_GATES as MATRICES

KINDS = ("gates", "inverse", "control", "measured")
ANGLES = {"PHASE", "CPHASE", "CPHASE00", "CPHASE01", "CPHASE10", "PSWAP", "RX", "RY", "RZ", "XY"}


def qubits_of(name: str) -> int:
    """Count the qubits of a gate by its matrix."""
    matrix = MATRICES[name](0.3) if callable(MATRICES[name]) else MATRICES[name]
    return len(matrix).bit_length() - 1


def gate_of(drawing: Drawing, width: int, kind: str) -> Gate:
    """Draw a gate of pyQuil's own table, at times with modifiers."""
    name = drawing.choice([name for name in QUANTUM_GATES if qubits_of(name) <= width])
    controls = drawing.randint(1, 2) if kind == "control" and drawing.random() < 0.6 else 0
    controls = min(controls, width - qubits_of(name))
    where = drawing.qubits(width, qubits_of(name) + controls)
    angles = [drawing.angle()] if name in ANGLES else []
    gate = QUANTUM_GATES[name](*angles, *where[controls:])
    for qubit in where[:controls]:
        gate = gate.controlled(qubit)
    return gate.dagger() if kind == "inverse" and drawing.random() < 0.6 else gate


def matrix_of(gate: Gate) -> Any:
    """Give a gate's matrix, its modifiers applied; the first of its qubits is the most significant one."""
    entry = MATRICES[gate.name]
    matrix = np.asarray(entry(*(float(np.real(value)) for value in gate.params)) if callable(entry) else entry)
    for modifier in reversed([str(modifier) for modifier in gate.modifiers]):
        if "CONTROLLED" in modifier.upper():
            size = len(matrix)
            matrix = np.block([[np.eye(size), np.zeros((size, size))], [np.zeros((size, size)), matrix]])
        else:
            matrix = matrix.conj().T
    return matrix


def steps(program: Program) -> Iterator[Step]:
    """Read a program as steps."""
    for item in program.instructions:
        if isinstance(item, Gate):
            yield ("gate", matrix_of(item), tuple(qubit.index for qubit in item.qubits))
        elif isinstance(item, Measurement):
            yield ("measure", item.qubit.index, item.classical_reg.offset)
        elif isinstance(item, ResetQubit):
            yield ("reset", item.qubit.index)


def _quil(drawing: Drawing, kind: str) -> dict[str, Any]:
    width = drawing.width(wide=kind == "gates")
    program = Program()
    bits = program.declare("ro", "BIT", width)
    for _ in range(drawing.depth()):
        program += gate_of(drawing, width, kind)
        if kind == "measured" and drawing.random() < 0.3:
            qubit = drawing.randrange(width)
            program += MEASURE(qubit, bits[drawing.randrange(width)]) if drawing.random() < 0.7 else RESET(qubit)
    for qubit in range(width):
        program += MEASURE(qubit, bits[qubit])
    names = sorted({item.name for item in program.instructions if isinstance(item, Gate)})
    record = {"version": version("pyquil"), "format": "rigetti.quil.v1", "text": program.out(), "gates": names}
    return record | expectation(width, list(steps(program)), [range(width)])


EXPORTERS: tuple[tuple[str, Draw, tuple[str, ...]], ...] = (("pyQuil", _quil, KINDS),)

if __name__ == "__main__":
    main(EXPORTERS)
