"""A state vector that holds only the qubits which are in superposition; the others are plain 0 or 1.

Qubits after measurement or reset, and before their first superposition, cost nothing; so a program that reuses its
qubits is only as wide as its live qubits at one time.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from qiskit import QuantumCircuit
from qiskit.quantum_info import Operator

from quantum_emulator.programs.gates import draw

type Vector = NDArray[np.complex128]
type Rows = tuple[tuple[tuple[int, complex], ...], ...]

NEGLIGIBLE = 1e-12
MOST_LIVE = 24  # qubits in superposition at once: a vector of 256 MiB, of which a gate needs some
REMEMBERED = 4096


@dataclass(frozen=True)
class Action:
    """A gate's effect on partly plain qubits: those to make live first, or its matrix and the new plain values.

    `rows` say which entries make up each new one, over the gate's live qubits, the first the lowest; `plain` is what
    each plain qubit becomes.
    """

    to_enliven: tuple[int, ...] = ()
    live: tuple[int, ...] = ()
    rows: Rows = ()
    plain: tuple[tuple[int, int], ...] = ()


@lru_cache(maxsize=REMEMBERED)
def _matrix(method: str, angles: tuple[float, ...], qubits: int) -> Vector:
    circuit = QuantumCircuit(qubits)
    draw(circuit, method, (*angles, *range(qubits)))
    matrix: Vector = Operator(circuit).data
    return matrix


@lru_cache(maxsize=REMEMBERED)
def _action(method: str, angles: tuple[float, ...], pattern: tuple[int | None, ...]) -> Action:
    """The gate's effect; `pattern` has each qubit's plain value, None for live ones."""
    matrix = _matrix(method, angles, len(pattern))
    places = range(len(pattern))
    columns = [index for index in range(len(matrix)) if all(pattern[p] in (None, index >> p & 1) for p in places)]
    reached = [row for row in range(len(matrix)) if any(abs(matrix[row, column]) > NEGLIGIBLE for column in columns)]
    after = {p: {row >> p & 1 for row in reached} for p in places if pattern[p] is not None}
    if torn := tuple(p for p, values in after.items() if len(values) > 1):
        return Action(to_enliven=torn)
    live = tuple(p for p in places if pattern[p] is None)
    plain = tuple((p, values.pop()) for p, values in after.items())
    fixed = sum(value << p for p, value in plain)
    rows = []
    for entry in range(1 << len(live)):
        row = fixed + sum((entry >> n & 1) << p for n, p in enumerate(live))
        terms = enumerate(complex(matrix[row, column]) for column in columns)
        rows.append(tuple((n, factor) for n, factor in terms if abs(factor) > NEGLIGIBLE))
    return Action(live=live, rows=tuple(rows), plain=plain)


@dataclass
class State:
    """The live qubits in the order of the vector's axes, and the values of the plain ones that are not 0."""

    vector: Vector = field(default_factory=lambda: np.ones((), dtype=np.complex128))
    live: list[int] = field(default_factory=list)
    plain: dict[int, int] = field(default_factory=dict)

    def copy(self) -> "State":
        """An independent state; vectors are immutable, so both share them."""
        return State(self.vector, self.live.copy(), self.plain.copy())

    def apply(self, method: str, angles: Sequence[float], qubits: Sequence[int]) -> None:
        """Apply qiskit's gate of this name; `MemoryError` where too many qubits are in superposition."""
        while True:
            pattern = tuple(None if qubit in self.live else self.plain.get(qubit, 0) for qubit in qubits)
            action = _action(method, tuple(angles), pattern)
            if not action.to_enliven:
                break
            for place in action.to_enliven:
                self._enliven(qubits[place])
        for place, value in action.plain:
            self.plain[qubits[place]] = value
        if action.live:
            self._mix([qubits[place] for place in action.live], action.rows)

    def chance(self, qubit: int) -> float:
        """The probability of measuring 1."""
        if qubit not in self.live:
            return float(self.plain.get(qubit, 0))
        half = self.vector[self._slice({qubit: 1})]
        return min(1.0, float(np.vdot(half, half).real))

    def collapse(self, qubit: int, value: int) -> None:
        """Apply a measurement's outcome, which must be possible: the qubit becomes plain."""
        if qubit in self.live:
            half = self.vector[self._slice({qubit: value})]
            self.vector = half / np.sqrt(np.vdot(half, half).real)
            self.live.remove(qubit)
        self.plain[qubit] = value

    def set_plain(self, qubit: int, value: int) -> None:
        """Give a plain qubit another value."""
        self.plain[qubit] = value

    def _enliven(self, qubit: int) -> None:
        if len(self.live) >= MOST_LIVE:
            raise MemoryError(f"more than {MOST_LIVE} qubits are in superposition at once")
        vector = np.zeros((*self.vector.shape, 2), dtype=np.complex128)
        vector[..., self.plain.pop(qubit, 0)] = self.vector
        self.vector = vector
        self.live.append(qubit)

    def _slice(self, values: dict[int, int]) -> tuple[int | slice, ...]:
        return tuple(values.get(qubit, slice(None)) for qubit in self.live)

    def _mix(self, qubits: Sequence[int], rows: Rows) -> None:
        parts = [
            self._slice({qubit: entry >> place & 1 for place, qubit in enumerate(qubits)}) for entry in range(len(rows))
        ]
        mixed = self.vector.copy()
        for entry, terms in enumerate(rows):
            if terms != ((entry, 1.0),):  # an identity row changes nothing
                mixed[parts[entry]] = self._sum([(parts[other], factor) for other, factor in terms])
        self.vector = mixed

    def _sum(self, terms: Sequence[tuple[tuple[int | slice, ...], complex]]) -> Vector:
        (first, factor), *others = terms
        total = self.vector[first] if factor == 1.0 else self.vector[first] * factor
        for part, other in others:
            total = total + self.vector[part] * other
        return total
