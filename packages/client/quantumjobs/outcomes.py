"""Parts of a result: the registers that outcomes consist of, and the solutions of a problem."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from quantumjobs import wire

if TYPE_CHECKING:
    from collections.abc import Mapping


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
