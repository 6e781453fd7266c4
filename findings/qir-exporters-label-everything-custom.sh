#!/usr/bin/env bash
# pyqir and pytket-qir say qir_profiles="custom" of every module, and qdk's simulator runs no branch under that label.
#
# Version: pyqir 0.12.7, pytket-qir 2.0.2, qdk 1.33.1.  Source: the QIR specification has adaptive_profile for programs that branch
# Expected: a program that pytket exports for the adaptive profile runs
# Seen:     "simulation of programs with branching control flow is not supported"; with the one word changed it runs, and is right
# What we do about it: the emulator reads what a module does, not how it is labelled (packages/quantum-emulator/quantum_emulator/programs).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pyqir==0.12.7 pytket-qir==2.0.2 qdk==1.33.1
QDK_PYTHON_TELEMETRY=none "$folder/venv/bin/python" -W ignore - <<'PYTHON'
import re

import pyqir
from pytket import Circuit
from pytket.qir import QIRFormat, QIRProfile, pytket_to_qir
from qdk.simulation import run_qir

circuit = Circuit(2, 2).X(0).Measure(0, 0).X(1, condition_bits=[0], condition_value=1).Measure(1, 1)
LABEL = re.compile('"qir_profiles"="([^"]*)"')
for profile in QIRProfile:
    plain = Circuit(1, 1).X(0).Measure(0, 0)
    exported = pytket_to_qir(plain, name="p", qir_format=QIRFormat.STRING, profile=profile)
    assert LABEL.findall(exported) == ["custom"], f"changed: pytket-qir's label of {profile}"
assert LABEL.findall(pyqir.SimpleModule("p", 1, 1).ir()) == ["custom"], "changed: pyqir's label"
exported = pytket_to_qir(circuit, name="p", qir_format=QIRFormat.STRING, profile=QIRProfile.AZUREADAPTIVE)
try:
    said = f"ran: {run_qir(exported, shots=1, type='cpu')}"
except ValueError as error:
    said = str(error)
relabelled = run_qir(LABEL.sub('"qir_profiles"="adaptive_profile"', exported), shots=1, type="cpu")
print(f"as it was exported: {said}")
print(f"under the label adaptive_profile: {relabelled}")
assert "not supported" in said, "changed: qdk's simulator runs branches under any label"
assert str(relabelled) == "[[3]]", "changed: the outcome"
PYTHON
