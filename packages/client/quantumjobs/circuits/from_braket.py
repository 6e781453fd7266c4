"""Braket's circuits and OpenQASM programs: register `b` of the result holds the measured qubits.

The leftmost bit is the qubit that was measured first, or the lowest one where the circuit measures all, as in Braket.
"""

from __future__ import annotations

import re
from importlib import import_module
from typing import Any

from quantumjobs.circuits.refusals import no_circuit, unbound, unwritten
from quantumjobs.errors import UsageError
from quantumjobs.orders import Program

# What Braket writes as pragmas changes what a program does, and is no gate.
PRAGMA = re.compile(r"^#pragma braket (unitary|noise|result)\b *(\w*)", re.MULTILINE)
REMEDIES = {
    "unitary": "Write the matrix as gates",
    "noise": "Leave the noise to the target",
    "result": "Leave result types out: a job gives counts of all qubits, or of those in circuit.measure()",
}


def convert(circuit: Any) -> Program:
    """Write a `Circuit`, or take what an OpenQASM `Program` holds, as OpenQASM 3."""
    program = circuit
    if isinstance(circuit, import_module("braket.circuits").Circuit):
        kind = import_module("braket.circuits.serialization").IRType.OPENQASM
        try:
            program = circuit.to_ir(ir_type=kind)
        except (ValueError, TypeError, NotImplementedError) as error:
            raise unwritten("Braket", error, "Replace that part") from error
    text = getattr(program, "source", None)
    if not isinstance(text, str):
        raise no_circuit("Braket", circuit, "a Circuit or an OpenQASM Program")
    named = re.findall(r"^input \w+(?:\[\d+\])? (\w+);", text, re.MULTILINE)
    if named:
        raise unbound(
            sorted(named), "Give arguments={name: value}, or bind it: circuit.make_bound_circuit({name: value})"
        )
    if match := PRAGMA.search(text):
        raise UsageError(f"{' '.join(match.groups()).strip()} is not written as gates by Braket. {REMEDIES[match[1]]}")
    return Program("openqasm3", text=text)
