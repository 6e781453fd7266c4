#!/usr/bin/env bash
# qdk compiles a controlled rotation by a negative angle as one by that angle plus a whole turn.
#
# Version: qdk 1.33.1 (Python package).  Source: the OpenQASM 3 specification, stdgates.inc: crz(t) is ctrl @ rz(t), and rz(t + 2 pi) = -rz(t)
# Expected: crz(-0.4) between two h on its control mostly gives 00 (99 %: the control hardly turns)
# Seen:     10 in 99 % of the shots: the angle became 2 pi - 0.4 before it was halved, which puts a Z on the control
# What we do about it: OpenQASM is lowered by our own front end, with real arithmetic (quantum/openqasm).
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


seen = outcomes('OPENQASM 3.0; include "stdgates.inc"; qubit[2] q; bit[2] c; h q[0]; crz(-0.4) q[0], q[1]; h q[0]; c = measure q;')
halved = outcomes('OPENQASM 3.0; include "stdgates.inc"; gate half(t) a { rx(t / 2) a; } qubit q; bit c; half(-pi) q; rx(pi / 2) q; c = measure q;')
print("crz(-0.4):", seen, " a gate's own rx(t / 2), called with -pi, then rx(pi / 2):", halved)
assert seen[0] == "[One, Zero]", "changed: crz(-0.4)"
assert halved == ["One"], "changed: a parameter that is halved in a gate's body"
PYTHON
