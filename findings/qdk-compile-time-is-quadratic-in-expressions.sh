#!/usr/bin/env bash
# Compiling OpenQASM by qdk takes four times as long for twice as many angles that are expressions; a minus sign is one.
#
# Version: qdk 1.33.1 (Python package).  Source: measured: processor time of openqasm.compile within one process
# Expected: time grows with the number of gates, as it does for rz(0.3)
# Seen:     from 250 to 1,000 rz(-0.3) about 16 times the time, and at 1,000 over 5 times that of rz(0.3)
# What we do about it: angles are numbers before any back end sees them; `make bench` holds the growth of our own way against a bound.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check qdk==1.33.1
QDK_PYTHON_TELEMETRY=none "$folder/venv/bin/python" - <<'PYTHON'
import time

from qdk import TargetProfile, openqasm


def seconds(angle, times):
    """Processor time of compiling so many rotations by this angle."""
    body = "".join(f"rz({angle}) q[{index % 4}]; h q[{index % 4}];\n" for index in range(times))
    program = 'OPENQASM 3.0; include "stdgates.inc"; qubit[4] q; bit[4] c;\n' + body + "c = measure q;"
    began = time.process_time()
    openqasm.compile(program, target_profile=TargetProfile.Base)
    return time.process_time() - began


seconds("0.3", 10)  # loads what is loaded once
few, many, plain = seconds("-0.3", 250), seconds("-0.3", 1000), seconds("0.3", 1000)
print(f"rz(-0.3): 250 times {few:.2f} s, 1,000 times {many:.2f} s; rz(0.3) 1,000 times {plain:.2f} s")
assert many > 8 * few, "changed: no longer quadratic"
assert many > 3 * plain, "changed: expressions cost no more than numbers"
PYTHON
