#!/usr/bin/env bash
# Compiling an operation by qdk with true where it wants an Int takes it as 1, while 1 for a Bool is refused.
#
# Version: qdk 1.33.1 (Python package).  Source: Q#'s types: Bool and Int are not convertible
# Expected: a type error for both
# Seen:     True is taken as the number 1 for an Int and 1.0 for a Double; 1 for a Bool is a type error
# What we do about it: arguments are checked against the operation's own types before they reach the compiler.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check qdk==1.33.1
QDK_PYTHON_TELEMETRY=none "$folder/venv/bin/python" - <<'PYTHON'
import qdk


def compiled(parameter, argument):
    """Compile an operation that takes one argument; the error's text where it is refused."""
    context = qdk.Context(target_profile=qdk.TargetProfile.Base)
    context.eval(f"operation Go(n : {parameter}) : Result {{ use q = Qubit(); return MResetZ(q); }}")
    try:
        context.compile(context.code.Go, argument)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "taken"


seen = {(name, repr(value)): compiled(name, value) for name, value in (("Int", True), ("Double", True), ("Bool", 1), ("Int", 3.0))}
for (name, value), told in seen.items():
    print(f"{value} for {name}: {told}")
assert seen["Int", "True"] == seen["Double", "True"] == "taken", "changed: True is refused"
assert seen["Bool", "1"] != "taken" and seen["Int", "3.0"] != "taken", "changed: other values are taken, too"
PYTHON
