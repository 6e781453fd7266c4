"""The exact distribution of a circuit, from the matrices that a library itself gives for its gates.

Runs among the exporters, where nothing of the product is. Steps are tuples: `("gate", matrix, qubits)` with the first
qubit as the most significant one, `("measure", qubit, bit)`, `("reset", qubit)`, `("set", bit, value)` with a function
of the bits, and `("if", condition, read_bits, then, otherwise)`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np

Step = tuple[Any, ...]
Bits = dict[int, int]
NEGLIGIBLE = 1e-12
MOST_EXACT_BITS = 12
X = np.array([[0, 1], [1, 0]], dtype=complex)


def distribution(qubits: int, steps: Sequence[Step], registers: Sequence[Sequence[int]]) -> dict[str, float]:
    """Give the probability of each outcome: bits of a register from its first on, registers with a blank between."""
    during, last = _split(steps)
    state = np.zeros((2,) * qubits, dtype=complex)
    state[(0,) * qubits] = 1
    chances: dict[str, float] = {}
    for branch, bits in _run(during, [(state, {})]):
        for outcome, chance in _measured(branch, last):
            text = _spelled({**bits, **outcome}, registers)
            chances[text] = chances.get(text, 0.0) + chance
    return {text: chance for text, chance in chances.items() if chance > NEGLIGIBLE}


def expectation(qubits: int, steps: Sequence[Step], registers: Sequence[Sequence[int]]) -> dict[str, Any]:
    """Give the distribution, or where it is of many bits the chance that the bits at some places are odd together."""
    exact = distribution(qubits, steps, registers)
    if sum(map(len, registers)) <= MOST_EXACT_BITS:
        return {"exact": {text: round(chance, 12) for text, chance in sorted(exact.items())}}
    return {"parities": parities(exact)}


def parities(exact: Mapping[str, float]) -> list[tuple[tuple[int, ...], float]]:
    """Give the chance of an odd number of ones for all groups of up to two places, and some of three."""
    texts = [text.replace(" ", "") for text in exact]
    rows = np.array([[int(letter) for letter in text] for text in texts])
    chances = np.array(list(exact.values()))
    width = rows.shape[1]
    groups = [*combinations(range(width), 1), *combinations(range(width), 2)]
    groups += list(combinations(range(width), 3))[:: max(1, width * (width - 1) * (width - 2) // 600)]
    return [(group, round(float(chances @ (rows[:, group].sum(axis=1) % 2)), 12)) for group in groups]


def _split(steps: Sequence[Step]) -> tuple[list[Step], list[Step]]:
    """Set measurements apart that nothing comes after: they are read off the state at the end, all at once."""
    during, last = [], []
    used_qubits: set[int] = set()
    used_bits: set[int] = set()
    for step in reversed(steps):
        if step[0] == "measure" and step[1] not in used_qubits and step[2] not in used_bits:
            last.append(step)
        else:
            during.append(step)
        qubits, bits = _touched(step)
        used_qubits |= qubits
        used_bits |= bits
    return during[::-1], last[::-1]


def _touched(step: Step) -> tuple[set[int], set[int]]:
    if step[0] == "gate":
        return set(step[2]), set()
    if step[0] == "measure":
        return {step[1]}, {step[2]}
    if step[0] == "reset":
        return {step[1]}, set()
    if step[0] == "set":
        return set(), {*step[3], step[1]}
    parts = [_touched(inner) for inner in (*step[3], *step[4])]
    return set().union(*(part[0] for part in parts)), set(step[2]).union(*(part[1] for part in parts))


def _run(steps: Sequence[Step], branches: list[tuple[Any, Bits]]) -> list[tuple[Any, Bits]]:
    for step in steps:
        branches = [after for state, bits in branches for after in _apply(step, state, bits)]
    return branches


def _apply(step: Step, state: Any, bits: Bits) -> list[tuple[Any, Bits]]:
    if step[0] == "gate":
        return [(applied(step[1], step[2], state), bits)]
    if step[0] == "set":
        return [(state, {**bits, step[1]: int(step[2](bits))})]
    if step[0] == "if":
        return _run(step[3] if step[1](bits) else step[4], [(state, bits)])
    halves = [(projected(state, step[1], value), value) for value in (0, 1)]
    halves = [(half, value) for half, value in halves if np.vdot(half, half).real > NEGLIGIBLE]
    if step[0] == "measure":
        return [(half, {**bits, step[2]: value}) for half, value in halves]
    return [(applied(X, (step[1],), half) if value else half, bits) for half, value in halves]


def applied(matrix: Any, qubits: Sequence[int], state: Any) -> Any:
    """Multiply a gate's matrix into a state."""
    size = len(qubits)
    if size == 0:
        return state
    tensor = np.asarray(matrix, dtype=complex).reshape((2,) * (2 * size))
    moved = np.tensordot(tensor, state, axes=(tuple(range(size, 2 * size)), tuple(qubits)))
    return np.moveaxis(moved, range(size), qubits)


def projected(state: Any, qubit: int, value: int) -> Any:
    """Keep what has this value of the qubit."""
    result = np.zeros_like(state)
    where = (slice(None),) * qubit + (value,)
    result[where] = state[where]
    return result


def _measured(state: Any, last: Sequence[Step]) -> Iterator[tuple[Bits, float]]:
    measured = list(dict.fromkeys(step[1] for step in last))
    others = tuple(axis for axis in range(state.ndim) if axis not in measured)
    chances = (np.abs(state) ** 2).sum(axis=others)  # its axes are the measured qubits from the lowest on
    place = {qubit: index for index, qubit in enumerate(sorted(measured))}
    for index in np.argwhere(chances > NEGLIGIBLE) if measured else [()]:
        bits = {step[2]: int(index[place[step[1]]]) for step in last}
        yield bits, float(chances[tuple(index)])


def _spelled(bits: Bits, registers: Sequence[Sequence[int]]) -> str:
    return " ".join("".join(str(bits.get(bit, 0)) for bit in register) for register in registers if register)


def number(bits: Mapping[int, int], register: Sequence[int]) -> int:
    """Read a register as a number: its first bit is the lowest."""
    return sum(bits.get(bit, 0) << place for place, bit in enumerate(register))


Condition = Callable[[Bits], bool]
