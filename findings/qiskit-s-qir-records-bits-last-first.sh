#!/usr/bin/env bash
# QIR that Qiskit's exporters write records bits last first: qdk's for Azure all of them, qiskit-qir within each register.
#
# Version: qdk 1.33.1 (qdk.qiskit, which azure-quantum's Qiskit provider uses).  Source: Q# and OpenQASM compiled by the same qdk, which record bit 0 first
# Expected: c[0] = 1, c[1] = 0 and d[0] = 0 are recorded as [[1, 0], [0]]
# Seen:     [[0], [0, 1]], the order in which Qiskit prints them; nothing in the module says so
# What we do about it: outcomes are read as the module records them, and docs/formats.md says what these exporters do.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "qdk[qiskit]==1.33.1" qiskit==2.6.2
QDK_PYTHON_TELEMETRY=none "$folder/venv/bin/python" -W ignore - <<'PYTHON'
from qdk import TargetProfile
from qdk.qiskit import QSharpBackend
from qdk.simulation import run_qir
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister

circuit = QuantumCircuit(QuantumRegister(3), ClassicalRegister(2, "c"), ClassicalRegister(1, "d"))
circuit.x(0)
circuit.measure([0, 1, 2], [0, 1, 2])
exported = QSharpBackend(target_profile=TargetProfile.Base).qir(circuit)
(shot,) = run_qir(exported, shots=1, type="cpu")
print(f"c[0] = 1, the others 0: recorded {shot}")
assert str(shot).replace("(", "[").replace(")", "]") == "[[Zero], [Zero, One]]", "changed: the order of bits"
PYTHON
