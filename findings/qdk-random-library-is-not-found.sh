#!/usr/bin/env bash
# qdk's library of random numbers is there for its own simulator only, and for other profiles does not exist.
#
# Version: qdk 1.33.1.  Source: the library's own documentation, which names no profile
# Expected: a fault that speaks of the profile, as for other operations that a profile lacks
# Seen:     "`Std.Random.DrawRandomInt` not found", in every profile but Unrestricted
# What we do about it: the fault says that the target cannot draw, and what to do instead (quantum/programs/compiling/qsharp_library.py).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check qdk==1.33.1
QDK_PYTHON_TELEMETRY=none "$folder/venv/bin/python" -W ignore - <<'PYTHON'
import qdk
from qdk.qsharp import QSharpError

said = {}
for profile in ("Unrestricted", "Adaptive_RIF", "Adaptive_RI", "Base"):
    context = qdk.Context(target_profile=qdk.TargetProfile.from_str(profile))
    try:
        context.eval("import Std.Random.DrawRandomInt;")
        said[profile] = "there"
    except QSharpError as error:
        said[profile] = next(line.strip(" `->") for line in str(error).splitlines() if "Random" in line)
    print(f"{profile}: {said[profile]}")
assert said["Unrestricted"] == "there", "changed: Unrestricted"
assert all("not found" in text for name, text in said.items() if name != "Unrestricted"), "changed: other profiles"
PYTHON
