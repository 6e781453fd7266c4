"""Random programs of qdk and of Classiq's form, submitted by the client, give what their own simulators give."""

import math
import os
import random
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest
from qdk import code, qsharp
from qiskit import QuantumCircuit, qasm2, transpile
from qiskit.circuit.random import random_circuit
from qiskit_aer import AerSimulator

from quantumjobs.circuits import program_of
from tests.conformance.product import counts_of
from tests.conformance.verdicts import BASE, far_from

COUNT = int(os.environ.get("COUNT") or 6)  # as in `make conformance`
SHOTS = 400
QUBITS = 3
GATES = ("H", "X", "Y", "Z", "S", "T", "Adjoint S", "Adjoint T", "SX")
TURNS = ("Rx", "Ry", "Rz", "R1")


def qsharp_source(draw: random.Random, name: str) -> str:
    """Write an operation of random gates that measures all its qubits."""
    lines = []
    for _ in range(12):
        first, second = draw.sample(range(QUBITS), 2)
        gate = draw.choice((*GATES, *TURNS, "CNOT", "CZ", "SWAP"))
        if gate in TURNS:
            lines.append(f"{gate}({draw.uniform(-2 * math.pi, 2 * math.pi)}, qs[{first}]);")
        elif gate in GATES:
            lines.append(f"{gate}(qs[{first}]);")
        else:
            lines.append(f"{gate}(qs[{first}], qs[{second}]);")
    body = " ".join(lines)
    return f"operation {name}() : Result[] {{ use qs = Qubit[{QUBITS}]; {body} return MResetEachZ(qs); }}"


def counts_by(program: Any) -> Mapping[str, int]:
    """Run what the client writes."""
    return counts_of({"format": program.format, "text": program.text}, BASE, SHOTS, 5)


@pytest.mark.parametrize("form", ["operation", "compiled"])
def test_random_operations_of_qsharp_are_right(form: str) -> None:
    """An operation and what qdk compiles of it give the counts of qdk's own simulator."""
    qsharp.init(target_profile=qsharp.TargetProfile.Base)
    draw = random.Random(7)  # noqa: S311 a seeded draw, no secret
    for number in range(COUNT):
        name = f"Made{number}"
        qsharp.eval(qsharp_source(draw, name))
        operation = getattr(code, name)
        rows = qsharp.run(operation, SHOTS, seed=number)
        own = Counter("".join("1" if bit == qsharp.Result.One else "0" for bit in row) for row in rows)

        program = program_of(operation if form == "operation" else qsharp.compile(operation))

        assert far_from(own, counts_by(program)) == ""


def test_random_programs_of_classiqs_form_are_right() -> None:
    """The OpenQASM of a quantum program gets its outputs measured, each as a register."""
    for seed in range(COUNT):
        circuit = random_circuit(QUBITS, 4, max_operands=2, seed=seed)
        places = ([2, 0, 1], [0, 1, 2], [1, 2, 0])[seed % 3]
        outputs = {"x": places[:1], "y": places[1:]}

        program = program_of(quantum_program(qasm2.dumps(circuit), outputs))

        assert far_from(by_aer(circuit, places), counts_by(program)) == ""


def quantum_program(text: str, outputs: Mapping[str, list[int]], **data: Any) -> dict[str, Any]:
    """Make the JSON of a quantum program, as classiq 1.34.0 writes it, in short."""
    return {
        "outputs": {"qasm": text},
        "qasm_version": "2.0",
        "hardware_data": {},
        "data": {"width": QUBITS, "circuit_parameters": [], "qubit_mapping": {"logical_outputs": outputs}, **data},
    }


def by_aer(circuit: QuantumCircuit, places: list[int]) -> dict[str, int]:
    """Measure qubits in this order, the first by itself, and count with Aer."""
    measured = QuantumCircuit(QUBITS, QUBITS)
    measured.compose(circuit, inplace=True)
    measured.measure(places, range(QUBITS))
    simulator = AerSimulator(max_parallel_threads=1, seed_simulator=3)
    outcome = simulator.run(transpile(measured, simulator, optimization_level=0), shots=SHOTS).result().get_counts()
    return {f"{key[::-1][:1]} {key[::-1][1:]}": count for key, count in outcome.items()}
