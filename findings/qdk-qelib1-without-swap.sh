#!/usr/bin/env bash
# The qelib1.inc that qdk has built in lacks eleven gates which every exporter takes for granted.
#
# Version: qdk 1.33.1 (Python package).  Source: Qiskit's qelib1.inc (qiskit/qasm/libs), which holds them all, and qiskit.qasm2.dumps, which writes them undefined
# Expected: a program that includes qelib1.inc may use swap, sx, p, u, cp, crx, cry, cu, cswap, c4x and u0
# Seen:     each of them is an undefined symbol, though sxdg, csx, rxx, rzz and c3x are there
# What we do about it: the gate library is our own (quantum/openqasm).
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


def compiles(gate):
    angles, size = gate
    operands = ", ".join(f"q[{index}]" for index in range(size))
    return f"OPENQASM 2.0; include \"qelib1.inc\"; qreg q[5]; creg c[1]; {angles} {operands}; measure q[0] -> c[0];"


MISSING = [("swap", 2), ("sx", 1), ("p(0.1)", 1), ("u(0.1, 0.2, 0.3)", 1), ("u0(0.1)", 1), ("cp(0.1)", 2), ("crx(0.1)", 2),
           ("cry(0.1)", 2), ("cu(0.1, 0.2, 0.3, 0.4)", 2), ("cswap", 3), ("c4x", 5)]
for gate in MISSING:
    try:
        openqasm.compile(compiles(gate), target_profile=TargetProfile.Base)
    except openqasm.QasmError as error:
        assert "undefined symbol" in str(error), str(error)
        print(gate[0], "is an undefined symbol")
    else:
        raise SystemExit("changed: " + gate[0] + " is known")
for gate in (("sxdg", 1), ("csx", 2), ("rxx(0.1)", 2), ("c3x", 4)):
    openqasm.compile(compiles(gate), target_profile=TargetProfile.Base)
PYTHON
