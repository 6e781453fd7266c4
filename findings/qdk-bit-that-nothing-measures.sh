#!/usr/bin/env bash
# qdk refuses an OpenQASM program of which one classical bit is never measured, at a place where nothing is wrong.
#
# Version: qdk 1.33.1 (Python package).  Source: the OpenQASM 2 paper: classical registers begin as 0; Qiskit's and Quantinuum's loaders run such programs
# Expected: creg c[2] of which only c[0] is measured gives 10
# Seen:     a partial evaluation error at line 1, column 1: unsupported Result literal in output
# What we do about it: such bits are left out of the QIR and put back, as 0, when the result is collected.
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


program = 'OPENQASM 2.0; include "qelib1.inc";\nqreg q[2]; creg c[2]; x q[0];\nmeasure q[0] -> c[0];'
try:
    openqasm.compile(program, target_profile=TargetProfile.Base)
except Exception as error:
    told = [line.strip() for line in str(error).splitlines() if line.strip()]
    print(*told[:4], sep="\n")
    assert any("unsupported Result literal in output" in line for line in told), "changed: another error"
    assert any("program.qasm:1:1]" in line for line in told), "changed: another place"
else:
    raise SystemExit("changed: it compiles")
PYTHON
