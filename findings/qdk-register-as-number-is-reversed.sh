#!/usr/bin/env bash
# qdk reads a bit register that is compared with a number with its first bit as the highest.
#
# Version: qdk 1.33.1 (Python package).  Source: the OpenQASM 3 specification, types: bit 0 is the least significant; in a bit string literal the last letter is bit 0
# Expected: after c[0] = 1 and c[1] = 0, both c == 1 and c == "01" are true
# Seen:     both are false; c == 2 and c == "10" are true
# What we do about it: comparisons are taken apart into single bits by our own front end (quantum/openqasm).
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


ADAPTIVE = TargetProfile.Adaptive_RI
HEAD = 'OPENQASM 3.0; include "stdgates.inc"; qubit[2] q; bit[2] c; bit d; x q[0]; c = measure q; '
for condition, expected in (("c == 1", 1), ('c == "01"', 1), ("c == 2", 0), ("c[0] == 1 && c[1] == 0", 1)):
    (seen,) = outcomes(HEAD + "if (" + condition + ") { x q[1]; } d = measure q[1];", ADAPTIVE)
    taken = int(seen.endswith("One)"))
    print(f"{condition}: expected {expected}, got {taken}  {seen}")
    right = condition.startswith("c[0]")
    assert (taken == expected) is right, "changed: " + condition
PYTHON
