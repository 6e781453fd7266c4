#!/usr/bin/env bash
# Qiskit writes a switch under a header by which there is none.
#
# Version: qiskit 2.6.2, qdk 1.33.1.  Source: the OpenQASM specification: switch came with version 3.1
# Expected: a circuit with a switch is exported as OPENQASM 3.1
# Seen:     OPENQASM 3.0, which qdk refuses for that reason
# What we do about it: the version line does not decide whether a switch is read (quantum/openqasm).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check qiskit==2.6.2 qdk==1.33.1
QDK_PYTHON_TELEMETRY=none "$folder/venv/bin/python" -W ignore - <<'PYTHON'
from qdk import TargetProfile, openqasm
from qiskit import QuantumCircuit, qasm3

circuit = QuantumCircuit(2, 2)
circuit.measure(0, 0)
with circuit.switch(circuit.clbits[0]) as case, case(True):
    circuit.x(1)
circuit.measure(1, 1)
exported = qasm3.dumps(circuit)
print(exported)
try:
    openqasm.compile(exported, target_profile=TargetProfile.Adaptive_RI)
    said = "compiled"
except Exception as error:
    said = str(error)
print(said)
assert exported.startswith("OPENQASM 3.0;") and "switch (" in exported, "changed: Qiskit's header or its switch"
assert "3.1" in said, "changed: qdk takes a switch under this header"
PYTHON
