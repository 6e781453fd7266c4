"""Puts the errors of a machine into a circuit, behind each gate as the program has it; no compiler rewrites it before.

A gate on more than two qubits has no published rate: it is written out in gates on one and two first.
"""

import math
from typing import Any

from qiskit import QuantumCircuit
from qiskit.circuit import ControlFlowOp, Gate, Instruction
from qiskit.transpiler import PassManager
from qiskit.transpiler.passes import Unroll3qOrMore
from qiskit_aer.noise import NoiseModel, QuantumError, ReadoutError, depolarizing_error, pauli_error

from quantum_emulator.programs.error_rates import Rates
from quantum_emulator.programs.noise import not_clifford

CHANNEL = "quantum_channel"  # qiskit-aer's name of an error in a circuit
ALONG_Z = frozenset({"z", "s", "sdg", "t", "tdg", "rz", "p", "u1"})
CLIFFORD_GATES = frozenset(
    {"id", "h", "x", "y", "z", "s", "sdg", "sx", "sxdg", "cx", "cy", "cz", "swap", "iswap", "dcx", "ecr"}
)
TURNS = frozenset({"rx", "ry", "rz", "r", "rxx", "ryy", "rzz", "p", "u1", "u2", "u", "u3"})


def with_errors(circuit: QuantumCircuit, rates: Rates) -> QuantumCircuit:
    """Return the circuit with a channel behind each gate and reset; a fresh qubit may start as 1."""
    plain = PassManager([Unroll3qOrMore()]).run(circuit) if _is_wide(circuit) else circuit
    channels = _Channels(rates)
    whole = plain.copy_empty_like()
    if channels.fresh is not None:
        for qubit in whole.qubits:
            whole.append(channels.fresh, [qubit])
    return channels.put(plain, whole)


def reading(rates: Rates) -> NoiseModel | None:
    """Return the errors of measurements, None where there are none."""
    zero, one = rates.reads
    if not zero and not one:
        return None
    model = NoiseModel()
    model.add_all_qubit_readout_error(ReadoutError([[1 - zero, zero], [one, 1 - one]]))
    return model


def must_be_clifford(circuit: QuantumCircuit) -> None:
    """Raise `ProgramError` naming a gate that a stabilizer simulator cannot run."""
    for step in circuit.data:
        operation = step.operation
        for block in getattr(operation, "blocks", ()):
            must_be_clifford(block)
        is_turn = operation.name in TURNS and all(_is_quarter(angle) for angle in operation.params)
        if isinstance(operation, Gate) and operation.name not in CLIFFORD_GATES and not is_turn:
            raise not_clifford(operation.name)


def _is_wide(circuit: QuantumCircuit) -> bool:
    operations = [step.operation for step in circuit.data]
    blocks = [block for operation in operations for block in getattr(operation, "blocks", ())]
    return any(isinstance(step, Gate) and step.num_qubits > 2 for step in operations) or any(map(_is_wide, blocks))


def _is_quarter(angle: Any) -> bool:
    quarters = float(angle) / (math.pi / 2)
    return abs(quarters - round(quarters)) < 1e-9


class _Channels:
    """The error behind each kind of operation; None where there is none."""

    def __init__(self, rates: Rates) -> None:
        self._along_z_is_exact = rates.virtual_z
        self._gates = {1: _faults(rates.one, 1), 2: _faults(rates.two, 2)}
        self.fresh = _instruction(pauli_error([("X", rates.fresh), ("I", 1 - rates.fresh)])) if rates.fresh else None

    def put(self, circuit: QuantumCircuit, whole: QuantumCircuit) -> QuantumCircuit:
        """Append a circuit's steps to another, each with its error."""
        for step in circuit.data:
            operation = step.operation
            if isinstance(operation, ControlFlowOp):
                operation = operation.replace_blocks([self.put(b, b.copy_empty_like()) for b in operation.blocks])
            whole.append(operation, step.qubits, step.clbits)
            error = self._behind(operation)
            if error is not None:
                whole.append(error, step.qubits)
        return whole

    def _behind(self, operation: Any) -> Instruction | None:
        if operation.name == "reset":
            return self.fresh
        exact = operation.name == "id" or (self._along_z_is_exact and operation.name in ALONG_Z)
        return self._gates.get(operation.num_qubits) if isinstance(operation, Gate) and not exact else None


def _faults(chance: float, qubits: int) -> Instruction | None:
    """Faults of this chance: the channel of which they are the part that is not the identity."""
    states = 4**qubits
    return _instruction(depolarizing_error(chance * states / (states - 1), qubits)) if chance else None


def _instruction(error: QuantumError) -> Instruction:
    instruction: Instruction = error.to_instruction()
    return instruction
