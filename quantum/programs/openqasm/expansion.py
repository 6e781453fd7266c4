"""Applied gates become gates of the core: exact, but for a global phase of each application.

A gate without modifiers is written at once; modifiers act on its steps first (`quantum.programs.openqasm.steps`).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from math import pi

from quantum.programs.openqasm.angles import scaled
from quantum.programs.openqasm.applied import Applied, Control
from quantum.programs.openqasm.circuit import Gate
from quantum.programs.openqasm.controls import NOT_FINITE, gates_of, limited, rotation, unitary
from quantum.programs.openqasm.definitions import Angles, Qubits
from quantum.programs.openqasm.faults import FaultyProgramError, ProgramFault
from quantum.programs.openqasm.library import lookup
from quantum.programs.openqasm.powers import gathered, power
from quantum.programs.openqasm.steps import (
    MOST_STEPS,
    Elements,
    ImpossibleModifierError,
    Step,
    Within,
    controlled,
    size,
)

# What gates without angles consist of, on the first qubits, written once.
PATTERNS: dict[tuple[object, str], tuple[Gate, ...]] = {}
Quick = Callable[[Angles, Qubits], Iterable[Gate]]


def core_gates(applied: Applied, language: str) -> Iterable[Gate]:
    """Write an application of a gate as gates of the core; it must fit the gate in its angles and qubits."""
    if applied.modifiers or not isinstance(applied.gate, str):
        return _gates(applied, language)
    quick = QUICK.get(applied.gate)
    if quick is None:
        return _gates(applied, language) if applied.angles else _copied(applied, language)
    try:
        return quick(applied.angles, applied.qubits)
    except ImpossibleModifierError as error:
        raise FaultyProgramError(ProgramFault(str(error), applied.at)) from error


def _gates(applied: Applied, language: str) -> Iterator[Gate]:
    if not applied.modifiers and not isinstance(applied.gate, str):
        for part in applied.gate:
            yield from core_gates(part, language)
        return
    try:
        yield from limited(gates_of(_Unfolding(language).elements(applied)))
    except ImpossibleModifierError as error:
        raise FaultyProgramError(ProgramFault(str(error), applied.at)) from error
    except ValueError as error:  # the sine of infinity, and its kin
        raise FaultyProgramError(ProgramFault(NOT_FINITE, applied.at)) from error


def _copied(applied: Applied, language: str) -> list[Gate]:
    places, pattern = applied.qubits, _pattern(applied, language)
    return [Gate(gate.name, gate.angles, tuple(places[place] for place in gate.qubits)) for gate in pattern]


def _pattern(applied: Applied, language: str) -> tuple[Gate, ...]:
    key = (applied.gate, language)
    if key not in PATTERNS:
        first = replace(applied, qubits=tuple(range(len(applied.qubits))))
        PATTERNS[key] = tuple(_gates(first, language))
    return PATTERNS[key]


class _Unfolding:
    """Gives the steps of one application, its modifiers done; counts the gates that it meets, for its limit."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._left = MOST_STEPS

    def elements(self, applied: Applied) -> Elements:
        try:
            elements = self._unmodified(applied)
            for modifier in reversed(applied.modifiers):
                if isinstance(modifier, Control):
                    together = gathered(elements) if len(elements) > 1 else elements
                    elements = controlled(together, modifier.qubits, modifier.ones)
                else:
                    elements = power(elements, modifier.exponent)
        except ImpossibleModifierError as error:
            raise FaultyProgramError(ProgramFault(str(error), applied.at)) from error
        return elements

    def _unmodified(self, applied: Applied) -> Elements:
        if not isinstance(applied.gate, str):
            return self._together(applied.gate)
        gate = lookup(applied.gate, self._language)
        if gate is None:
            raise ImpossibleModifierError(f"the gate {applied.gate} is not defined: define it")
        return gate.body(applied.angles, applied.qubits)

    def _together(self, parts: tuple[Applied, ...]) -> Elements:
        elements: list[Step | Within] = []
        steps = 0
        for part in parts:
            self._left -= 1
            unfolded = self.elements(part)
            steps += size(unfolded)
            elements += unfolded
            if self._left < 0 or steps > MOST_STEPS:
                raise ImpossibleModifierError(
                    f"a gate with modifiers consists of more than {MOST_STEPS:,} gates: apply its parts one by one"
                )
        return tuple(elements)


def _named(name: str) -> Quick:
    return lambda _, qubits: (Gate(name, (), qubits),)


def _turned(name: str) -> Quick:
    return lambda angles, qubits: rotation(name, angles[0], qubits)


def _any_u(angles: Angles, qubits: Qubits) -> Iterable[Gate]:
    theta, phi, lambda_ = angles
    return unitary(theta, phi, lambda_, qubits)


def _controlled_phase(angles: Angles, qubits: Qubits) -> Iterable[Gate]:
    half, (control, target) = scaled(angles[0], 0.5), qubits
    turn = (Gate("cx", (), qubits),)
    back = rotation("rz", scaled(half, -1), (target,))
    return rotation("rz", half, (control,)) + turn + back + turn + rotation("rz", half, (target,))


def _u2(angles: Angles, qubits: Qubits) -> Iterable[Gate]:
    return unitary(pi / 2, angles[0], angles[1], qubits)


# What is frequent and needs no steps. A global phase has no meaning here, so that languages do not differ.
QUICK: Mapping[str, Quick] = {
    **{name: _named(name) for name in ("h", "x", "y", "z", "s", "sdg", "t", "tdg", "sx", "cx", "cy", "cz", "swap")},
    **{name: _turned(name) for name in ("rx", "ry", "rz", "rxx", "ryy", "rzz")},
    **{name: _turned("rz") for name in ("p", "u1", "phase", "phaseshift", "Rz")},
    **dict.fromkeys(("cp", "cu1", "cphase", "cphaseshift"), _controlled_phase),
    **dict.fromkeys(("u", "u3", "U"), _any_u),
    "u2": _u2,
    **dict.fromkeys(("CX", "cnot"), _named("cx")),
}
