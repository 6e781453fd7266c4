"""Every gate of the library is what its users mean by it, for every angle."""

import random
from collections import Counter
from math import pi

import pytest

from quantum.programs.openqasm.angles import Unbound
from quantum.programs.openqasm.applied import Applied, Control, Power
from quantum.programs.openqasm.circuit import Gate
from quantum.programs.openqasm.expansion import core_gates
from quantum.programs.openqasm.faults import FaultyProgramError
from quantum.programs.openqasm.library import lookup, names
from tests.unit.quantum.programs.openqasm.exact_unitaries import distance, unitary_of, with_control
from tests.unit.quantum.programs.openqasm.library_matrices import ALL_GATES, exact

SPECIAL = (0.0, pi, -pi, 2 * pi, pi / 2, -4 * pi)
PAPER = "u3 u2 u1 cx id x y z h s sdg t tdg rx ry rz cz cy ch ccx crz cu1 cu3"
QELIB1 = f"{PAPER} u0 u p sx sxdg swap cswap crx cry cp csx cu rxx rzz rccx rc3x c3x c3sqrtx c4x"
STDGATES = "p x y z h s sdg t tdg sx rx ry rz cx cy cz cp crx cry crz ch swap ccx cswap cu CX phase cphase id u1 u2 u3"


@pytest.mark.parametrize(("language", "name"), ALL_GATES)
def test_a_gate_is_what_its_users_mean(language: str, name: str) -> None:
    """As it is, a gate is theirs but for a phase of all; under a control its own phase is theirs too."""
    entry = lookup(name, language)
    assert entry is not None
    places = tuple(range(1, entry.qubits + 1))

    for angles in some_angles(entry.angles, name):
        matrix = exact(name, language, *angles)
        plain = core_gates(Applied(name, angles, tuple(range(entry.qubits))), language)
        controlled = core_gates(Applied(name, angles, places, (Control((0,), (True,)),)), language)

        assert distance(unitary_of(plain, entry.qubits), matrix) < 1e-9
        assert distance(unitary_of(controlled, entry.qubits + 1), with_control(matrix)) < 1e-9


@pytest.mark.parametrize(("language", "name"), ALL_GATES)
def test_an_angle_may_be_known_later(language: str, name: str) -> None:
    """A gate of an input's angle, bound, is the gate of the number; under a control too."""
    entry = lookup(name, language)
    assert entry is not None
    inputs = tuple(Unbound(f"a{place}") for place in range(entry.angles))
    places = tuple(range(1, entry.qubits + 1))

    for angles in some_angles(entry.angles, name):
        values = {unbound.name: angle for unbound, angle in zip(inputs, angles, strict=True)}
        later = core_gates(Applied(name, inputs, places, (Control((0,), (False,)),)), language)

        exactly = with_control(exact(name, language, *angles), one=False)
        assert distance(unitary_of(later, entry.qubits + 1, **values), exactly) < 1e-9


def test_the_libraries_hold_what_is_written_without_definitions() -> None:
    """K5, A3, A7: all of qelib1.inc, of stdgates.inc and of Braket's names is there, and told apart."""
    braket = "cnot ccnot phaseshift cphaseshift cphaseshift00 cphaseshift01 cphaseshift10 v vi si ti xx yy zz xy iswap"

    assert {name for name in names("openqasm2") if "qelib1" in sets_of(name, "openqasm2")} == set(QELIB1.split())
    assert {name for name in names("openqasm3") if "stdgates" in sets_of(name, "openqasm3")} == set(STDGATES.split())
    assert all("braket" in sets_of(name, "openqasm3") for name in f"{braket} pswap ecr cv gpi gpi2 ms prx i h".split())
    assert names("openqasm2") > {"U", "CX", "ryy", "ecr", "iswap", "U1q", "RZZ", "gphase"}
    assert lookup("cnot", "openqasm2") is None
    assert {name for language, name in ALL_GATES if doubt_about(name, language)} == {"zz", "gpi", "gpi2", "ms"}


def test_what_a_program_wrote_stays() -> None:
    """A gate of the core is written as it stands, a Toffoli gate as the field's fifteen, no rotation by nothing."""
    for name, count in (("x", 1), ("s", 1), ("cx", 2), ("cz", 2), ("swap", 2)):
        assert list(core_gates(Applied(name, (), tuple(range(count))), "openqasm2")) == [gate(name, *range(count))]

    toffoli = [item.name for item in core_gates(Applied("ccx", (), (0, 1, 2)), "openqasm2")]
    assert Counter(toffoli) == {"h": 2, "cx": 6, "t": 4, "tdg": 3}
    assert list(core_gates(Applied("rz", (0.0,), (0,)), "openqasm2")) == []
    assert list(core_gates(Applied("rz", (-pi,), (0,)), "openqasm2")) == [Gate("rz", (pi,), (0,))]


@pytest.mark.parametrize(
    ("name", "angles", "most"),
    [
        *(("ch", 0, 1), ("crx", 1, 2), ("cry", 1, 2), ("crz", 1, 2), ("cp", 1, 2), ("cu", 4, 2), ("csx", 0, 2)),
        *(("cs", 0, 2), ("ccz", 0, 6), ("cswap", 0, 8), ("c3x", 0, 14), ("rccx", 0, 3), ("rc3x", 0, 6), ("ecr", 0, 2)),
    ],
)
def test_gates_of_two_qubits_are_few(name: str, angles: int, most: int) -> None:
    """Nothing is taken apart into more gates of two qubits than the field's usual way."""
    entry = lookup(name, "openqasm2")
    assert entry is not None
    gates = core_gates(Applied(name, (0.3,) * angles, tuple(range(entry.qubits))), "openqasm2")

    assert sum(len(item.qubits) == 2 for item in gates) <= most


@pytest.mark.parametrize("angle", [float("inf"), float("nan")])
@pytest.mark.parametrize("modifiers", [(), (Control((1,), (True,)),), (Power(0.5),)])
def test_an_angle_is_finite(angle: float, modifiers: tuple[Control | Power, ...]) -> None:
    """What is no number is refused where the gate stands."""
    with pytest.raises(FaultyProgramError) as refused:
        list(core_gates(Applied("rx", (angle,), (0,), modifiers, at=7), "openqasm3"))

    assert [(fault.reason, fault.at) for fault in refused.value.faults] == [
        ("an angle of the gate is not a finite number", 7)
    ]


def some_angles(count: int, name: str) -> list[tuple[float, ...]]:
    """Draw angles, below zero and above a turn too, and such as turn by quarters."""
    draw = random.Random(name)  # noqa: S311 - angles, not secrets
    drawn = [tuple(draw.uniform(-15, 15) for _ in range(count)) for _ in range(2)]
    return [*drawn, *(tuple(draw.choice(SPECIAL) for _ in range(count)) for _ in range(2))] if count else [()]


def sets_of(name: str, language: str) -> tuple[str, ...]:
    """Say in which sets a gate is."""
    entry = lookup(name, language)
    return entry.sets if entry else ()


def doubt_about(name: str, language: str) -> str:
    """Say what is doubtful about a gate's name."""
    entry = lookup(name, language)
    return entry.doubt if entry else ""


def gate(name: str, *qubits: int) -> Gate:
    """Make a gate without angles."""
    return Gate(name, (), qubits)
