#!/usr/bin/env bash
# PennyLane writes gphase into OpenQASM 2, with a blank where a qubit belongs or with a qubit that it does not act on.
#
# Version: pennylane 0.45.1.  Source: qelib1.inc has no gphase, and OpenQASM 2 no gates without qubits
# Expected: a global phase is left out, or refused
# Seen:     gphase(0.3) ;  which Qiskit's loader of OpenQASM 2 refuses; the same comes of any matrix gate that is taken apart
# What we do about it: it is read and dropped, since it changes no outcome (quantum/openqasm).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pennylane==0.45.1 qiskit==2.6.2
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import pennylane as qml
from qiskit import qasm2


@qml.qnode(qml.device("default.qubit", wires=1))
def phased():
    """A global phase and a flip."""
    qml.GlobalPhase(0.3)
    qml.X(0)
    return qml.counts(wires=[0])


exported = qml.to_openqasm(phased)()
print(exported)
try:
    qasm2.loads(exported)
    said = "loaded"
except qasm2.QASM2ParseError as error:
    said = str(error)
print(said)
assert "OPENQASM 2.0" in exported and "gphase(0.3) ;" in exported, "changed: PennyLane's export"
assert said != "loaded", "changed: Qiskit loads it"
PYTHON
