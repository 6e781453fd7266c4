"""Programs that qiskit-ionq sends: IonQ's circuits of gates of its logical set, as whole requests."""

import json
from functools import cache
from importlib.metadata import version
from typing import Any

from drawing import Draw, Drawing, UnexportedError, main
from exact import expectation
from qiskit import QuantumCircuit
from qiskit.circuit.random import random_circuit
from qiskit_ionq import IonQProvider
from qiskit_ionq.helpers import ionq_basis_gates, qiskit_to_ionq
from qiskit_programs import gate_of, modified, names_in
from qiskit_steps import steps

KINDS = ("gates", "own", "inverse", "control", "power")


@cache
def _backend() -> Any:
    return IonQProvider(token="none").get_backend("ionq_simulator")


def drawn_circuit(drawing: Drawing, kind: str) -> QuantumCircuit:
    """Draw a circuit of gates that IonQ's set has; every qubit is measured."""
    qubits = drawing.width()
    circuit = QuantumCircuit(qubits, qubits)
    if kind == "own":
        seed = drawing.randrange(2**31)
        source = random_circuit(qubits, 4, max_operands=min(3, qubits), seed=seed)
        for item in source.data:
            if item.operation.name in ionq_basis_gates:
                circuit.append(item.operation, [source.find_bit(qubit).index for qubit in item.qubits])
    for _ in range(drawing.depth()):
        gate = gate_of(drawing, qubits)
        if kind in {"inverse", "control", "power"} and drawing.random() < 0.5:
            gate = modified(drawing, kind, gate)
        if gate.name in ionq_basis_gates and gate.num_qubits <= qubits:
            circuit.append(gate, drawing.qubits(qubits, gate.num_qubits))
    for qubit in range(qubits):  # IonQ counts the qubits that are used
        circuit.rz(0.1, qubit)
    circuit.measure(range(qubits), range(qubits))
    return circuit


def _request(drawing: Drawing, kind: str) -> dict[str, Any]:
    circuit = drawn_circuit(drawing, kind)
    try:
        request = json.loads(qiskit_to_ionq(circuit, _backend(), {"shots": 100}))
    except Exception as error:  # it has a dozen kinds of its own
        raise UnexportedError(f"{type(error).__name__}: {error}") from error
    record = {"version": version("qiskit-ionq"), "format": "ionq.circuit.v1", "text": json.dumps(request["input"])}
    every = [range(circuit.num_qubits)]
    return record | {"gates": names_in(circuit)} | expectation(circuit.num_qubits, list(steps(circuit)), every)


EXPORTERS: tuple[tuple[str, Draw, tuple[str, ...]], ...] = (("qiskit-ionq", _request, KINDS),)

if __name__ == "__main__":
    main(EXPORTERS)
