"""Gates that the program defines, and every gate's way into the core: with numbers in the place of parameters.

A gate's body is read once, with its qubits numbered from 0 and its parameters as unknowns. What it becomes for given
angles is remembered, so that calling it again costs no more than its gates.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from quantum.programs.openqasm import circuit
from quantum.programs.openqasm.angles import Angle, Unbound
from quantum.programs.openqasm.applied import Applied, Control, Power
from quantum.programs.openqasm.expansion import core_gates
from quantum.programs.openqasm.faults import FaultyProgramError
from quantum.programs.openqasm.library import OPENQASM3
from quantum.programs.openqasm.lowering.arithmetic import computed
from quantum.programs.openqasm.lowering.dialects import SAME_PHASE
from quantum.programs.openqasm.lowering.expressions import PARAMETER
from quantum.programs.openqasm.lowering.flow import Flow
from quantum.programs.openqasm.lowering.refusals import RefusedError

if TYPE_CHECKING:
    from quantum.programs.openqasm.library import LibraryGate

MOST_REMEMBERED = 20_000
A_MODIFIED_GATE = 4  # the time that it takes, in that of a plain statement
# What is between the phase of a gate in the specification and that in Qiskit and Braket: half of these angles' sum.
PHASE_IN_DOUBT: Mapping[str, slice] = {"U": slice(1), "u2": slice(2), "u3": slice(1, 3)}
ALIKE = frozenset(name for name, (angles, _) in circuit.GATES.items() if not angles) | {"rx", "ry", "rz"}


PHASE_DIFFERS = (
    "`ctrl` and roots of {0!r} have one meaning in the specification and another in Qiskit and Braket, whose phase "
    "is another: write `cu(theta, phi, lambda, gamma)` with the phase gamma that you mean"
)


@dataclass(slots=True, frozen=True)
class Controlled:
    """Control qubits, by their places."""

    places: tuple[int, ...]
    ones: tuple[bool, ...]


@dataclass(slots=True, frozen=True)
class Raised:
    """A power, which may be an unknown within a gate's body."""

    exponent: Angle


Modifiers = tuple[Controlled | Raised, ...]


@dataclass(slots=True, frozen=True)
class Step:
    """A gate in the body of another."""

    gate: "LibraryGate | OwnGate"
    name: str
    angles: tuple[Angle, ...]
    qubits: tuple[int, ...]
    modifiers: Modifiers
    at: int


@dataclass(slots=True, frozen=True)
class BarrierStep:
    """A barrier in the body of a gate."""

    qubits: tuple[int, ...]


@dataclass(slots=True, eq=False)
class OwnGate:
    """A gate of the program; it has no steps where nobody says what it does. `weight` is how long it is written out."""

    name: str
    angles: int
    qubits: int
    steps: Sequence[Step | BarrierStep] | None = field(default_factory=list)
    weight: int = 0

    def __post_init__(self) -> None:
        """Count its steps, and those of the gates in them."""
        gates = (step.gate if isinstance(step, Step) else None for step in self.steps or ())
        self.weight = sum(gate.weight if isinstance(gate, OwnGate) else 1 for gate in gates)


Ready = Sequence[circuit.Gate | circuit.Barrier]


class Expander:
    """Turns gates into gates of the core."""

    def __init__(self, language: str, flow: Flow) -> None:
        self._language = language
        self._flow = flow
        self._remembered: dict[tuple[object, ...], Ready] = {}

    def emit(self, step: Step) -> None:
        """Write a gate's core gates down."""
        if isinstance(step.gate, OwnGate):
            self._flow.check_length(step.gate.weight, step.at)
        try:
            self._emit(step)
        except RecursionError:
            raise RefusedError("gates call each other too deep here: write some of them out", step.at) from None

    def _emit(self, step: Step) -> None:
        if step.modifiers:
            ready = self._expanded(self._applied(step, step.angles, step.qubits, {}))
        elif step.name in ALIKE and not isinstance(step.gate, OwnGate) and not _open(step.angles):
            ready = (circuit.Gate(step.name, _turned(step.angles), step.qubits),)
        else:
            ready = placed(self._ready(step.gate, step.name, step.angles, step.at), step.qubits)
        self._flow.count(len(ready), step.at)
        self._flow.operations.extend(ready)

    def _ready(self, gate: "LibraryGate | OwnGate", name: str, angles: tuple[Angle, ...], at: int) -> Ready:
        key = (gate if isinstance(gate, OwnGate) else name, *angles)
        ready = self._remembered.get(key)
        if ready is None:
            if len(self._remembered) >= MOST_REMEMBERED:
                self._remembered.clear()
            ready = self._remembered[key] = self._computed(gate, name, angles, at)
        return ready

    def _computed(self, gate: "LibraryGate | OwnGate", name: str, angles: tuple[Angle, ...], at: int) -> Ready:
        if not isinstance(gate, OwnGate):
            return self._expanded(Applied(name, angles, tuple(range(gate.qubits)), (), at))
        values = {f"{PARAMETER}{place}": angle for place, angle in enumerate(angles)}
        result: list[circuit.Gate | circuit.Barrier] = []
        for step in steps_of(gate, at):
            self._flow.step(at)
            result.extend(self._of_step(step, values, at))
            self._flow.check_length(len(result), at)
        return result

    def _of_step(self, step: Step | BarrierStep, values: Mapping[str, Angle], at: int) -> Ready:
        if isinstance(step, BarrierStep):
            return (circuit.Barrier(step.qubits),)
        angles = put_all(step.angles, values, at)
        if step.modifiers:
            return self._expanded(self._applied(step, angles, step.qubits, values))
        return placed(self._ready(step.gate, step.name, angles, at), step.qubits)

    def _applied(
        self,
        step: Step,
        angles: tuple[Angle, ...],
        qubits: tuple[int, ...],
        values: Mapping[str, Angle],
        *,
        phase_matters: bool = False,
    ) -> Applied:
        """Build the tree that a gate with modifiers is; the controls' qubits come first.

        `phase_matters` says that a modifier around it makes its global phase matter.
        """
        self._flow.step(step.at, A_MODIFIED_GATE)
        modifiers = tuple(_modifier(modifier, qubits, values, step.at) for modifier in step.modifiers)
        phase_matters = phase_matters or any(map(_tells_phases, modifiers))
        if (
            phase_matters
            and self._language == OPENQASM3
            and not isinstance(step.gate, OwnGate)
            and _differs(step.name, angles)
        ):
            raise RefusedError(PHASE_DIFFERS.format(step.name), step.at)
        controls = sum(len(modifier.qubits) for modifier in modifiers if isinstance(modifier, Control))
        own = qubits[controls:]
        if not isinstance(step.gate, OwnGate):
            return Applied(step.name, angles, own, modifiers, step.at)
        inner = {f"{PARAMETER}{place}": angle for place, angle in enumerate(angles)}
        parts = [
            self._applied(
                part,
                put_all(part.angles, inner, step.at),
                tuple(own[place] for place in part.qubits),
                inner,
                phase_matters=phase_matters,
            )
            for part in steps_of(step.gate, step.at)
            if isinstance(part, Step)
        ]
        return Applied(tuple(parts), (), (), modifiers, step.at)

    def _expanded(self, applied: Applied) -> Ready:
        try:
            return [_finished(gate) for gate in core_gates(applied, self._language)]
        except FaultyProgramError as error:
            raise RefusedError(error.faults[0].reason, applied.at) from None


def _tells_phases(modifier: Control | Power) -> bool:
    """Whether a modifier makes a global phase of what it acts on matter: controls do, and roots."""
    return isinstance(modifier, Control) or not modifier.exponent.is_integer()


def _differs(name: str, angles: tuple[Angle, ...]) -> bool:
    """Whether the specification gives a gate another phase than Qiskit and Braket do."""
    if name not in PHASE_IN_DOUBT:
        return False
    numbers = [angle for angle in angles[PHASE_IN_DOUBT[name]] if isinstance(angle, float)]
    return (
        len(numbers) < len(angles[PHASE_IN_DOUBT[name]]) or abs(math.remainder(sum(numbers) / 2, math.tau)) > SAME_PHASE
    )


def _finished(gate: circuit.Gate) -> circuit.Gate:
    return circuit.Gate(gate.name, _turned(gate.angles), gate.qubits) if gate.angles else gate


def _turned(angles: tuple[Angle, ...]) -> tuple[Angle, ...]:
    return tuple([circuit.half_open(angle) if isinstance(angle, float) else angle for angle in angles])


def steps_of(gate: OwnGate, at: int) -> Sequence[Step | BarrierStep]:
    """Take a gate's body; an opaque one has none."""
    if gate.steps is None:
        raise RefusedError(
            f"{gate.name!r} is opaque: nobody says what it does; define it with `gate {gate.name} …`", at
        )
    return gate.steps


def _open(angles: tuple[Angle, ...]) -> bool:
    return bool(angles) and not isinstance(angles[0], float)


def _modifier(
    modifier: Controlled | Raised, qubits: tuple[int, ...], values: Mapping[str, Angle], at: int
) -> Control | Power:
    if isinstance(modifier, Controlled):
        return Control(tuple(qubits[place] for place in modifier.places), modifier.ones)
    exponent = put(modifier.exponent, values, at)
    if isinstance(exponent, float):
        return Power(exponent)
    raise RefusedError("a power must be known: an input cannot be the exponent of `pow`", at)


def placed(ready: Ready, qubits: tuple[int, ...]) -> Ready:
    """Put gates on the qubits that they are for."""
    return [
        circuit.Gate(gate.name, gate.angles, tuple([qubits[place] for place in gate.qubits]))
        if isinstance(gate, circuit.Gate)
        else circuit.Barrier(tuple([qubits[place] for place in gate.qubits]))
        for gate in ready
    ]


def put_all(angles: tuple[Angle, ...], values: Mapping[str, Angle], at: int) -> tuple[Angle, ...]:
    """Put values in the place of a body's parameters."""
    return tuple([put(angle, values, at) for angle in angles])


def put(angle: Angle, values: Mapping[str, Angle], at: int) -> Angle:
    """Put values in the place of parameters in one angle."""
    if isinstance(angle, float):
        return angle
    if isinstance(angle, Unbound):
        return values.get(angle.name, angle)
    return finite(computed(angle.function, at, *(put(part, values, at) for part in angle.operands)), at)


def finite(angle: Angle, at: int) -> Angle:
    """Refuse an angle that no qubit can be turned by."""
    if isinstance(angle, float) and not math.isfinite(angle):
        raise RefusedError("an angle is infinite or not a number", at)
    return angle
