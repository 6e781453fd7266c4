"""The errors of a machine in a tree of histories: which shots an error hits, so that they go their own way.

Shots without an error, which are most, still share one state.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from quantum_emulator.programs.error_rates import Rates

type Paulis = tuple[tuple[str, int], ...]
type Groups = list[tuple[int, Paulis]]

ALONG_Z = ("z", "s", "sdg", "t", "tdg", "rz")


@dataclass(frozen=True)
class Taken:
    """Some shots' measurement: its value, the value that is read, and what a reset makes of the qubit."""

    shots: int
    value: int
    word: int
    after: int | None


class Faults:
    """The error rates of one execution, and the dice."""

    def __init__(self, rates: Rates, random: np.random.Generator) -> None:
        self._rates, self._random = rates, random

    def behind(self, gate: str, qubits: Sequence[int], shots: int) -> Groups:
        """Divide the shots after a gate by the Pauli operators that hit them."""
        if self._rates.virtual_z and gate in ALONG_Z:
            return [(shots, ())]
        chance = self._rates.one if len(qubits) == 1 else self._rates.two
        hit = int(self._random.binomial(shots, chance))
        if not hit:
            return [(shots, ())]
        letters = [word for word in product(("", "x", "y", "z"), repeat=len(qubits)) if any(word)]
        counts = self._random.multinomial(hit, [1 / len(letters)] * len(letters))
        groups: Groups = [(shots - hit, ())] if hit < shots else []
        for word, count in zip(letters, counts, strict=True):
            if count:
                places = zip(word, qubits, strict=True)
                groups.append((int(count), tuple((letter, qubit) for letter, qubit in places if letter)))
        return groups

    def fresh(self, qubit: int, shots: int) -> Groups:
        """Divide the shots by whether a fresh qubit is 1."""
        ones = int(self._random.binomial(shots, self._rates.fresh))
        groups: Groups = [(shots - ones, ()), (ones, (("x", qubit),))]
        return [group for group in groups if group[0]]

    def measured(self, outcomes: Sequence[Taken], *, is_read: bool) -> list[Taken]:
        """Divide the shots of each outcome by what is read, and by what a reset leaves."""
        return [
            part for outcome in outcomes for read in self._read(outcome, is_read=is_read) for part in self._reset(read)
        ]

    def _read(self, taken: Taken, *, is_read: bool) -> Iterator[Taken]:
        wrong = int(self._random.binomial(taken.shots, self._rates.reads[taken.value])) if is_read else 0
        if wrong < taken.shots:
            yield replace(taken, shots=taken.shots - wrong)
        if wrong:
            yield replace(taken, shots=wrong, word=1 - taken.value)

    def _reset(self, taken: Taken) -> Iterator[Taken]:
        wrong = 0 if taken.after is None else int(self._random.binomial(taken.shots, self._rates.fresh))
        if wrong < taken.shots:
            yield replace(taken, shots=taken.shots - wrong)
        if wrong:
            yield replace(taken, shots=wrong, after=1)
