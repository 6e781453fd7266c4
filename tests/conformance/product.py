"""Runs a program the product's way: checked, compiled as in the box, run by the emulator, read as a job's result."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from quantum.programs.compiling.faults import FaultyProgramError
from quantum.programs.compiling.openqasm import compile_openqasm
from quantum.programs.formats import FORMATS
from quantum.results.histograms import Histogram, UnreadableResultError
from quantum.results.layouts import fill_in
from quantum.results.readers import read_result
from quantum_emulator.errors import ProgramError
from quantum_emulator.programs.formats import execute

QUBITS = 30
OUTPUT = {"ionq.circuit.v1": "ionq.quantum-results.v1", "rigetti.quil.v1": "rigetti.quil-results.v1"}
COMPILED = ("openqasm2", "openqasm3")


class RefusedError(Exception):
    """The product does not take the program; says who refused it and why."""


@dataclass(frozen=True)
class Ready:
    """A program as the workspace gets it."""

    content: bytes
    format: str
    entry_point: str | None = None
    qubits: int | None = None
    layout: str | None = None


def counts_of(program: Mapping[str, Any], profile: str, shots: int, seed: int) -> dict[str, int]:
    """Give a program's counts; RefusedError says why there are none."""
    return counted(ready(program, profile), shots, seed)


def ready(program: Mapping[str, Any], profile: str) -> Ready:
    """Check a program, and compile it where its format asks for that."""
    row = FORMATS[program["format"]]
    content = program["text"].encode()
    if faults := row.check(content).faults:
        raise RefusedError(f"door: {faults[0].reason}")
    if program["format"] not in COMPILED:
        return Ready(content, program["format"], program.get("entryPoint"), row.check(content).qubits)
    request = {
        "source": program["text"],
        "language": program["format"],
        "profile": profile,
        "entryPoint": None,
        "arguments": program.get("arguments", []),
    }
    try:
        header, qir = compile_openqasm(request)
    except FaultyProgramError as error:
        lines = [f"line {fault['line']}: {fault['reason']}" for fault in error.faults[:3]]
        raise RefusedError(f"compiler: {'; '.join(lines)}") from error
    return Ready(qir.encode(), "qir.v1", header["entryPoint"], header["qubits"], header["layout"])


def counted(program: Ready, shots: int, seed: int) -> dict[str, int]:
    """Run what is ready on the emulator, in this process, and read its output."""
    output = OUTPUT.get(program.format, "microsoft.quantum-results.v2")
    if program.format.endswith("openqasm.v1"):
        output = "quantinuum.quantum-results.v1"
    header = {
        "format": program.format,
        "output": output,
        "shots": shots,
        "seed": seed,
        "qubits": QUBITS,
        "entry_point": program.entry_point,
    }
    try:
        raw = execute(header, program.content)
        histogram = read_result(raw, output, shots, program.qubits)
    except ProgramError as error:
        raise RefusedError(f"emulator: {error}") from error
    except UnreadableResultError as error:
        raise RefusedError(f"result: {error}") from error
    assert isinstance(histogram, Histogram)
    if program.layout:
        histogram = fill_in(histogram, program.layout)
    if not histogram.counts:
        raise RefusedError(f"result: no counts, {json.dumps(histogram.warnings)}")
    return {outcome: count for outcome, count in histogram.counts.items() if count}
