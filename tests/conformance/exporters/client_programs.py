"""Programs that the client makes of circuits of Cirq, pytket, PennyLane, Braket and pyQuil, with their own counts."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import braket_programs
import cirq
import cirq_programs
import numpy as np
import pennylane as qml
import pennylane_programs
import pyquil
import pyquil_programs
import pytket
import pytket_programs
import sympy
from braket.circuits import Circuit as BraketCircuit
from braket.circuits import FreeParameter
from drawing import Draw, Drawing, UnexportedError, main
from exact import expectation
from pyquil.quilbase import Gate, Measurement
from pyquil.simulation import NumpyWavefunctionSimulator
from submitting import submitted

SHOTS = 4_000
SLOW_SHOTS = 500  # of simulators that run each shot by itself
BETWEEN = ("measured", "conditions")


def draw_cirq(drawing: Drawing, kind: str) -> dict[str, Any]:
    """Run by Cirq's simulator, key by key."""
    circuit, qubits = cirq_programs.drawn_circuit(drawing, kind, "3.0")
    if kind == "conditions":
        circuit = with_harder_conditions(drawing, circuit, qubits)
    keys = cirq_programs.bits_by_key(circuit)
    expected = expectation(len(qubits), list(cirq_programs.steps(circuit, qubits, keys)), list(keys.values()))

    def simulate() -> dict[str, int]:
        simulator = cirq.Simulator(seed=drawing.randrange(2**31))
        shots = SLOW_SHOTS if kind in BETWEEN else SHOTS
        matches = simulator.run(circuit, repetitions=shots).measurements
        return joined([matches[key] for key in keys])

    return submitted(circuit, cirq.__version__, expected, simulate)


def with_harder_conditions(drawing: Drawing, circuit: cirq.Circuit, qubits: Sequence[Any]) -> cirq.Circuit:
    """Compare keys with any number, and let any gate depend on it: the client writes these by other operations."""
    changed = cirq.Circuit()
    for operation in circuit.all_operations():
        if isinstance(operation, cirq.ClassicallyControlledOperation):
            (key,) = operation.classical_controls
            bits = len(cirq_programs.bits_by_key(circuit)[str(key)])
            gate = cirq_programs.gate_of(drawing, min(2, len(qubits)))
            plain = gate.on(*drawing.sample(list(qubits), gate.num_qubits()))
            equals = sympy.Eq(sympy.Symbol(str(key)), drawing.randrange(2**bits))
            changed.append(cirq.Moment(plain.with_classical_controls(equals)))
        else:
            changed.append(cirq.Moment(operation))
    return changed


def draw_pytket(drawing: Drawing, kind: str) -> dict[str, Any]:
    """Sampled from pytket's state vector, where nothing is measured in between."""
    circuit = pytket_programs.drawn_circuit(drawing, kind, pytket_programs.written2)
    places = {bit: place for place, bit in enumerate([*circuit.qubits])}
    places |= {bit: place for place, bit in enumerate(circuit.bits)}
    registers = [[places[bit] for bit in register] for register in circuit.c_registers]
    expected = expectation(circuit.n_qubits, list(pytket_programs.steps(circuit, places)), registers)

    def simulate() -> dict[str, int]:
        plain = pytket.Circuit(circuit.n_qubits)
        for command in circuit.get_commands():
            if command.op.type != pytket.OpType.Measure:
                plain.add_gate(command.op, [qubit.index[0] for qubit in command.qubits])
        zeros = " ".join("0" * len(register) for register in registers[:-1])
        counts = sampled(drawing, np.abs(plain.get_statevector()) ** 2, circuit.n_qubits)
        return {f"{zeros} {outcome}": count for outcome, count in counts.items()}

    return submitted(circuit, pytket.__version__, expected, None if kind in BETWEEN else simulate)


def draw_pennylane(drawing: Drawing, kind: str) -> dict[str, Any]:
    """Run by default.qubit, measurements in between included."""
    width = drawing.width(wide=kind == "gates")
    operations = pennylane_programs.drawn_tape(drawing, kind, width).operations
    middle = [operation for operation in operations if isinstance(operation, qml.ops.MidMeasure)]
    tape = qml.tape.QuantumScript(operations, [qml.sample(wires=range(width))], shots=SHOTS)
    registers = [range(len(middle), len(middle) + width), range(len(middle))]
    expected = expectation(width, list(pennylane_programs.steps(tape, width)), registers)

    device = qml.device("default.qubit", wires=range(width), seed=drawing.randrange(2**31))

    @qml.qnode(device, mcm_method="tree-traversal" if middle else None)
    def circuit() -> Any:
        for operation in operations:
            qml.apply(operation)
        return [*(qml.sample(qml.ops.MeasurementValue([one])) for one in middle), qml.sample(wires=range(width))]

    def simulate() -> dict[str, int]:
        *between, last = [np.asarray(matches) for matches in qml.set_shots(circuit, shots=SHOTS)()]
        return joined([last, np.stack(between, axis=1)] if between else [last])

    try:
        return submitted(drawing.choice((tape, circuit)), qml.version(), expected, simulate)
    except ValueError as error:
        raise UnexportedError(str(error)) from error


def draw_braket(drawing: Drawing, kind: str) -> dict[str, Any]:
    """Run by Braket's local simulator, but for modifiers, which it leaves out of some gates."""
    width = drawing.width(wide=kind == "gates")
    free = [FreeParameter(f"p{index}") for index in range(2)] if kind == "parameters" else []
    circuit = BraketCircuit()
    for qubit in range(width):  # Braket counts the qubits that are used
        circuit.i(qubit) if drawing.random() < 0.5 else circuit.h(qubit)
    for _ in range(drawing.depth()):
        braket_programs.add_gates(drawing, circuit, width, kind, free)
    bound = circuit.make_bound_circuit({parameter.name: drawing.angle() for parameter in circuit.parameters})
    measured = [("measure", qubit, qubit) for qubit in range(width)]
    expected = expectation(width, [*braket_programs.steps(bound), *measured], [range(width)])
    modified = any(instruction.power != 1 or instruction.control for instruction in bound.instructions)

    def simulate() -> dict[str, int]:
        return dict(braket_programs.SAMPLER.run(bound, shots=SHOTS).result().measurement_counts)

    return submitted(bound, braket_programs.version("amazon-braket-sdk"), expected, None if modified else simulate)


def draw_pyquil(drawing: Drawing, kind: str) -> dict[str, Any]:
    """Run by pyQuil's wave function simulator, where nothing is measured in between."""
    width = drawing.width(wide=kind == "gates")
    program = pyquil.Program()
    bits = program.declare("ro", "BIT", width)
    for _ in range(drawing.depth()):
        program += pyquil_programs.gate_of(drawing, width, kind)
        if kind == "measured" and drawing.random() < 0.3:
            program += pyquil.gates.MEASURE(drawing.randrange(width), bits[drawing.randrange(width)])
    gates = [item for item in program.instructions if isinstance(item, Gate)]
    between = any(isinstance(item, Measurement) for item in program.instructions)
    for qubit in range(width):
        program += pyquil.gates.MEASURE(qubit, bits[qubit])
    expected = expectation(width, list(pyquil_programs.steps(program)), [range(width)])

    def simulate() -> dict[str, int]:
        simulator = NumpyWavefunctionSimulator(width, rs=np.random.RandomState(drawing.randrange(2**31)))
        for gate in gates:
            simulator.do_gate(gate)
        return joined([simulator.sample_bitstrings(SHOTS)])

    modified = any(gate.modifiers for gate in gates)
    version = pyquil_programs.version("pyquil")
    return submitted(program, version, expected, None if between or modified else simulate)


def sampled(drawing: Drawing, chances: Any, width: int) -> dict[str, int]:
    """Draw shots from the probabilities of a state whose first qubit is the most significant one."""
    counts = np.random.default_rng(drawing.randrange(2**31)).multinomial(SHOTS, chances / chances.sum())
    return {format(place, f"0{width}b"): int(counts[place]) for place in np.flatnonzero(counts)}


def joined(registers: Sequence[Any]) -> dict[str, int]:
    """Count the rows of registers, each an array with a row for each shot."""
    texts = [["".join(str(int(bit)) for bit in np.atleast_1d(row)) for row in register] for register in registers]
    return dict(Counter(" ".join(parts) for parts in zip(*texts, strict=True)))


EXPORTERS: tuple[tuple[str, Draw, tuple[str, ...]], ...] = (
    ("Cirq, submitted", draw_cirq, cirq_programs.KINDS),
    ("pytket, submitted", draw_pytket, pytket_programs.KINDS),
    ("PennyLane, submitted", draw_pennylane, pennylane_programs.KINDS),
    ("Braket, submitted", draw_braket, braket_programs.KINDS),
    ("pyQuil, submitted", draw_pyquil, pyquil_programs.KINDS),
)

if __name__ == "__main__":
    main(EXPORTERS)
