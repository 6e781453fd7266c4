#!/usr/bin/env bash
# qdk compiles pow(1) @ of a gate with one parameter, defined by the program, to another rotation.
#
# Version: qdk 1.33.1 (Python package).  Source: the OpenQASM 3 specification, gate modifiers: pow(1) @ g is g
# Expected: pow(1) @ k(0.2), where k is rx, leaves the qubit at 0 in 99 % of the shots, as k(0.2) does
# Seen:     1 in every shot: the rotation is by pi, whatever the parameter
# What we do about it: modifiers are taken apart with exact phases by our own front end (quantum/openqasm).
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


HEAD = 'OPENQASM 3.0; include "stdgates.inc"; gate k(t) a { rx(t) a; } qubit q; bit c; '
plain, powered = outcomes(HEAD + "k(0.2) q; c = measure q;"), outcomes(HEAD + "pow(1) @ k(0.2) q; c = measure q;")
print("k(0.2):", plain, " pow(1) @ k(0.2):", powered)
assert plain[0] == "Zero", "changed: without pow"
assert powered == ["One"], "changed: with pow(1)"
PYTHON
