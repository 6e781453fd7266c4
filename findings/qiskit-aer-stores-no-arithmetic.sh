#!/usr/bin/env bash
# qiskit-aer runs a store of bit operations, and no store of arithmetic.
#
# Version: qiskit-aer 0.18.2, qiskit 2.6.2.  Source: qiskit.circuit.classical.expr, whose expressions a circuit may store
# Expected: a = 1 at run time, then b = a ^ 3 and b = a + 1 are both 2
# Seen:     b = a ^ 3 is 2; b = a + 1 ends in "unknown op: Binary.Op.ADD"
# What we do about it: arithmetic on measured registers is compared with values worked out by hand, not with that simulator.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check qiskit-aer==0.18.2 qiskit==2.6.2
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister
from qiskit.circuit.classical import expr
from qiskit_aer import AerSimulator


def stored(operation, number):
    """The counts of a circuit that stores the operation of a = 1 and a number in b."""
    circuit = QuantumCircuit(QuantumRegister(2), ClassicalRegister(2, "a"), ClassicalRegister(2, "b"))
    circuit.x(0)
    circuit.measure([0, 1], [0, 1])
    circuit.store(circuit.cregs[1], operation(circuit.cregs[0], number))
    try:
        return AerSimulator().run(circuit, shots=10).result().get_counts()
    except Exception as error:
        return str(error)


by_bits, by_arithmetic = stored(expr.bit_xor, 3), stored(expr.add, 1)
print(f"b = a ^ 3: {by_bits}\nb = a + 1: {by_arithmetic}")
assert by_bits == {"10 01": 10}, "changed: bit operations"
assert "unknown op" in str(by_arithmetic), "changed: arithmetic"
PYTHON
