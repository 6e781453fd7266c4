#!/usr/bin/env bash
# qdk takes the second qubit of csx for its control.
#
# Version: qdk 1.33.1 (Python package).  Source: Qiskit's CSXGate and its qelib1.inc: the first qubit controls a square root of X on the second
# Expected: with q[0] in state 1, two csx q[0], q[1] are a CNOT: 11
# Seen:     10 in every shot: q[1], which is 0, was the control
# What we do about it: the gate library is our own (quantum/openqasm), checked against matrices of Qiskit.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check qdk==1.33.1
QDK_PYTHON_TELEMETRY=none "$folder/venv/bin/python" - <<'PYTHON'
from qdk import TargetProfile, openqasm
from qdk.simulation import run_qir


def outcomes(program, profile=TargetProfile.Base):
    """The distinct outcomes of 400 shots, most frequent first."""
    shots = [str(shot) for shot in run_qir(str(openqasm.compile(program, target_profile=profile)), shots=400, seed=7, type="cpu")]
    return sorted(set(shots), key=shots.count, reverse=True)


seen = outcomes('OPENQASM 3.0; include "stdgates.inc"; qubit[2] q; bit[2] c; x q[0]; csx q[0], q[1]; csx q[0], q[1]; c = measure q;')
print(seen)
assert seen == ["[One, Zero]"], "changed"
PYTHON
