"""Applied gates become gates of the core: exact, but for a global phase of each application.

A gate without modifiers is written at once; modifiers act on its steps first (`quantum.openqasm.steps`).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from math import pi

from quantum.openqasm.angles import scaled
from quantum.openqasm.applied import Applied, Control
from quantum.openqasm.circuit import Gate
from quantum.openqasm.controls import gates_of, rotation, unitary
from quantum.openqasm.definitions import Angles, Qubits
from quantum.openqasm.faults import FaultyProgramError, ProgramFault
from quantum.openqasm.library import lookup
from quantum.openqasm.powers import gathered, power
from quantum.openqasm.steps import MOST_STEPS, Elements, ImpossibleModifierError, controlled, size

MOST_GATES = 1_000_000  # of one application of a gate with modifiers
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
        yield from _limited(gates_of(elements_of(applied, language)))
    except ImpossibleModifierError as error:
        raise FaultyProgramError(ProgramFault(str(error), applied.at)) from error


def _limited(gates: Iterator[Gate]) -> Iterator[Gate]:
    for count, gate in enumerate(gates):
        if count == MOST_GATES:
            raise ImpossibleModifierError(f"the gate with its modifiers is more than {MOST_GATES:,} plain gates")
        yield gate


def _copied(applied: Applied, language: str) -> list[Gate]:
    places, pattern = applied.qubits, _pattern(applied, language)
    return [Gate(gate.name, gate.angles, tuple(places[place] for place in gate.qubits)) for gate in pattern]


def _pattern(applied: Applied, language: str) -> tuple[Gate, ...]:
    key = (applied.gate, language)
    if key not in PATTERNS:
        first = replace(applied, qubits=tuple(range(len(applied.qubits))))
        PATTERNS[key] = tuple(_gates(first, language))
    return PATTERNS[key]


def elements_of(applied: Applied, language: str) -> Elements:
    """Give the steps of an application, its modifiers done."""
    elements = _unmodified(applied, language)
    try:
        for modifier in reversed(applied.modifiers):
            if isinstance(modifier, Control):
                together = gathered(elements) if len(elements) > 1 else elements
                elements = controlled(together, modifier.qubits, modifier.ones)
            else:
                elements = power(elements, modifier.exponent)
    except ImpossibleModifierError as error:
        raise FaultyProgramError(ProgramFault(str(error), applied.at)) from error
    return elements


def _unmodified(applied: Applied, language: str) -> Elements:
    if isinstance(applied.gate, str):
        known = lookup(applied.gate, language)
        if known is None:
            raise FaultyProgramError(ProgramFault(f"the gate {applied.gate} is not defined: define it", applied.at))
        return known.body(applied.angles, applied.qubits)
    parts = [element for part in applied.gate for element in elements_of(part, language)]
    if size(tuple(parts)) > MOST_STEPS:
        reason = f"a gate with modifiers consists of more than {MOST_STEPS:,} gates: apply its parts one by one"
        raise FaultyProgramError(ProgramFault(reason, applied.at))
    return tuple(parts)


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
