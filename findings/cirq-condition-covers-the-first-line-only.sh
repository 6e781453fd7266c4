#!/usr/bin/env bash
# Cirq writes a classical condition before the first of an operation's lines of OpenQASM only; the others are always executed.
#
# Version: cirq-core 1.7.0, read by qiskit-qasm3-import 0.6.0 and run by qiskit-aer 0.18.2
# Source: cirq.qasm of CCZ between Hadamard gates under a condition that does not hold: CCZ is written as h, ccx, h
# Expected: nothing is applied, the target stays 0, as in Cirq's own simulator
# Seen:     `if (m_m==1) h q[3];` and then `ccx` and `h` without the condition: the target is 0 and 1 equally often
# What we do about it: our client takes such operations apart first, so that each line has its own condition; of a text nobody can tell.
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

flag, first, second, target = cirq.LineQubit.range(4)
circuit = cirq.Circuit(
    cirq.measure(flag, key="m"),  # always 0
    cirq.CCZ(first, second, target).with_classical_controls(sympy.Eq(sympy.Symbol("m"), 1)),
    cirq.measure(target, key="o"),
)
by_cirq = cirq.Simulator(seed=1).run(circuit, repetitions=1000).histogram(key="o")
text = cirq.qasm(circuit, args=cirq.QasmArgs(version="3.0"))
lines = [line for line in text.splitlines() if line.endswith(";")]
print("\n".join(lines[-5:]))
counts = AerSimulator().run(qasm3.loads(text), shots=1000, seed_simulator=1).result().get_counts()
ones = sum(times for bits, times in counts.items() if bits.split()[0] == "1")
print(f"target measured as 1 in 1000 shots: by Cirq {by_cirq[1]}, by its OpenQASM in Qiskit {ones}")
assert sum(line.startswith("if (") for line in lines) == 1, "changed: the text"
assert by_cirq[1] == 0 and 400 < ones < 600, "changed: one of both readings"
PYTHON
