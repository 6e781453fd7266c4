#!/usr/bin/env bash
# qdk refuses a Q# program whose Main has parameters, even where another operation is to be compiled.
#
# Version: qdk 1.33.1 (Python package).  Source: measured; Context.compile takes any operation with its arguments, so that Main's name decides nothing there
# Expected: the program is taken in, since compile(operation, arguments) names what is to run
# Seen:     eval fails: "entry point cannot have parameters"; under any other name the same operation compiles
# What we do about it: where an order names its operation, the program gets an entry of ours, and Main is one operation like others.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check qdk==1.33.1
QDK_PYTHON_TELEMETRY=none "$folder/venv/bin/python" - <<'PYTHON'
import qdk

PROGRAM = "operation NAME(n : Int) : Result[] { use q = Qubit[n]; return MResetEachZ(q); }"
context = qdk.Context(target_profile=qdk.TargetProfile.Base)
context.eval(PROGRAM.replace("NAME", "Other"))
print("Other(3) compiles:", len(str(context.compile(context.code.Other, 3))), "characters of QIR")
try:
    qdk.Context(target_profile=qdk.TargetProfile.Base).eval(PROGRAM.replace("NAME", "Main"))
except Exception as error:
    told = next(line.strip() for line in str(error).splitlines() if line.startswith("  x "))
    print("Main:", told)
    assert "entry point cannot have parameters" in told, "changed: another error"
else:
    raise SystemExit("changed: it is taken")
PYTHON
