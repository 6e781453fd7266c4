"""The back end: a circuit of the core as QIR, in linear time.

Bits whose value is known before the program runs are not recorded, since most targets record only what was measured;
the layout says where they belong (`quantum.programs.openqasm.recording`).
"""

from dataclasses import dataclass

from quantum.programs.openqasm.circuit import Circuit
from quantum.programs.openqasm.compact import compact
from quantum.programs.openqasm.qir_adaptive import Branching
from quantum.programs.openqasm.qir_base import StraightLine
from quantum.programs.openqasm.qir_text import ENTRY_POINT, PROFILES


@dataclass(frozen=True)
class Qir:
    """QIR as text, its entry point, the qubits that it needs, and its layout; None where every bit is recorded."""

    text: str
    qubits: int
    layout: str | None = None
    entry_point: str = ENTRY_POINT


def write(circuit: Circuit, profile: str) -> Qir:
    """Write a bound circuit in a profile; FaultyProgramError says what no target of the profile can run."""
    _, computes = PROFILES[profile]
    circuit = compact(circuit)
    writer = Branching(circuit) if computes else StraightLine(circuit)
    layout = writer.write(circuit)
    return Qir(writer.text.module(profile, writer.qubits), writer.qubits, layout)
