"""`ctrl`, `negctrl`, `inv` and `pow` act on exact unitaries, on every gate and on a program's own."""

from collections import deque
from dataclasses import replace
from itertools import repeat
from math import pi
from random import Random

import numpy as np
import pytest

from quantum.programs.openqasm.angles import Expression, Unbound
from quantum.programs.openqasm.applied import Applied, Control, Power
from quantum.programs.openqasm.circuit import Gate
from quantum.programs.openqasm.controls import limited
from quantum.programs.openqasm.expansion import core_gates
from quantum.programs.openqasm.faults import FaultyProgramError
from quantum.programs.openqasm.library import lookup, names
from quantum.programs.openqasm.steps import ImpossibleModifierError
from tests.unit.quantum.programs.openqasm.exact_unitaries import (
    Matrix,
    distance,
    done_to,
    multiplied,
    on_qubits,
    power,
    unitary_of,
)
from tests.unit.quantum.programs.openqasm.library_matrices import exact

Modifier = Control | Power
INVERSE, ROOT = Power(-1), Power(0.5)
MODIFIERS: dict[str, tuple[tuple[bool, ...], float]] = {  # the controls' values, and the power
    "ctrl": ((True,), 1),
    "negctrl": ((False,), 1),
    "ctrl(2)": ((True, True), 1),
    "inv": ((), -1),
    "pow(2)": ((), 2),
    "pow(-1)": ((True,), -1),
    "pow(0.5)": ((True,), 0.5),
    "pow(-1.3)": ((False,), -1.3),
    "pow(0)": ((True,), 0),
}
SINGLE = ("h", "x", "y", "s", "tdg", "sx", "rx", "ry", "rz", "p", "u2", "u3", "U", "gphase", "sxdg")
SEVERAL = ("cx", "cz", "swap", "crz", "cp", "ccx", "rzz", "rxx", "iswap", "cu", "ch", "csx", "dcx", "ecr")


@pytest.mark.parametrize("modifier", MODIFIERS)
def test_a_modifier_on_every_gate(modifier: str) -> None:
    """What a gate of the library becomes is what its exact matrix becomes."""
    ones, exponent = MODIFIERS[modifier]
    draw = Random(modifier)  # noqa: S311 - angles, not secrets

    for name in sorted(names("openqasm3")):
        gate = lookup(name, "openqasm3")
        assert gate is not None
        if name == "dcx" and exponent % 1:  # no such power of it is known
            continue
        angles = tuple(
            draw.choice((draw.uniform(-15, 15), draw.choice((pi, -pi, 2 * pi, 0.0)))) for _ in range(gate.angles)
        )
        controls = tuple(range(gate.qubits, gate.qubits + len(ones)))
        applied = Applied(name, angles, tuple(range(gate.qubits)), (Control(controls, ones), Power(exponent)))

        assert difference(applied, gate.qubits + len(ones)) < 1e-8, (name, angles)


@pytest.mark.parametrize("seed", range(40))
def test_own_gates_in_each_other(seed: int) -> None:
    """Gates of the program, made of gates with modifiers, with modifiers themselves: all phases are right."""
    draw = Random(seed)  # noqa: S311 - gates, not secrets

    assert difference(random_gate(draw, [0, 1, 2, 3, 4], depth=2), 5) < 1e-8


@pytest.mark.parametrize("seed", range(20))
def test_powers_of_own_gates_of_one_qubit(seed: int) -> None:
    """Several gates on one qubit have every power, of powers too, and under controls."""
    draw = Random(seed)  # noqa: S311 - gates, not secrets
    body = tuple(random_call(draw, draw.choice(SINGLE), [0]) for _ in range(3))
    modifiers = (Control((1, 2), (True, False)), Power(draw.uniform(-3, 3)), Power(draw.choice((2, -1, 7))))

    assert difference(Applied(body, (), (), modifiers), 3) < 1e-8


@pytest.mark.parametrize("count", range(3, 11))
@pytest.mark.parametrize("name", ["x", "gphase", "ry", "u3"])
def test_many_controls(name: str, count: int) -> None:
    """Up to ten controls and beyond are exact, and cost a number of gates that grows with their square."""
    entry = lookup(name, "openqasm3")
    assert entry is not None
    controls = tuple(range(entry.qubits, entry.qubits + count))
    ones = tuple(place % 3 != 1 for place in range(count))
    control = Control(controls, ones)
    applied = Applied(name, (1.1, -0.7, 2.3)[: entry.angles], tuple(range(entry.qubits)), (control,))
    gates = list(core_gates(applied, "openqasm3"))

    assert sum(len(gate.qubits) == 2 for gate in gates) <= 7 * count**2

    states = np.random.default_rng(count).normal(size=(2 ** (entry.qubits + count), 3)).astype(complex)
    there = satisfied(control, entry.qubits + count)
    expected = multiplied(exact(name, "openqasm3", *applied.angles), applied.qubits, states)
    assert distance(done_to(states, gates), np.where(there[:, None], expected, states)) < 1e-9


def test_k2_a_parameter_does_not_wrap() -> None:
    """K2: a definition that halves its parameter, and library gates that do, are right below zero and above a turn."""
    for angle in (-pi, -pi / 2, 2 * pi, 3 * pi, 7.0):
        half = Applied((call("rx", angle / 2, q=(0,)), call("rx", -angle / 2, q=(0,))), (), ())
        there_and_back = (
            call("h", q=(0,)),
            *(call("crz", turn, q=(0, 1)) for turn in (angle, -angle)),
            call("h", q=(0,)),
        )

        assert distance(unitary_of(core_gates(half, "openqasm3"), 1), np.eye(2)) < 1e-9
        assert distance(unitary_of(core_gates(Applied(there_and_back, (), ()), "openqasm3"), 2), np.eye(4)) < 1e-9
        assert difference(call("cu3", angle, 0.0, 0.0, q=(0, 1)), 2) < 1e-9


def test_k2b_powers_of_an_own_gate_with_a_parameter() -> None:
    """K2b: `pow(n) @` of a gate with one parameter is that many of it, also of an input's angle, and its roots are."""
    own = (call("rz", 0.3, q=(0,)),)
    later = (Applied("rz", (Unbound("angle"),), (0,)),)

    for exponent in (1, 2, -1, 0.5):
        gates = core_gates(Applied(own, (), (), (Power(exponent),)), "openqasm3")
        assert distance(unitary_of(gates, 1), exact("rz", "openqasm3", 0.3 * exponent)) < 1e-9
        gates = core_gates(Applied(later, (), (), (Power(exponent),)), "openqasm3")
        assert distance(unitary_of(gates, 1, angle=0.3), exact("rz", "openqasm3", 0.3 * exponent)) < 1e-9


@pytest.mark.parametrize("angle", [-0.4, 7.0, -3 * pi, 5 * pi / 2])
@pytest.mark.parametrize("name", ["rx", "ry", "rz"])
def test_a1_controlled_rotations(name: str, angle: float) -> None:
    """A1: a rotation under `ctrl @` is the library's controlled one, whatever the angle."""
    under_control = call(name, angle, q=(1,), modifiers=(Control((0,), (True,)),))
    by_name = unitary_of(core_gates(call(f"c{name}", angle, q=(0, 1)), "openqasm2"), 2)

    assert distance(unitary_of(core_gates(under_control, "openqasm3"), 2), by_name) < 1e-9
    assert distance(by_name, exact(f"c{name}", "openqasm2", angle)) < 1e-9


def test_a5_csx_and_cu3() -> None:
    """A5: csx has its control first, and cu3 the phase on its control that qelib1.inc says."""
    twice = Applied((call("csx", q=(0, 1)), call("csx", q=(0, 1))), (), ())

    for language in ("openqasm2", "openqasm3"):
        assert distance(unitary_of(core_gates(twice, language), 2), exact("cx", language)) < 1e-9
        cu3 = unitary_of(core_gates(call("cu3", 0.9, 0.4, 0.5, q=(0, 1)), language), 2)
        assert distance(cu3, exact("cu3", "openqasm2", 0.9, 0.4, 0.5)) < 1e-9


def test_brakets_u_has_no_phase_in_its_first_place() -> None:
    """Braket's U under a control is Qiskit's u; OpenQASM 3's own turns the control too."""
    applied = call("U", 0.9, 0.4, 0.5, q=(1,), modifiers=(Control((0,), (True,)),))

    brakets = unitary_of(core_gates(applied, "braket"), 2)
    assert distance(brakets, exact("cu3", "openqasm2", 0.9, 0.4, 0.5)) < 1e-9
    assert distance(brakets, unitary_of(core_gates(applied, "openqasm3"), 2)) > 0.1


def test_phases_and_nothing() -> None:
    """Phases of all add up under a control, and what does nothing has every power."""
    phases = Applied((call("gphase", 0.3, q=()), call("gphase", 0.4, q=())), (), (), (Control((0,), (True,)), ROOT))
    nothing = Applied((call("h", q=(0,)), call("h", q=(0,))), (), (), (Control((1,), (True,)), ROOT))
    later = Applied("p", (Expression("*", (Unbound("a"), Unbound("b"))),), (0,), (Power(0.5), Power(-1)))

    a_turn = call("U", 2 * pi, 0.3, -0.3, q=(0,), modifiers=(Control((1,), (True,)), ROOT))
    squared = Applied("U", (Unbound("a"), 0.2, 0.3), (0,), (Control((1, 2), (True, True)), Power(2)))

    assert difference(phases, 1) < 1e-9
    assert difference(a_turn, 2) < 1e-9
    bound = replace(squared, angles=(0.7, 0.2, 0.3))
    assert distance(unitary_of(core_gates(squared, "openqasm3"), 3, a=0.7), meant(bound, 3)) < 1e-9
    assert distance(unitary_of(core_gates(nothing, "openqasm3"), 2), np.eye(4)) < 1e-9
    product = unitary_of(core_gates(later, "openqasm3"), 1, a=0.5, b=0.8)
    assert distance(product, exact("p", "openqasm3", -0.2)) < 1e-9


def test_roots_keep_their_names() -> None:
    """A root of x is sx, an inverse has the name that it has, a control of what stands around others is inside."""
    assert gates_named(call("x", q=(0,), modifiers=(ROOT,))) == ["sx"]
    assert gates_named(call("s", q=(0,), modifiers=(INVERSE,))) == ["sdg"]
    assert gates_named(call("swap", q=(0, 1), modifiers=(INVERSE,))) == ["swap"]
    around = (call("h", q=(0,)), call("cx", q=(0, 1)), call("h", q=(0,)))
    assert gates_named(Applied(around, (), (), (Control((2,), (True,)),))).count("cx") == 6


def test_powers_without_end() -> None:
    """Of one qubit any power is as short as one; what would repeat without end is refused where it stands."""
    many = Power(10**9)
    single, pair = (call("h", q=(0,)), call("t", q=(0,))), (call("cx", q=(0, 1)), call("cx", q=(1, 0)))

    assert len(list(core_gates(Applied(single, (), (), (many,)), "openqasm3"))) <= 3
    assert len(list(core_gates(call("cp", 0.3, q=(0, 1), modifiers=(many,)), "openqasm3"))) == 5
    reason, at = refused(Applied(pair, (), (), (many,), at=3))
    assert reason.startswith("pow(1e+09) repeats the gate until there are more than 100,000 gates: write a smaller")
    assert at == 3
    with pytest.raises(ImpossibleModifierError, match="more than 1,000,000 plain gates"):
        deque(limited(repeat(Gate("h", (), (0,)))), maxlen=0)
    hundreds = Applied((call("rz", 1.0, q=(0,)),) * 400, (), (), (Power(1),))
    for _ in range(3):
        hundreds = Applied((hundreds,) * 100, (), (), (Control((1,), (True,)),))
    assert refused(hundreds)[0].startswith("a gate with modifiers consists of more than 100,000 gates")


@pytest.mark.parametrize(
    ("applied", "reason"),
    [
        (
            Applied("dcx", (), (0, 1), (ROOT,), at=5),
            "pow(0.5) of several gates together is not known: write a whole power, or a gate that has it",
        ),
        (
            Applied("U", (Unbound("a"), 0.0, 0.0), (0,), (ROOT,), at=5),
            "pow(0.5) of a gate whose angles are inputs is not known yet: write the angles that its power has",
        ),
        (Applied("x", (), (0,), (Power(float("inf")),), at=5), "the exponent of pow is not finite"),
        (
            Applied("x", (), (0,), (Control(tuple(range(1, 102)), (True,) * 101),), at=5),
            "101 controls are more than the 100 that can be written",
        ),
        (Applied("cnott", (), (0, 1), at=5), "the gate cnott is not defined: define it"),
    ],
)
def test_what_cannot_be_done_is_told(applied: Applied, reason: str) -> None:
    """A modifier without a known meaning is a fault of the place, which says what to write."""
    assert refused(applied) == (reason, 5)


def call(name: str, *angles: float, q: tuple[int, ...], modifiers: tuple[Modifier, ...] = ()) -> Applied:
    """Apply a gate."""
    return Applied(name, angles, q, modifiers)


def refused(applied: Applied) -> tuple[str, int | None]:
    """Say why an application is refused, and where."""
    with pytest.raises(FaultyProgramError) as caught:
        list(core_gates(applied, "openqasm3"))
    (fault,) = caught.value.faults
    return fault.reason, fault.at


def gates_named(applied: Applied) -> list[str]:
    """Name the gates of the core."""
    return [gate.name for gate in core_gates(applied, "openqasm3")]


def difference(applied: Applied, qubits: int) -> float:
    """Compare what is written with what is meant."""
    return distance(unitary_of(core_gates(applied, "openqasm3"), qubits), meant(applied, qubits))


def meant(applied: Applied, qubits: int) -> Matrix:
    """Compute an application by multiplying matrices."""
    if isinstance(applied.gate, str):
        numbers = tuple(angle for angle in applied.angles if isinstance(angle, float))
        matrix = on_qubits(exact(applied.gate, "openqasm3", *numbers), applied.qubits, qubits)
    else:
        matrix = np.eye(2**qubits)
        for part in applied.gate:
            matrix = meant(part, qubits) @ matrix
    for modifier in reversed(applied.modifiers):
        matrix = modified(matrix, modifier, qubits)
    return matrix


def modified(matrix: Matrix, modifier: Modifier, qubits: int) -> Matrix:
    """Compute what a modifier does."""
    if isinstance(modifier, Power):
        whole = modifier.exponent % 1 == 0
        return np.linalg.matrix_power(matrix, int(modifier.exponent)) if whole else power(matrix, modifier.exponent)
    there = satisfied(modifier, qubits)
    return np.diag(there) @ matrix + np.diag(~there)


def satisfied(control: Control, qubits: int) -> Matrix:
    """Say for each state of the qubits whether a control lets it through."""
    expected_controls = list(zip(control.qubits, control.ones, strict=True))
    return np.array([all(index >> qubit & 1 == one for qubit, one in expected_controls) for index in range(2**qubits)])


def random_gate(draw: Random, qubits: list[int], depth: int) -> Applied:
    """Make a gate of the program with modifiers, which leave its other qubits to its parts."""
    controls = tuple(draw.sample(qubits, min(draw.choice((0, 1, 2)), len(qubits) - 3)))
    inside = [qubit for qubit in qubits if qubit not in controls]
    modifiers: list[Modifier] = [Power(draw.choice((1, -1, 2, -2, 3)))]
    if controls:
        modifiers.insert(draw.choice((0, 1)), Control(controls, tuple(draw.choice((True, False)) for _ in controls)))
    if depth:
        return Applied(tuple(random_gate(draw, inside, depth - 1) for _ in range(2)), (), (), tuple(modifiers))
    name = draw.choice(SINGLE + SEVERAL)
    return Applied(*random_parts(draw, name, inside), tuple(modifiers))


def random_call(draw: Random, name: str, qubits: list[int]) -> Applied:
    """Apply a gate by random angles."""
    return Applied(*random_parts(draw, name, qubits))


def random_parts(draw: Random, name: str, qubits: list[int]) -> tuple[str, tuple[float, ...], tuple[int, ...]]:
    """Draw what a gate of the library is applied with."""
    gate = lookup(name, "openqasm3")
    assert gate is not None
    angles = tuple(draw.choice((draw.uniform(-15, 15), pi, -pi / 2)) for _ in range(gate.angles))
    return name, angles, tuple(draw.sample(qubits, gate.qubits))
