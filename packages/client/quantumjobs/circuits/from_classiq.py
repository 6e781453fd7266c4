"""Classiq's quantum programs, as objects or as the JSON of a `.qprog` file, with the OpenQASM that they hold.

Each output of the model is a register of the result; its leftmost bit is its first qubit, the least significant one.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from quantumjobs.circuits import is_quantum_program
from quantumjobs.circuits.refusals import no_circuit, unbound, unmeasured
from quantumjobs.errors import UsageError
from quantumjobs.openqasm import language_of
from quantumjobs.orders import Program

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

REGISTER = re.compile(r"^\s*(?:qreg\s+(\w+)\s*\[(\d+)\]|qubit\s*\[(\d+)\]\s*(\w+))\s*;", re.MULTILINE)
MEASURE = re.compile(r"\bmeasure\b")


def convert(thing: Any) -> Program:
    """Take a `QuantumProgram`, or its JSON read as a dictionary."""
    document = json.loads(thing.model_dump_json()) if hasattr(thing, "model_dump_json") else thing
    if not isinstance(document, dict) or not is_quantum_program(document):
        raise no_circuit("Classiq", thing, "the QuantumProgram that synthesize() returns")
    text = document["outputs"].get("qasm")
    if not isinstance(text, str):
        raise UsageError("the quantum program holds no OpenQASM. Submit the text that classiq.export(program) returns")
    data = document["data"]
    if names := data.get("circuit_parameters"):
        raise unbound(names, "Assign it first: classiq.assign_parameters(program, {name: value})")
    if not MEASURE.search(text):
        text += "".join(_measurements(text, (data.get("qubit_mapping") or {}).get("logical_outputs") or {}))
    return Program(language_of(text), text=text)


def _measurements(text: str, outputs: Mapping[str, list[int]]) -> Iterator[str]:
    """Measure each output: Classiq itself adds this when it runs a program, and leaves it out of the OpenQASM."""
    if not outputs:
        raise unmeasured("Give the model's main function an output, or add measurements to the OpenQASM")
    qubits = [
        f"{two or three}[{place}]"
        for two, size2, size3, three in REGISTER.findall(text)
        for place in range(int(size2 or size3))
    ]
    for name, places in outputs.items():
        yield f"\ncreg {name}[{len(places)}];\n"
        yield "".join(f"measure {qubits[place]} -> {name}[{bit}];\n" for bit, place in enumerate(places))
