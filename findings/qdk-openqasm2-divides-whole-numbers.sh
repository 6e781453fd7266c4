#!/usr/bin/env bash
# qdk divides whole numbers of OpenQASM 2 as integers, so that 1/2 is 0.
#
# Version: qdk 1.33.1 (Python package).  Source: Open Quantum Assembly Language (arXiv 1707.03429): expressions are real; Qiskit's loader agrees
# Expected: rx(1/2*2*pi) is a turn by pi: 1 in every shot
# Seen:     0 in every shot; and rx(1), a whole number as an angle, is refused
# What we do about it: OpenQASM 2 has a reader of its own, in which every number is real (quantum/openqasm).
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


HEAD = 'OPENQASM 2.0; include "qelib1.inc"; qreg q[1]; creg c[1]; '
seen = outcomes(HEAD + "rx(1/2*2*pi) q[0]; measure q -> c;")
print("rx(1/2*2*pi):", seen)
assert seen == ["[Zero]"], "changed: the division"
try:
    outcomes(HEAD + "rx(1) q[0]; measure q -> c;")
except openqasm.QasmError as error:
    print("rx(1):", [line.strip() for line in str(error).splitlines() if line.startswith("  x ")])
else:
    raise SystemExit("changed: rx(1) is taken")
PYTHON
