#!/usr/bin/env bash
# azure-quantum's Cirq service and its Qiskit provider read the bit strings of Quantinuum in opposite directions.
#
# Version: azure-quantum 3.13.0.  Source: both readers, on one recorded output; Quantinuum writes the last bit of a register first
# Expected: "01" is bit 0 = 1, bit 1 = 0 in both
# Seen:     Qiskit's counts say so ("01", bit 0 last); Cirq's measurement of the same string is [0, 1], bit 0 = 0
# What we do about it: our own reader turns these strings round (quantum/results/readers.py); who compares both services has to do the same.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "azure-quantum[cirq,qiskit]==3.13.0"
QDK_PYTHON_TELEMETRY=none "$folder/venv/bin/python" -W ignore - <<'PYTHON'
from types import SimpleNamespace

import cirq
from azure.quantum.cirq.targets.quantinuum import QuantinuumTarget
from azure.quantum.qiskit.job import AzureQuantumJob

measured = QuantinuumTarget._to_cirq_result({"m_k": ["01"]}, cirq.ParamResolver({})).measurements["k"]
job = object.__new__(AzureQuantumJob)
job._azure_job = SimpleNamespace(get_results=lambda: {"k": ["01"]})
(counted,) = job._format_quantinuum_results()["counts"]
by_qiskit = [int(bit) for bit in reversed(counted)]
by_cirq = [int(bit) for bit in measured[0]]
print(f"bits 0 and 1 of the same string: by the Qiskit provider {by_qiskit}, by the Cirq service {by_cirq}")
assert by_qiskit == [1, 0], "changed: the Qiskit provider"
assert by_cirq == [0, 1], "changed: the Cirq service"
PYTHON
