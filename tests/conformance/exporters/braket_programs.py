"""Programs that Amazon Braket exports: its own dialect of OpenQASM 3, with modifiers and inputs."""

import inspect
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from typing import Any

import numpy as np
from braket.circuits import Circuit, FreeParameter, Gate, Instruction
from braket.circuits.serialization import IRType
from braket.devices import LocalSimulator
from drawing import Draw, Drawing, main
from exact import Step, expectation
from scipy.linalg import block_diag, fractional_matrix_power

KINDS = ("gates", "inverse", "control", "power", "parameters")
LEFT_OUT = {"PulseGate", "Unitary", "GPhase"}  # pulses; a pragma with a matrix; no qubit
KNOWN = inspect.getmembers(Gate, inspect.isclass)
GATES = [kind for name, kind in KNOWN if name not in LEFT_OUT and issubclass(kind, Gate)]
SAMPLER = LocalSimulator("braket_sv")


def angles_of(kind: type[Gate]) -> int:
    """Count the angles of a gate."""
    return len([name for name in inspect.signature(kind).parameters if name.startswith("angle")])


def add_gates(drawing: Drawing, circuit: Circuit, width: int, kind: str, free: Sequence[FreeParameter]) -> None:
    """Append a gate, at times with modifiers as Braket's circuits take them."""
    chosen = drawing.choice(GATES)
    angles: list[Any] = [drawing.angle() for _ in range(angles_of(chosen))]
    if free and angles and drawing.random() < 0.6:
        parameter = drawing.choice(list(free))
        angles[0] = drawing.choice((parameter, -parameter, 2 * parameter, parameter + 1))
    gate = chosen(*angles)
    controls = drawing.randint(1, 2) if kind == "control" and drawing.random() < 0.6 else 0
    if gate.qubit_count + controls > width:
        return
    where = drawing.qubits(width, gate.qubit_count + controls)
    options: dict[str, Any] = {}
    if controls:
        options = {"control": where[:controls], "control_state": [drawing.randrange(2) for _ in range(controls)]}
    if kind == "power" and drawing.random() < 0.6:
        options["power"] = drawing.choice((2, 3, -2, 0.5, -0.25) if has_a_root(gate) else (2, 3, -2))
    if kind == "inverse" and drawing.random() < 0.6:
        options["power"] = -1
    circuit.add_instruction(Instruction(gate, where[controls:], **options))


def has_a_root(gate: Gate) -> bool:
    """Say whether the principal root is clear: not for an eigenvalue of -1 that rounding has left on either side."""
    values = np.linalg.eigvals(gate.to_matrix())
    return all(value == -1 or abs(value + 1) > 1e-9 for value in values)


def _openqasm(drawing: Drawing, kind: str) -> dict[str, Any]:
    width = drawing.width(wide=kind == "gates")
    free = [FreeParameter(f"p{index}") for index in range(2)] if kind == "parameters" else []
    circuit = Circuit()
    for qubit in range(width):  # Braket counts the qubits that are used
        circuit.i(qubit) if drawing.random() < 0.5 else circuit.h(qubit)
    for _ in range(drawing.depth()):
        add_gates(drawing, circuit, width, kind, free)
    text = circuit.to_ir(ir_type=IRType.OPENQASM).source
    named = [line.split()[-1].rstrip(";") for line in text.splitlines() if line.startswith("input ")]
    values = {name: drawing.angle() for name in named}
    names = sorted({instruction.operator.name for instruction in circuit.instructions})
    record = {"version": version("amazon-braket-sdk"), "format": "openqasm3", "text": text, "gates": names}
    return record | {"arguments": [values[name] for name in named]} | _expectation(circuit, width, values)


def steps(circuit: Circuit) -> Iterator[Step]:
    """Read a circuit as steps, by Braket's own matrices."""
    for instruction in circuit.instructions:
        matrix = fractional_matrix_power(instruction.operator.to_matrix(), instruction.power)
        for state in reversed([*instruction.control_state] if instruction.control else []):
            same = np.eye(len(matrix))
            blocks = (same, matrix) if state else (matrix, same)
            matrix = block_diag(*blocks)
        yield ("gate", matrix, tuple(int(qubit) for qubit in (*instruction.control, *instruction.target)))


def _expectation(circuit: Circuit, width: int, values: dict[str, float]) -> dict[str, Any]:
    """Give the probabilities of all outcomes.

    Braket's simulator is asked where there are no modifiers: it leaves those of `cnot` and `swap` out.
    """
    bound = circuit.make_bound_circuit(values)
    measured = [("measure", qubit, qubit) for qubit in range(width)]
    expected = expectation(width, [*steps(bound), *measured], [range(width)])
    if "exact" in expected and not any(
        instruction.power != 1 or instruction.control for instruction in bound.instructions
    ):
        probabilities = bound.copy().probability(target=range(width))
        chances = np.asarray(SAMPLER.run(probabilities, shots=0).result().values[0])
        assert all(abs(chances[int(text, 2)] - chance) < 1e-6 for text, chance in expected["exact"].items())
    return expected


EXPORTERS: tuple[tuple[str, Draw, tuple[str, ...]], ...] = (("Braket, OpenQASM 3", _openqasm, KINDS),)

if __name__ == "__main__":
    main(EXPORTERS)
