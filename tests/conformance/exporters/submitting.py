"""Has the client make a program of a library's circuit, as a row that is compared with the library's own simulator."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[3] / "packages" / "client"))
from quantumjobs.circuits import program_of
from quantumjobs.errors import UsageError

Simulate = Callable[[], dict[str, int]]


def submitted(circuit: Any, version: str, expected: dict[str, Any], simulate: Simulate | None) -> dict[str, Any]:
    """Write a circuit by the client; the simulator runs it where the whole distribution is compared."""
    program = program_of(circuit)
    row = {"version": version, "format": program.format, "text": program.text}
    if simulate is not None and "exact" in expected:
        row["simulated"] = simulate()
    return row | expected


def refusal(circuit: Any) -> str:
    """Say how the client refuses a circuit; empty where it takes it."""
    try:
        program_of(circuit)
    except UsageError as error:
        return str(error)
    return ""
