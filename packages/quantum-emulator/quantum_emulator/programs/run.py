"""What a program is run with and what comes of it: the two shapes between the readers and the writers."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

type Value = bool | int | float | str | list["Value"] | tuple["Value", ...]


@dataclass(frozen=True)
class Run:
    """One execution: `exact` asks for probabilities where the target gives them instead of sampling.

    Where there are `items`, each names an entry point and its arguments, and gives a result of its own.
    """

    format: str
    output: str
    shots: int
    seed: int
    qubits: int
    seconds: float = 60.0
    exact: bool = False
    encoding: str = ""
    max_bytes: int = 64 * 1024 * 1024
    entry_point: str | None = None
    arguments: tuple[Any, ...] = ()
    items: tuple[Mapping[str, Any], ...] = ()
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Shots:
    """What each shot recorded; a measurement is 0, 1, or "-" where the qubit was lost.

    Where there are `names`, every value is a list of registers of bits, bit 0 first, by these names.
    """

    values: list[Value]
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Distribution:
    """Probabilities by outcome, read as an integer whose lowest bit is qubit 0."""

    probabilities: dict[int, float]


@dataclass(frozen=True)
class Solutions:
    """What a solver found, best first: the value of each variable, and the cost; and what it was run with."""

    found: list[tuple[dict[int, int], float]]
    parameters: Mapping[str, Any] = field(default_factory=dict)


type Outcome = Shots | Distribution | Solutions


def shots_of(samples: Iterable[str], value: Callable[[str], Value]) -> Shots:
    """Turn each sample into its value; equal samples share one value, for there are few outcomes and many shots."""
    values: dict[str, Value] = {}
    for bits in (samples := list(samples)):
        if bits not in values:
            values[bits] = value(bits)
    return Shots([values[bits] for bits in samples])


def named_shots(samples: Iterable[str], registers: Sequence[tuple[str, int]]) -> Shots:
    """Cut each sample, bit 0 of the first register first, into registers of a name and so many bits."""

    def value(bits: str) -> Value:
        rest = iter(bits.replace(" ", ""))
        return [[int(next(rest)) for _ in range(size)] for _, size in registers]

    return Shots(shots_of(samples, value).values, tuple(name for name, _ in registers))
