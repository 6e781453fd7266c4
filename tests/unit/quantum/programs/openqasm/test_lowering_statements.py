"""Statements of OpenQASM 3, one construct at a time, each by the outcome that it must have."""

import pytest

from quantum.programs.openqasm.circuit import Bit, Branch, Gate, Measure
from tests.unit.quantum.programs.openqasm.exact_outcomes import H3, circuit_of, outcomes

Q = "qubit[3] q; bit[3] c; "


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        ("const int n = 2; for int i in [0:n] { x q[i]; } c = measure q;", "111"),
        ("for int i in [2:-2:0] { x q[i]; } c = measure q;", "101"),
        ("for int i in {0, 2} x q[i]; c = measure q;", "101"),
        ("for int k in [0:1] x q; c = measure q;", "000"),
        ('for bit b in "011" { if (b) { x q[0]; x q[1]; x q[2]; } else { x q[0]; } } c = measure q;', "100"),
        ("int n = 0; while (n < 2) { x q[n]; n += 1; } c = measure q;", "110"),
        (
            "int n = 0; while (true) { if (n == 2) { break; } n += 1; if (n == 1) continue; x q[n]; } c = measure q;",
            "001",
        ),
        ("for int i in [0:2] { for int j in [0:2] { if (j > i) break; x q[j]; } } c = measure q;", "101"),
        ("let a = q[1:2]; let b = a ++ q[0]; x b[0]; x a[-1]; c = measure b;", "110"),
        ("let d = c[1:2]; x q[0]; d[0] = measure q[0];", "010"),
        ("x q[0:1]; c[{2, 0}] = measure q[0:1];", "101"),
        ("cx q[0], q[1]; x q[0]; cx q[0], q[1:2]; c = measure q;", "111"),
        ("{ int n = 1; x q[n]; } int n = 2; x q[n]; c = measure q;", "011"),
        ("switch (2) { case 1 { x q[0]; } case 2, 3 { x q[1]; } default { x q[2]; } } c = measure q;", "010"),
        ("switch (7) { case 1 { x q[0]; } } x q[2]; c = measure q;", "001"),
        ("if (3 > 2 && !false) x q[0]; else x q[1]; c = measure q;", "100"),
        ("x q[0]; end; x q[1]; c = measure q;", "000"),
        ('c = "110";', "011"),
        ('c = "110"; c[0] = 1; c[2] = false;', "110"),
        ('bit[3] b = "011"; c = b ^ "101";', "011 110"),
        ("def f(qubit a, float[64] t) { rx(t) a; } f(q[0], pi); f(q[1], 2 * pi); c = measure q;", "100"),
        ("def f(qubit[2] a) -> bit[2] { x a; return measure a; } c[0:1] = f(q[1:2]);", "110"),
        (
            "def f(int[8] n) -> int[8] { if (n > 2) { return 0; } return n + 1; } x q[f(1)]; x q[f(7)]; c = measure q;",
            "101",
        ),
        (
            "def g(int n) -> int { return 2 * n; } def f(int n) -> int { return g(n) - 1; } x q[f(1)]; c = measure q;",
            "010",
        ),
        (
            "gate g(t) a, b { for int i in [1:2] { rx(t/2) a; } inv @ ctrl @ x a,b; } g(pi) q[0], q[1]; c = measure q;",
            "110",
        ),
        ("gate g a { x a; } gate f a, b { g a; ctrl @ g a, b; } f q[0], q[2]; c = measure q;", "101"),
        ("ctrl(2) @ x q[0], q[1], q[2]; negctrl(2) @ x q[0], q[1], q[2]; c = measure q;", "001"),
        ("ctrl @ negctrl @ x q[0], q[1], q[2]; x q[0]; ctrl @ negctrl @ x q[0], q[1], q[2]; c = measure q;", "101"),
        ("pow(0.5) @ x q[0]; pow(1 / 2 + 2) @ x q[1]; pow(0.5) @ x q[0]; c = measure q;", "100"),
        ("h q[0]; ctrl @ gphase(pi) q[0]; h q[0]; gphase(0.3); c = measure q;", "100"),
        ("h q[0]; ctrl @ U(0, 0, pi) q[0], q[1]; x q[1]; ctrl @ U(0, 0, pi) q[0], q[1]; h q[0]; c = measure q;", "110"),
        ("box { x q[0]; delay[100ns] q[0]; } barrier q; barrier; c = measure q;", "100"),
        ("x q; reset q[1]; c = measure q;", "101"),
        ("def f(qubit a) { x a; return; x a; } f(q[1]); c = measure q;", "010"),
    ],
)
def test_what_is_known_is_done_at_once(program: str, expected: str) -> None:
    """Loops, names, subroutines and modifiers leave plain gates."""
    assert outcomes(H3.replace("3.0", "3.1") + Q + program) == {expected: 1}


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("7 / 2 == 3", True),
        ("-7 / 2 == -3 && -7 % 2 == -1 && 7 % -2 == 1", True),
        ("7.0 / 2 == 3.5", True),
        ("uint[4](15) + uint[4](1) == 0", True),
        ("int[8](127) + int[8](1) == -128", True),
        ("int[4](9) == -7", True),
        ("uint[3](-1) == 7", True),
        ("~uint[4](5) == 10", True),
        ("uint[4](5) << 2 == 4 && uint[4](9) >> 3 == 1", True),
        ("2 ** 10 == 1024 && 2 ** -1 == 0.5 && 2.0 ** 0.5 == sqrt(2)", True),
        ("(6 & 3) == 2 && (6 | 3) == 7 && (6 ^ 3) == 5", True),
        ("int(2.9) == 2 && int(-2.9) == -2", True),
        ("float(3) / 2 == 1.5", True),
        ("mod(7, 4) == 3 && mod(7.5, 2) == 1.5 && floor(2.5) == 2 && ceiling(2.5) == 3", True),
        ('popcount("1011") == 3 && rotl("0011", 1) == "0110" && rotr("0011", 1) == "1001"', True),
        ("sin(0) == 0 && cos(0) == 1 && arccos(1.0) == 0 && exp(0) == 1 && log(1) == 0", True),
        ("angle(3 * pi) == pi && angle[4](pi / 8) == pi / 8", True),
        ('uint[4]("1001") == 9 && int[4]("1001") == -7 && bit[4](uint[4](9)) == "1001"', True),
        ("real(2.0 + 1im) == 2 && imag(2.0 + 1im) == 1", True),
        ("1 == true && !0", True),
        ("pi == π && tau == 2 * pi && euler > 2.7", True),
        ("3 < 2 || 2 >= 3", False),
        ("uint[8](200) > 100 && int[8](200) < 0", True),
        ("sizeof(c) == 3 && sizeof(q) == 3", True),
    ],
)
def test_constants_are_computed_by_their_types(condition: str, holds: bool) -> None:  # noqa: FBT001 - a row of the table
    """Whole numbers divide and wrap as such, real ones as real ones."""
    assert outcomes(f"{H3}{Q}if ({condition}) {{ x q[0]; }} c = measure q;") == {"100" if holds else "000": 1}


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        (
            "array[int[8], 2, 2] a = {{0,1}, {2,3}}; if (a[1, 0] == 2 && sizeof(a) == 2 && sizeof(a, 1) == 2) x q[0];",
            "100",
        ),
        ("array[int[8], 3] a = {5, 6, 7}; a[1] = a[0] + 1; a[-1] = 2; x q[a[2]]; if (a[1] == 6) x q[0];", "101"),
        ("array[float[64], 2] a = {0.5, 0.5}; for float[64] t in a { rx(t * pi) q[1]; }", "010"),
        ("uint[3] n = 0; n[1] = 1; if (n == 2 && n[1] && !n[0]) x q[n];", "001"),
        ("complex[float[64]] z = 2.0 + 0im; rx(z * pi / 2) q[0];", "100"),
        ("angle t = pi; t += pi / 2; t -= pi; rx(2 * t) q[0];", "100"),
        ("duration d = 100ns; stretch s; delay[d] q[0]; x q[1];", "010"),
        ('const float[64] turn = pi; const bit[2] b = "01"; if (b[0]) rx(turn) q[0];', "100"),
    ],
)
def test_variables_hold_what_their_type_holds(program: str, expected: str) -> None:
    """Arrays, whole numbers by their bits, complex numbers, angles and times."""
    assert outcomes(f"{H3}{Q}{program} c = measure q;") == {expected: 1}


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        (
            "c = measure q; x q[0]; c[0] = measure q[0]; if (c[0]) { x q[1]; } else { x q[2]; } c = measure q;",
            {"110": 1},
        ),
        (
            "h q[0]; c[0] = measure q[0]; int n = 3; if (c[0]) { n = 5; } if (n == 5) x q[1]; c = measure q;",
            {"000": 0.5, "110": 0.5},
        ),
        ('x q; c = measure q; uint[3] n = c; c = "000"; if (n == 7) x q[0]; c[0] = measure q[0];', {"000": 1}),
        (
            "x q; c = measure q; uint[3] n = c; n = n+1; if (n==0) x q[0]; n -= 2; if (n==6) x q[1]; c = measure q;",
            {"001": 1},
        ),
        ("x q[0]; c = measure q; bit[3] t; t[0] = c[1]; t[1] = c[0]; c = t;", {"010 010": 1}),
        ('x q[0]; c = measure q; c = c << 1; c = c | "001";', {"110": 1}),
        ("x q[0]; c = measure q; c[0:1] = c[{1, 0}];", {"010": 1}),
        (
            "x q[0]; c = measure q; if (c == 1) { c = measure q; x q[1]; if (c == 1) { c[1] = measure q[1]; } }",
            {"110": 1},
        ),
        ("for int i in [0:5] { h q[0]; c[0] = measure q[0]; if (c[0]) break; }", {"000": 1 / 64, "100": 63 / 64}),
        (
            "for int i in [0:1] { h q[0]; c[0] = measure q[0]; if (c[0]) continue; x q[1]; } c[1] = measure q[1];",
            dict.fromkeys(("000", "010", "100", "110"), 0.25),
        ),
        ("h q[0]; c[0] = measure q[0]; if (c[0]) end; x q[1]; c[1] = measure q[1];", {"010": 0.5, "100": 0.5}),
        (
            "def f(qubit a) -> bit { h a; bit b = measure a; if (b) return b; x a; return measure a; } c[0] = f(q[0]);",
            {"100": 1},
        ),
        (
            "x q[1]; c = measure q; switch (uint[3](c)) { case 2 { x q[0]; } default { x q[2]; } } c = measure q;",
            {"110": 1},
        ),
        ("x q[0]; c = measure q; bool b = c[0] == 1; c[0] = measure q[1]; if (b) x q[2]; c = measure q;", {"101": 1}),
        ("x q; c = measure q; uint[6] n = uint[6](c) * uint[6](c); if (n == 49) x q[0]; c = measure q;", {"011": 1}),
        ("x q[1]; c = measure q; int[4] n = -int[4](c); if (n < -1 && n >= -2) x q[0]; c = measure q;", {"110": 1}),
        (
            (
                "array[int[4], 2] a = {1, 2}; x q[0]; c[0] = measure q[0]; if (c[0]) { a[0] = 2; } "
                "if (a[0] == a[1]) x q[1]; c = measure q;"
            ),
            {"110": 1},
        ),
        ("let a = q[0]; x a; c[1] = measure a; if (c[1]) { reset a; } c[0] = measure a;", {"010": 1}),
    ],
)
def test_what_is_measured_decides_later(program: str, expected: dict[str, float]) -> None:
    """Variables keep what was measured, branches join, and jumps leap over what follows."""
    assert outcomes(H3.replace("3.0", "3.1") + Q + program) == pytest.approx(expected)


def test_a_bit_that_nothing_wrote_decides_at_once() -> None:
    """A target that cannot branch is not asked to."""
    circuit = circuit_of(f"{H3}{Q}if (c == 0) {{ x q[0]; }} if (c[1]) {{ x q[1]; }}")

    assert circuit.operations == [Gate("x", (), (0,))]


def test_a_returned_measurement_goes_where_it_is_kept() -> None:
    """A subroutine that measures asks a target for measurements only."""
    circuit = circuit_of(f"{H3}{Q}def f(qubit a) -> bit {{ return measure a; }} c[0] = f(q[2]); int n = c;")

    assert circuit.operations == [Measure(2, 0)]
    assert circuit.bits == 3


def test_a_hidden_bit_comes_behind_the_registers() -> None:
    """Bits that are returned are numbered first, whatever was declared later."""
    circuit = circuit_of(
        f"{H3}qubit q; bool b = false; bit c; c = measure q; b = c; c = measure q; if (b) {{ x q; }} bit d;"
    )

    assert [register.bits for register in circuit.registers] == [(0,), (1,)]
    assert circuit.bits == 3
    assert circuit.operations[0] == Measure(0, 0)
    assert isinstance(circuit.operations[-1], Branch)
    assert circuit.operations[-1].condition == Bit(2)


def test_outputs_are_what_is_returned() -> None:
    """A program that says what it returns gets nothing else back."""
    program = (
        "qubit[2] q; bit[2] c; output bit[2] o; output bool p; x q[0]; c = measure q; p = c[0]; o[1] = measure q[0];"
    )

    assert outcomes(H3 + program) == {"01 1": 1}


def test_hardware_qubits_are_numbered_in_their_order() -> None:
    """Only those that are used count."""
    circuit = circuit_of(f"{H3}bit c; cx $7, $2; c = measure $4;")

    assert circuit.qubits == 3
    assert circuit.operations == [Gate("cx", (), (2, 0)), Measure(1, 0)]


def test_times_that_stretch_are_left_out_with_their_delays() -> None:
    """Whatever is computed with them."""
    times = "stretch s; duration d = durationof({x $0;}) - 2 * s; delay[d + s / 2] $0; bit c; x $0; c = measure $0;"

    assert outcomes(H3 + times) == {"1": 1.0}


def test_an_array_is_filled_element_by_element() -> None:
    """In a time that grows with its length, of numbers as of what was measured."""
    filled = (
        "array[int, 4000] a; for int i in [0:3999] { a[i] = 2 * i; } bit b; if (a[7] == 14) x q[0]; b = measure q[0];"
    )

    assert outcomes(H3 + "qubit[1] q; " + filled) == {"1": 1.0}


def test_delays_that_qiskit_writes_in_openqasm_2_are_left_out() -> None:
    """As opaque gates, the later ones with a number behind the name."""
    source = (
        'OPENQASM 2.0; include "qelib1.inc"; opaque delay(param0) q0; opaque delay_14033(param0) q0; '
        "qreg q[2]; creg c[2]; x q[0]; delay(100.0) q[0]; delay_14033(3.5) q[1]; measure q -> c;"
    )

    assert outcomes(source) == {"10": 1.0}
    assert circuit_of(source).notes == ("line 1: delays are left out: targets schedule by themselves",)
