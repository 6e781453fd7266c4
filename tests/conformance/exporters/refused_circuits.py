"""Circuits that the client has to refuse, and the words that its refusal must hold; a line of JSON for each."""

import json
import sys
from typing import Any

import cirq
import numpy as np
import pennylane as qml
import sympy
from braket.circuits import Circuit, FreeParameter
from pyquil import Program
from pyquil.gates import MEASURE, H
from pyquil.quilatom import QubitPlaceholder
from pytket import Circuit as TketCircuit
from submitting import refusal

Q = cirq.LineQubit(0)
DEVICE = qml.device("default.qubit")


@qml.qnode(DEVICE)
def wanting(angle: float) -> Any:
    """Take an argument."""
    qml.RX(angle, wires=0)
    return qml.counts()


@qml.qnode(DEVICE)
def expecting() -> Any:
    """Return no counts."""
    return qml.expval(qml.X(0))


@qml.qnode(DEVICE)
def selecting() -> Any:
    """Postselect a 0, which PennyLane's exporter leaves out without a word."""
    qml.measure(0, postselect=0)
    return qml.counts()


def symbolic() -> Any:
    """Make a circuit of pytket with a symbol."""
    return TketCircuit(1, 1).Rx(sympy.Symbol("t"), 0).Measure(0, 0)


def split_condition() -> Any:
    """Make a circuit of pytket that depends on two bits of three."""
    circuit = TketCircuit(1, 3)
    return circuit.X(0, condition_bits=[circuit.bits[0], circuit.bits[2]], condition_value=2).Measure(0, 0)


def unresolved() -> Any:
    """Make a program of pyQuil on a qubit that is not chosen yet."""
    qubit = QubitPlaceholder()
    program = Program(H(qubit))
    return program + MEASURE(qubit, program.declare("ro", "BIT", 1)[0])


REFUSED: tuple[tuple[Any, str], ...] = (
    (cirq.Circuit(cirq.X(Q) ** sympy.Symbol("t"), cirq.measure(Q)), "no value for its parameter t"),
    (cirq.Circuit(cirq.H(Q)), "measures nothing"),
    (cirq.Circuit(cirq.measure(Q, key="a"), cirq.measure(Q, key="a")), "'a' is measured more than once"),
    (cirq.Circuit(cirq.depolarize(0.1)(Q), cirq.measure(Q)), "Cirq cannot write this circuit"),
    (
        cirq.Circuit(cirq.measure(Q, key="m"), cirq.X(Q).with_classical_controls(sympy.Symbol("m") > 0)),
        "Cirq cannot write the condition",
    ),
    (Q, "LineQubit is no circuit"),
    (symbolic(), "no value for its parameter t"),
    (TketCircuit(1).H(0), "measures nothing"),
    (split_condition(), "entire classical register or a single bit"),
    (wanting, "no value for its parameter angle"),
    (expecting, "a job gives counts"),
    (selecting, "postselects"),
    (qml.tape.QuantumScript([qml.RX([0.1, 0.2], 0)], [qml.counts()]), "stands for 2 circuits"),
    (Circuit().rx(0, FreeParameter("a")), "no value for its parameter a"),
    (Circuit().h(0).bit_flip(0, 0.1), "noise bit_flip"),
    (Circuit().h(0).probability(target=[0]), "result probability"),
    (Circuit().unitary(matrix=np.eye(2), targets=[0]), "unitary is not written"),
    (Program(H(0)), "measures nothing"),
    (unresolved(), "pyQuil cannot write this circuit"),
)

if __name__ == "__main__":
    for circuit, want in REFUSED:
        sys.stdout.write(json.dumps({"want": want, "said": refusal(circuit)}) + "\n")
