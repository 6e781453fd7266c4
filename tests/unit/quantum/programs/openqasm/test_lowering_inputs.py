"""Inputs of a program: angles that wait, values that decide its shape, and arguments that are checked strictly."""

from math import pi

import pytest

from quantum.programs.openqasm.circuit import Gate, half_open
from quantum.programs.openqasm.faults import FaultyProgramError
from quantum.programs.openqasm.lowering import bind_values, lower
from quantum.programs.openqasm.reading import read
from tests.unit.quantum.programs.openqasm.exact_outcomes import H3, circuit_of, faults_of, outcomes

Q = "qubit[2] q; bit[2] c; "


def test_a_program_is_lowered_once_and_bound_often() -> None:
    """Angles are expressions in the inputs until they are numbers."""
    program = read(
        f"{H3}input float[64] t; input angle u; {Q}gate g(a) x {{ rx(-a/2) x; }} g(2*t) q[0]; ry(u) q[1];", "openqasm3"
    )
    circuit = lower(program, [0.0, 0.0])

    for turn in (0.5, -3.0, 9.0):
        first, second = circuit.bound(bind_values(circuit, [turn, -1])).operations
        assert isinstance(first, Gate)
        assert isinstance(second, Gate)
        assert (first.angles[0] + turn) % (2 * pi) == pytest.approx(0) or (first.angles[0] + turn) % (
            2 * pi
        ) == pytest.approx(2 * pi)
        assert second.angles == (pytest.approx(-1),)
    assert [(one.name, one.type, one.decides) for one in circuit.inputs] == [
        ("t", "float[64]", False),
        ("u", "angle", False),
    ]


@pytest.mark.parametrize(
    ("angle", "turned"), [(pi, pi), (-pi, pi), (3 * pi, pi), (0.0, 0.0), (1.5 * pi, -0.5 * pi), (-1.5 * pi, 0.5 * pi)]
)
def test_an_angle_is_brought_into_one_turn(angle: float, turned: float) -> None:
    """Of the two ends of the turn it is the positive one."""
    assert half_open(angle) == pytest.approx(turned)


def test_one_angle_of_several_gates_is_bound_in_all() -> None:
    """It is one expression, computed once for each argument."""
    source = f"{H3}input float t; {Q}float s = 2 * t; rx(s) q[0]; ry(s) q[1]; u3(s, s, 0) q[0];"
    circuit = lower(read(source, "openqasm3"), [0.0])

    for turn in (0.25, 0.5):
        operations = circuit.bound(bind_values(circuit, [turn])).operations
        angles = [angle for gate in operations if isinstance(gate, Gate) for angle in gate.angles]
        assert angles.count(2 * turn) >= 3


@pytest.mark.parametrize(
    ("program", "arguments", "expected"),
    [
        ("input float t; rx(t) q[0];", [pi], "10"),
        ("input float t; ctrl @ rx(2*t) q[0], q[1]; x q[0]; ctrl @ rx(t) q[0], q[1];", [-pi], "11"),
        ("input angle t; if (t > 1) x q[0];", [2], "10"),
        ("input angle t; if (t > 4) x q[0];", [-1], "10"),
        ("input float t; x q[int(t)];", [1.0], "01"),
        ("input int n; for int i in [1:n] x q[1];", [3], "01"),
        ("input uint[2] n; x q[n];", [1], "01"),
        ("input bool b; if (b) x q[1];", [True], "01"),
        ("input bit b; if (b) x q[1];", [1], "01"),
        ('input bit[2] b; if (b == "01" && b[0]) x q[0];', ["01"], "10"),
        ('input bit[2] b; if (b == "01" && b[0]) x q[0];', [[1, 0]], "10"),
        ('input bit[2] b; if (b == "01" && b[0]) x q[0];', [[True, False]], "10"),
    ],
)
def test_arguments_come_in_the_order_of_the_inputs(program: str, arguments: list[object], expected: str) -> None:
    """Each type as JSON has it."""
    assert outcomes(f"{H3}{Q}{program} c = measure q;", *arguments) == {expected: 1}


def test_an_input_that_decides_is_marked() -> None:
    """A circuit holds for the values that its shape was decided by."""
    program = read(f"{H3}input float t; input int n; {Q}if (t > 1) x q[n];", "openqasm3")

    assert [(one.name, one.decides) for one in lower(program, [2.0, 1]).inputs] == [("t", True), ("n", True)]


@pytest.mark.parametrize(
    ("declared", "argument", "reason"),
    [
        ("float t", True, "t (float) is a number, not true"),
        ("float t", "1", "t (float) is a number, not '1'"),
        ("float t", float("inf"), "t (float) is a number, not inf"),
        ("float t", None, "t (float) is a number, not null"),
        ("float t", 10**400, "t (float) is a number that a float holds, not 1000"),
        ("int n", 1.0, "n (int) is a whole number, not 1.0"),
        ("int n", True, "n (int) is a whole number, not true"),
        ("int[4] n", 8, "n (int[4]) is from -8 to 7, not 8"),
        ("uint[4] n", -1, "n (uint[4]) is from 0 to 15, not -1"),
        ("bool b", 1, "b (bool) is true or false, not 1"),
        ("bit b", 2, "b (bit) is true or false, not 2"),
        ("bit[2] b", "1", "b (bit[2]) is a string of 2 bits, or a list of them that begins with bit 0, not '1'"),
        ("bit[2] b", [1, 2], "b (bit[2]) is a string of 2 bits, or a list of them that begins with bit 0, not a list"),
    ],
)
def test_an_argument_of_another_type_is_refused(declared: str, argument: object, reason: str) -> None:
    """Nothing is taken for what it is not."""
    (fault,) = faults_of(f"{H3}input {declared}; qubit q;", argument)

    assert fault.startswith(reason)


def test_all_that_is_wrong_with_arguments_is_told() -> None:
    """All faults name the field."""
    program = f"{H3}input float t; input int[8] n; input bit[2] b; {Q}rx(t) q[0]; x q[n];"
    with pytest.raises(FaultyProgramError) as error:
        lower(read(program, "openqasm3"), [True, "x"])

    assert [(fault.field, fault.at) for fault in error.value.faults] == [("arguments", None)] * 3
    assert faults_of(program) == ["the program takes a list of 3: t (float), n (int[8]), b (bit[2]); none came"]
    assert faults_of(f"{H3}{Q}", 1) == ["the program has no inputs: leave `arguments` out"]


def test_binding_checks_the_same() -> None:
    """A circuit that was lowered with good arguments refuses bad ones."""
    circuit = lower(read(f"{H3}input float t; qubit q; rx(t) q;", "openqasm3"), [1])

    with pytest.raises(FaultyProgramError, match="not 'x'"):
        bind_values(circuit, ["x"])
    assert bind_values(circuit, [2]) == {"t": 2.0}


def test_a_power_that_waits_is_refused() -> None:
    """A power must be known."""
    (fault,) = faults_of(f"{H3}input float t; qubit q; pow(t) @ x q;", 1.0)

    assert fault.endswith("a power must be known: an input cannot be the exponent of `pow`")


@pytest.mark.parametrize(
    ("program", "notes"),
    [
        ("delay[1us] q; delay[2us] q;", ("line 3: delays are left out: targets schedule by themselves",)),
        ("box { x q; }", ("line 3: boxes are read as plain blocks: their timing is left out",)),
        ("#pragma tool x\n", ("line 3: pragmas are left out",)),
        ("@tool\nx q;", ("line 3: annotations are left out",)),
        ("x q;", ()),
    ],
)
def test_what_is_left_out_is_told_once(program: str, notes: tuple[str, ...]) -> None:
    """With the line where it stands first."""
    assert circuit_of(f"{H3}qubit q;\n{program}").notes == notes
