"""Gates as a program applies them, before they are taken apart: with modifiers, and made of other gates."""

from dataclasses import dataclass

from quantum.programs.openqasm.angles import Angle


@dataclass(slots=True, frozen=True)
class Control:
    """`ctrl @` or `negctrl @`: qubits that must be 1, or 0 where their place in `ones` is false."""

    qubits: tuple[int, ...]
    ones: tuple[bool, ...]


@dataclass(slots=True, frozen=True)
class Power:
    """`pow(k) @`; `inv @` is the power -1. A power that is no whole number is the principal one."""

    exponent: float


@dataclass(slots=True, frozen=True)
class Applied:
    """A gate applied to qubits, numbered in the circuit.

    `gate` is the name of a gate that the library knows (`quantum.programs.openqasm.library`), or the gates that a gate
    of the program consists of; `angles` and `qubits` are empty then, since its parts have theirs. `modifiers` stand as
    they are written: the last is the nearest to the gate.
    """

    gate: "str | tuple[Applied, ...]"
    angles: tuple[Angle, ...]
    qubits: tuple[int, ...]
    modifiers: tuple[Control | Power, ...] = ()
    at: int = 0
