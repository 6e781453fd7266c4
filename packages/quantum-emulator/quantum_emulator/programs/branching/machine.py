"""Runs code for all shots at once, as a tree of histories: each is a state, numbers, and the shots that share them.

Where a measurement may give either value the history splits in two, and its shots are divided at random. A program
with few different outcomes runs a few times, however many shots it has; at worst it runs once for each shot.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from quantum_emulator import errors
from quantum_emulator.programs.branching.arithmetic import Number
from quantum_emulator.programs.branching.code import Code, Jump, Known, Operand, Step, UnknownInstructionError, callees
from quantum_emulator.programs.branching.faults import Faults, Groups, Paulis, Taken
from quantum_emulator.programs.branching.state import State
from quantum_emulator.programs.error_rates import Rates
from quantum_emulator.programs.gates import GATES, MEASURE_AND_RESET, MEASUREMENTS, QIS, READ, RESET, WITHOUT_EFFECT
from quantum_emulator.programs.recording import CONTAINERS, PREFIX, SUFFIX, Record, nest
from quantum_emulator.programs.run import Shots, Value

READS = (f"{QIS}{READ}", f"{PREFIX}read_result")
ONE, ZERO, EQUAL = (f"{PREFIX}result_{word}" for word in ("get_one", "get_zero", "equal"))
ALWAYS_ONE, ALWAYS_ZERO = -1, -2  # numbers of results that nothing measures
MOST_STEPS = 10_000_000  # of one history
PATIENCE = 0.9  # of the time limit: the error with the estimate must come before the process is killed


@dataclass
class Frame:
    """A running function: its position, its numbers, and the caller's slot for the return value."""

    code: Code
    target: int = -1
    block: int = 0
    step: int = 0
    values: dict[int, Number] = field(default_factory=dict)


@dataclass
class History:
    """The state that some shots have in common."""

    shots: int
    state: State = field(default_factory=State)
    frames: list[Frame] = field(default_factory=list)
    results: dict[int, int] = field(default_factory=lambda: {ALWAYS_ONE: 1, ALWAYS_ZERO: 0})
    memory: list[Number] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    leaves: list[Value] = field(default_factory=list)
    steps: int = 0

    def copy(self, shots: int) -> "History":
        """Another history with the same past."""
        frames = [Frame(f.code, f.target, f.block, f.step, f.values.copy()) for f in self.frames]
        results, memory = self.results.copy(), self.memory.copy()
        return History(shots, self.state.copy(), frames, results, memory, [*self.records], [*self.leaves], self.steps)


def check(code: Code, *, is_noisy: bool = False) -> None:
    """Raise `UnknownInstructionError` for a call that is not supported; a gate on three qubits has no error rate."""
    for name in callees(code):
        word = name.removeprefix(PREFIX).removesuffix(SUFFIX)
        is_record = name == f"{PREFIX}{word}{SUFFIX}" and word in (*CONTAINERS, *_LEAVES)
        gate = GATES.get(name.removeprefix(QIS))
        is_gate = gate is not None and not (is_noisy and gate == "ccx")
        if not (is_record or is_gate or name in _CALLS):
            raise UnknownInstructionError(f"a call of {name}")


class Machine:
    """One execution of all shots."""

    def __init__(self, code: Code, results: int, seed: int, seconds: float, rates: Rates | None = None) -> None:
        self._code, self._results, self._seconds = code, results, seconds
        self._random = np.random.default_rng(seed)
        self._waiting: list[History] = []
        self._faults = None if rates is None else Faults(rates, self._random)

    def run(self, shots: int, qubits: int = 0) -> Shots:
        """Every shot's value, in arbitrary order; with errors, each of so many qubits may start as 1."""
        began = time.monotonic()
        self._waiting = [History(shots, frames=[Frame(self._code)])]
        if self._faults is not None:
            for qubit in range(qubits):
                for history in self._waiting.copy():
                    self._go_on(history, self._faults.fresh(qubit, history.shots))
        values: list[Value] = []
        while self._waiting:
            history = self._waiting.pop()
            self._finish(history)
            values += [self._value(history)] * history.shots
            self._mind_the_time(time.monotonic() - began, len(values), shots)
        order = self._random.permutation(len(values))
        return Shots([values[index] for index in order])

    def _mind_the_time(self, passed: float, completed: int, shots: int) -> None:
        if passed > self._seconds * PATIENCE and completed < shots:
            raise errors.took_too_long_for(shots, self._seconds, passed * shots / completed)

    def _value(self, history: History) -> Value:
        if not history.records:
            return [history.results.get(number, 0) for number in range(self._results)]
        return nest(history.records, history.leaves)

    def _finish(self, history: History) -> None:
        """Run a history to its end; histories that split off wait."""
        while history.frames:
            frame = history.frames[-1]
            block = frame.code.blocks[frame.block]
            if frame.step < len(block.steps):
                frame.step += 1
                self._do(history, frame, block.steps[frame.step - 1])
            else:
                self._leave(history, frame, block.end)
            history.steps += 1
            if history.steps > MOST_STEPS:
                raise errors.simulation_failed(f"A shot takes more than {MOST_STEPS} steps: a loop may never end.")

    def _do(self, history: History, frame: Frame, step: Step) -> None:
        if step.compute is not None:
            try:
                frame.values[step.target] = step.compute(*_values(frame, step.operands))
            except (ArithmeticError, ValueError) as error:
                raise errors.simulation_failed(f"The program has an impossible computation: {error}.") from error
        elif step.function is not None:
            values = dict(zip(step.function.parameters, _values(frame, step.operands), strict=True))
            history.frames.append(Frame(step.function, step.target, values=values))
        elif step.name:
            self._call(history, frame, step)
        else:
            _remember(history, frame, step)

    def _call(self, history: History, frame: Frame, step: Step) -> None:
        gate = GATES.get(step.name.removeprefix(QIS))
        values = _values(frame, step.operands)
        if gate is not None:
            qubits = _apply(history.state, gate, step.name, values)
            if self._faults is not None:
                self._go_on(history, self._faults.behind(gate, qubits, history.shots))
        elif step.name in _CALLS:
            value = _CALLS[step.name](self, history, values)
            if value is not None:
                frame.values[step.target] = value
        else:
            _record(history, step.name.removeprefix(PREFIX).removesuffix(SUFFIX), values)

    def _go_on(self, history: History, groups: Groups) -> None:
        """Give each group of shots a history with its errors; the first goes on at once."""
        (shots, paulis), *others = groups
        for count, other_paulis in others:
            other = history.copy(count)
            _disturb(other.state, other_paulis)
            self._waiting.append(other)
        history.shots = shots
        _disturb(history.state, paulis)

    def measure(self, history: History, values: Sequence[Number]) -> None:
        """Measure a qubit into a result."""
        qubit, result = map(int, values)
        self._part(history, qubit, result)

    def measure_and_reset(self, history: History, values: Sequence[Number]) -> None:
        """Measure a qubit into a result, and make it 0."""
        qubit, result = map(int, values)
        self._part(history, qubit, result, after=0)

    def reset(self, history: History, values: Sequence[Number]) -> None:
        """Make a qubit 0, and drop the outcome of its measurement."""
        self._part(history, int(values[0]), after=0)

    def _part(self, history: History, qubit: int, result: int | None = None, after: int | None = None) -> None:
        ones = int(self._random.binomial(history.shots, history.state.chance(qubit)))
        values = ((0, history.shots - ones), (1, ones))
        outcomes = [Taken(shots, value, value, after) for value, shots in values if shots]
        if self._faults is not None:
            outcomes = self._faults.measured(outcomes, is_read=result is not None)
        for taken in outcomes[1:]:
            other = history.copy(taken.shots)
            _take(other, qubit, taken, result)
            self._waiting.append(other)
        history.shots = outcomes[0].shots
        _take(history, qubit, outcomes[0], result)

    def _leave(self, history: History, frame: Frame, end: Jump) -> None:
        value = None if end.operand is None else _value(frame, end.operand)
        if end.returns:
            history.frames.pop()
            if history.frames and value is not None:
                history.frames[-1].values[frame.target] = value
            return
        following = end.default if value is None else end.choices.get(int(value), end.default)
        merged = frame.code.blocks[following].merged.get(frame.block, [])
        frame.values.update([(slot, _value(frame, operand)) for slot, operand in merged])
        frame.block, frame.step = following, 0


def _take(history: History, qubit: int, taken: Taken, result: int | None) -> None:
    history.state.collapse(qubit, taken.value)
    if result is not None:
        history.results[result] = taken.word
    if taken.after is not None:
        history.state.set_plain(qubit, taken.after)


def _value(frame: Frame, operand: Operand) -> Number:
    return operand.number if isinstance(operand, Known) else frame.values[operand]


def _values(frame: Frame, operands: Sequence[Operand]) -> list[Number]:
    return [_value(frame, operand) for operand in operands]


def _disturb(state: State, paulis: Paulis) -> None:
    for letter, qubit in paulis:
        state.apply(letter, (), (qubit,))


def _apply(state: State, gate: str, name: str, values: Sequence[Number]) -> list[int]:
    """Apply a gate, and return its qubits."""
    angles = [value for value in values if isinstance(value, float)]
    qubits = [int(value) for value in values if not isinstance(value, float)]
    if len(set(qubits)) < len(qubits):
        raise errors.qir_unreadable(f"{name.removeprefix(QIS)} acts on one qubit twice.")
    if not np.isfinite(angles).all():
        raise errors.simulation_failed(f"{name.removeprefix(QIS)}: the angle is infinite, or not a number.")
    state.apply(gate, angles, qubits)
    return qubits


def _remember(history: History, frame: Frame, step: Step) -> None:
    if step.memory == "allocate":
        history.memory.append(0)
        frame.values[step.target] = len(history.memory) - 1
        return
    values = _values(frame, step.operands)
    place = int(values[-1])
    if step.memory == "load":
        frame.values[step.target] = history.memory[place]
    else:
        history.memory[place] = values[0]


def _record(history: History, word: str, values: Sequence[Number]) -> None:
    if word in CONTAINERS:
        history.records.append(Record(CONTAINERS[word], count=int(values[0])))
        return
    kind, value_of = ("result" if word == "result" else "value"), _LEAVES[word]
    history.records.append(Record("result" if kind == "result" else "value"))
    history.leaves.append(value_of(history, values[0]))


_LEAVES: Mapping[str, Callable[[History, Number], Value]] = {
    "result": lambda history, value: history.results.get(int(value), 0),
    "bool": lambda _, value: bool(value),
    "int": lambda _, value: int(value),
    "double": lambda _, value: float(value),
}

_CALLS: Mapping[str, Callable[[Machine, History, Sequence[Number]], Number | None]] = {
    **dict.fromkeys(WITHOUT_EFFECT, lambda *_: None),
    **{QIS + name: Machine.measure for name in MEASUREMENTS},
    QIS + MEASURE_AND_RESET: Machine.measure_and_reset,
    QIS + RESET: Machine.reset,
    **dict.fromkeys(READS, lambda _, history, values: history.results.get(int(values[0]), 0)),
    ONE: lambda *_: ALWAYS_ONE,
    ZERO: lambda *_: ALWAYS_ZERO,
    EQUAL: lambda _, history, values: int(len({history.results.get(int(value), 0) for value in values}) == 1),
}
