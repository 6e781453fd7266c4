"""What outcomes consist of, and what can be worked out of their counts; the solutions of a problem."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from quantumjobs import wire
from quantumjobs.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from typing_extensions import Self


@dataclass(frozen=True)
class Register:
    """A part of every outcome: so many bits, and a name where the program gave one."""

    bits: int
    name: str | None


@dataclass(frozen=True)
class Solution:
    """What a solver found: a value for each variable, and what that costs."""

    configuration: Mapping[str, int]
    cost: float


@dataclass(frozen=True)
class Part:
    """The outcomes of one program of several."""

    counts: Mapping[str, int]
    probabilities: Mapping[str, float]
    sampled: bool | None
    registers: tuple[Register, ...]

    @classmethod
    def from_wire(cls, document: object) -> Self:
        """Read the outcomes of a program."""
        raw = wire.mapping(document)
        return cls(
            wire.numbers(raw.get("counts"), wire.integer),
            wire.numbers(raw.get("probabilities"), wire.number),
            wire.flag(raw.get("sampled")),
            read_registers(raw.get("registers")),
        )


class Distribution(Protocol):
    """Outcomes with how often they came, or how probable they are; the leftmost bit of an outcome is qubit 0."""

    @property
    def counts(self) -> Mapping[str, int]:
        """How often each came; nothing where only probabilities are known."""

    @property
    def probabilities(self) -> Mapping[str, float]:
        """How probable each is."""

    @property
    def registers(self) -> tuple[Register, ...]:
        """What the parts of an outcome are, between blanks."""


def weights_of(counted: Distribution) -> Mapping[str, float]:
    """Take the counts, or the probabilities where nothing was counted."""
    return counted.counts or counted.probabilities


def total_weight(counted: Distribution) -> float:
    """Add up the weights of all outcomes; 1 where there is none, to divide by."""
    return sum(weights_of(counted).values()) or 1


def ranked(counted: Distribution, top: int | None = None) -> list[tuple[str, float]]:
    """Sort the outcomes, the most frequent first and those alike by their bits; `top` of them at most."""
    return sorted(weights_of(counted).items(), key=lambda item: (-item[1], item[0]))[:top]


def split_outcome(outcome: str, registers: Sequence[Register]) -> list[str]:
    """Part an outcome into its registers: at blanks, or by the registers' sizes where it has none."""
    if " " in outcome or len(registers) < 2:
        return outcome.split(" ")
    ends = [sum(register.bits for register in registers[: place + 1]) for place in range(len(registers))]
    return [outcome[end - register.bits : end] for register, end in zip(registers, ends, strict=True)]


def places_of(selection: Sequence[str | int], registers: Sequence[Register]) -> list[int]:
    """Find registers by name or place, or raise UsageError."""
    names = [register.name for register in registers]
    labels = [name or str(place) for place, name in enumerate(names)]
    for register in selection:
        if register not in names and not (isinstance(register, int) and 0 <= register < len(names)):
            hint = f"there are: {', '.join(labels)}" if labels else "the result does not say which registers it has"
            raise UsageError(f"{register!r} is no register: {hint}")
    return [register if isinstance(register, int) else names.index(register) for register in selection]


def sign_of(outcome: str, paulis: str) -> int:
    """Tell whether an outcome counts for or against the expectation of a string of I and Z."""
    bits = outcome.replace(" ", "")
    if len(bits) != len(paulis) or set(paulis) - {"I", "Z"}:
        raise UsageError(
            f"{paulis!r} does not fit the outcome {outcome!r}: give one letter for each bit, Z or I, the leftmost for"
            " the leftmost bit"
        )
    return -1 if sum(bit == "1" for bit, pauli in zip(bits, paulis, strict=True) if pauli == "Z") % 2 else 1


def read_registers(value: object) -> tuple[Register, ...]:
    """Read the `registers` of a result."""
    rows = [wire.mapping(entry) for entry in wire.a_list(value)]
    return tuple(Register(wire.integer(row.get("bits")) or 0, wire.text(row.get("name"))) for row in rows)


def read_solutions(value: object) -> tuple[Solution, ...]:
    """Read the `solutions` of a result."""
    return tuple(_solution(wire.mapping(entry)) for entry in wire.a_list(value))


def _solution(raw: Mapping[str, object]) -> Solution:
    values = {name: wire.integer(number) for name, number in wire.mapping(raw.get("configuration")).items()}
    configuration = {name: number for name, number in values.items() if number is not None}
    return Solution(configuration, wire.number(raw.get("cost")) or 0.0)
