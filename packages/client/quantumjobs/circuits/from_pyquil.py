"""pyQuil's programs, as Quil, which the targets of Rigetti take; the result is the memory that is measured into.

The leftmost bit is the first one of that memory, as in pyQuil.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from quantumjobs.circuits.refusals import no_circuit, unmeasured, unwritten
from quantumjobs.orders import Program


def convert(circuit: Any) -> Program:
    """Write a `Program` as Quil; a parameter without a value is named by the deployment, which knows `params`."""
    pyquil = import_module("pyquil")
    if not isinstance(circuit, pyquil.Program):
        raise no_circuit("pyQuil", circuit, "a Program")
    measurement = import_module("pyquil.quilbase").Measurement
    if not any(isinstance(instruction, measurement) for instruction in circuit.instructions):
        raise unmeasured("Declare a memory 'ro' and add MEASURE, or call program.measure_all()")
    try:
        text = circuit.out()
    except (RuntimeError, ValueError, import_module("quil").ToQuilStringError) as error:
        raise unwritten(
            "pyQuil", error, "Give placeholders their qubits: pyquil.quil.address_qubits(program)"
        ) from error
    return Program("rigetti.quil.v1", text=text)
