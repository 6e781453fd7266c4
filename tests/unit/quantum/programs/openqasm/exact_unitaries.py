"""What gates are, as matrices from elsewhere: Qiskit's own, the specification's formulas, Braket's documents.

Matrices have the first qubit as the lowest bit of an index, as Qiskit has it.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from math import cos, sin

import numpy as np
from qiskit import QuantumCircuit, qasm2
from qiskit.circuit.library import get_standard_gate_name_mapping
from qiskit.quantum_info import Operator

from quantum.programs.openqasm.angles import value_of
from quantum.programs.openqasm.circuit import GATES, Gate

Matrix = np.ndarray
X = np.array([[0, 1], [1, 0]], complex)
Y = np.array([[0, -1j], [1j, 0]], complex)
Z = np.diag([1, -1]).astype(complex)
TWO_SWAPPED = np.eye(4)[[0, 2, 1, 3]]


def unitary_of(gates: Iterable[Gate], qubits: int, **inputs: float) -> Matrix:
    """Multiply gates of the core, by their own definitions."""
    return done_to(np.eye(2**qubits, dtype=complex), gates, **inputs)


def done_to(states: Matrix, gates: Iterable[Gate], **inputs: float) -> Matrix:
    """Do gates of the core to states, which are columns."""
    for gate in gates:
        assert GATES[gate.name] == (len(gate.angles), len(gate.qubits))
        assert len(set(gate.qubits)) == len(gate.qubits)
        angles = tuple(value_of(angle, inputs) for angle in gate.angles)
        states = multiplied(core_matrix(gate.name, angles), gate.qubits, states)
    return states


def multiplied(matrix: Matrix, qubits: Sequence[int], states: Matrix) -> Matrix:
    """Do a matrix to some of the qubits of states."""
    count = len(states).bit_length() - 1
    axes = [count - 1 - qubit for qubit in reversed(qubits)]
    tensor = states.reshape((2,) * count + (-1,))
    done = np.tensordot(matrix.reshape((2,) * 2 * len(axes)), tensor, (range(len(axes), 2 * len(axes)), axes))
    return np.moveaxis(done, range(len(axes)), axes).reshape(states.shape)


@cache
def core_matrix(name: str, angles: tuple[float, ...]) -> Matrix:
    """Ask Qiskit for the matrix of a gate of the core."""
    circuit = QuantumCircuit(GATES[name][1])
    getattr(circuit, name)(*angles, *range(circuit.num_qubits))
    return Operator(circuit).data


def on_qubits(matrix: Matrix, qubits: Sequence[int], count: int) -> Matrix:
    """Put a matrix on some of `count` qubits."""
    return multiplied(matrix, qubits, np.eye(2**count, dtype=complex))


def with_control(matrix: Matrix, one: bool = True, count: int = 1) -> Matrix:  # noqa: FBT001, FBT002 - as in a formula
    """Put controls before the qubits of a matrix."""
    for _ in range(count):
        blocks = (np.eye(len(matrix)), matrix) if one else (matrix, np.eye(len(matrix)))
        whole = np.zeros((2 * len(matrix), 2 * len(matrix)), complex)
        whole[::2, ::2], whole[1::2, 1::2] = blocks
        matrix = whole
    return matrix


def power(matrix: Matrix, exponent: float) -> Matrix:
    """Raise to the principal power by eigenvalues, those next to -1 with the argument pi."""
    upper, states = np.linalg.eig(matrix)
    arguments = np.angle(upper)
    arguments[arguments < -np.pi + 1e-7] += 2 * np.pi
    return states @ np.diag(np.exp(1j * exponent * arguments)) @ np.linalg.inv(states)


def distance(one: Matrix, other: Matrix) -> float:
    """Tell how far two unitaries are apart, but for a phase of all."""
    overlap = np.vdot(one, other)
    assert abs(overlap) > 1e-3 or len(one) == 1, "nothing in them is alike"
    return float(np.abs(one * overlap / abs(overlap) - other).max())


def of_qasm2(name: str, angles: Sequence[float], qubits: int) -> Matrix:
    """Ask Qiskit's loader what OpenQASM 2 means by a gate."""
    places = ",".join(f"q[{place}]" for place in range(qubits))
    values = f"({','.join(map(str, angles))})" if angles else ""
    head = "" if name in {"U", "CX"} else 'include "qelib1.inc";'
    source = f"OPENQASM 2.0;{head}qreg q[{qubits}];{name}{values} {places};"
    loaded = qasm2.loads(
        source,
        include_path=qasm2.LEGACY_INCLUDE_PATH,
        custom_instructions=qasm2.LEGACY_CUSTOM_INSTRUCTIONS,
    )
    return Operator(loaded).data


def of_qiskit(name: str, angles: Sequence[float]) -> Matrix:
    """Ask Qiskit for the matrix of one of its standard gates."""
    qiskit_gate = get_standard_gate_name_mapping()[name]
    return Operator(type(qiskit_gate)(*angles) if angles else qiskit_gate).data


def turn(generator: Matrix, angle: float) -> Matrix:
    """Compute exp(-i angle/2 G), where G is its own inverse."""
    return cos(angle / 2) * np.eye(len(generator)) - 1j * sin(angle / 2) * generator


def u(theta: float, phi: float, lambda_: float) -> Matrix:
    """Compute U as OpenQASM 3.0's specification prints it."""
    e = np.exp(1j * np.array([theta, phi, lambda_, phi + lambda_]))
    return np.array([[1 + e[0], -1j * e[2] * (1 - e[0])], [1j * e[1] * (1 - e[0]), e[3] * (1 + e[0])]]) / 2


def p(angle: float) -> Matrix:
    """Compute the phase gate."""
    return np.diag([1, np.exp(1j * angle)])


def in_plane(angle: float) -> Matrix:
    """Compute IonQ's GPi, in radians."""
    return cos(angle) * X + sin(angle) * Y
