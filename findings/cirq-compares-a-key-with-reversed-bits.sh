#!/usr/bin/env bash
# Cirq writes a condition on a measured key into OpenQASM 3 with its number unchanged, although the bits count the other way round there.
#
# Version: cirq-core 1.7.0, read by qiskit-qasm3-import 0.6.0 and run by qiskit-aer 0.18.2
# Source: cirq.qasm of a gate controlled by `m == 2`, where qubit 0 of the key m is 1 and qubit 1 is 0
# Expected: the gate is applied by both: Cirq takes the first measured qubit as the highest bit, so [1, 0] is 2
# Seen:     the text says `m_m[0] = measure q[0]; … if (m_m==2)`; in OpenQASM bit 0 is the lowest, [1, 0] is 1, and the gate is not applied
# What we do about it: our client turns the number round before Cirq writes it; of a text nobody can tell (packages/client/quantumjobs/circuits).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
  "cirq-core==1.7.0" "qiskit==2.6.2" "qiskit-aer==0.18.2" "qiskit-qasm3-import==0.6.0"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import cirq
import sympy
from qiskit import qasm3
from qiskit_aer import AerSimulator

first, second, target = cirq.LineQubit.range(3)
circuit = cirq.Circuit(
    cirq.X(first),
    cirq.measure(first, second, key="m"),
    cirq.X(target).with_classical_controls(sympy.Eq(sympy.Symbol("m"), 2)),
    cirq.measure(target, key="o"),
)
by_cirq = int(cirq.Simulator().run(circuit).measurements["o"][0, 0])
text = cirq.qasm(circuit, args=cirq.QasmArgs(version="3.0"))
counts = AerSimulator().run(qasm3.loads(text), shots=10).result().get_counts()
(bits,) = counts
by_text = int(bits.split()[0])
print(f"the conditional X: applied by Cirq {by_cirq}, by its OpenQASM in Qiskit {by_text}")
assert "if (m_m==2)" in text, "changed: the text"
assert (by_cirq, by_text) == (1, 0), "changed: one of both readings"
PYTHON
