"""What a program is run with and what comes of it: the two shapes between the readers and the writers."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

type Value = bool | int | float | str | list["Value"] | tuple["Value", ...]


@dataclass(frozen=True)
class Run:
    """One execution: `exact` asks for probabilities where the target gives them instead of sampling."""

    format: str
    output: str
    shots: int
    seed: int
    qubits: int
    exact: bool = False
    encoding: str = ""
    max_bytes: int = 64 * 1024 * 1024
    entry_point: str | None = None
    arguments: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Shots:
    """What each shot recorded; a measurement is 0, 1, or "-" where the qubit was lost."""

    values: list[Value]


@dataclass(frozen=True)
class Distribution:
    """Probabilities by outcome, read as an integer whose lowest bit is qubit 0."""

    probabilities: dict[int, float]


type Outcome = Shots | Distribution


def shots_of(samples: Iterable[str], value: Callable[[str], Value]) -> Shots:
    """Turn each sample into its value; equal samples share one value, for there are few outcomes and many shots."""
    values: dict[str, Value] = {}
    for bits in (samples := list(samples)):
        if bits not in values:
            values[bits] = value(bits)
    return Shots([values[bits] for bits in samples])
