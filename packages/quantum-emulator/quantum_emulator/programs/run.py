"""The types between readers and writers: a program's parameters, and its outcome."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from quantum_emulator.programs.error_rates import Rates

type Value = bool | int | float | str | list["Value"] | tuple["Value", ...]


@dataclass(frozen=True)
class Run:
    """One execution: `exact` asks for probabilities where the target gives them instead of sampling.

    Where there are `items`, each names an entry point and its arguments, and has a result of its own; `failing_item` is
    the one that fails on purpose. `noisy` asks for the target's published errors, and `rates` are those to simulate.
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
    failing_item: int | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    target: str = ""
    noisy: bool = False
    rates: Rates | None = None
    stabilizer: bool = False


@dataclass(frozen=True)
class Shots:
    """What each shot recorded; a measurement is 0, 1, or "-" where the qubit was lost.

    With `names`, every value is a list of registers of bits, bit 0 first, in the order of the names.
    """

    values: list[Value]
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Distribution:
    """Probabilities by outcome, read as an integer whose lowest bit is qubit 0."""

    probabilities: dict[int, float]


@dataclass(frozen=True)
class Solutions:
    """A solver's solutions, best first: the value of each variable, and the cost; and the solver's parameters."""

    solutions: list[tuple[dict[int, int], float]]
    parameters: Mapping[str, Any] = field(default_factory=dict)


type Outcome = Shots | Distribution | Solutions


def shots_of(samples: Iterable[str], value: Callable[[str], Value]) -> Shots:
    """Turn each sample into its value; equal samples share one value, since there are few outcomes and many shots."""
    values: dict[str, Value] = {}
    for bits in (samples := list(samples)):
        if bits not in values:
            values[bits] = value(bits)
    return Shots([values[bits] for bits in samples])


def named_shots(samples: Iterable[str], registers: Sequence[tuple[str, int]]) -> Shots:
    """Cut each sample, bit 0 of the first register first, into named registers."""

    def value(bits: str) -> Value:
        rest = iter(bits.replace(" ", ""))
        return [[int(next(rest)) for _ in range(size)] for _, size in registers]

    return Shots(shots_of(samples, value).values, tuple(name for name, _ in registers))
