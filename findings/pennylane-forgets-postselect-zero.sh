#!/usr/bin/env bash
# PennyLane's to_openqasm refuses a measurement that is postselected on 1, and writes one postselected on 0 as if nothing were selected.
#
# Version: PennyLane 0.45.1.  Source: qml.to_openqasm of the same circuit with postselect=1 and postselect=0
# Expected: both are refused, since OpenQASM 2 cannot say that shots are discarded
# Seen:     1 raises NotImplementedError; 0 becomes a plain measurement, so that the program gives 0 and 1 equally often where PennyLane gives only 0
# What we do about it: our client refuses a tape that postselects, on either value; of a text nobody can tell (packages/client/quantumjobs/circuits).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "pennylane==0.45.1"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import pennylane as qml


def exported(postselect):
    with qml.tape.QuantumTape() as tape:
        qml.Hadamard(0)
        qml.measure(0, postselect=postselect)
        qml.probs(wires=[0])
    try:
        return qml.to_openqasm(tape, measure_all=True)
    except NotImplementedError as error:
        return f"{type(error).__name__}: {error}"


@qml.qnode(qml.device("default.qubit"))
def selected():
    qml.Hadamard(0)
    qml.measure(0, postselect=0)
    return qml.probs(wires=[0])


probabilities = [round(float(each), 6) for each in selected()]
print("PennyLane's own probabilities with postselect=0:", probabilities)
print("exported with postselect=1:", exported(1).partition("Measure")[0])
print("exported with postselect=0 as without:", exported(0) == exported(None))
assert probabilities == [1.0, 0.0], "changed: the simulator"
assert exported(1).startswith("NotImplementedError"), "changed: postselect=1"
assert exported(0) == exported(None), "changed: postselect=0"
PYTHON
