"""Programs that ran as something else before: each means what the library that wrote it means."""

from math import cos, pi, sin

import pytest

from tests.unit.quantum.programs.openqasm.exact_outcomes import H2, H3, faults_of, outcomes

ONE2 = "qreg q[1]; creg c[1]; "
ONE3 = "qubit[1] q; bit[1] c; "
TWO2 = "qreg q[2]; creg c[2]; "
TWO3 = "qubit[2] q; bit[2] c; "
END2, END3 = "measure q -> c;", "c = measure q;"


@pytest.mark.parametrize(
    ("condition", "expected"),
    [("c==1", "10 1"), ("c==2", "10 0"), ("c==0", "10 0"), ("c==5", "10 0")],
)
def test_bit_0_is_the_lowest_of_a_register(condition: str, expected: str) -> None:
    """K1, A2: a register compared with a number in OpenQASM 2."""
    program = f"qreg q[2]; creg c[2]; creg r[1]; x q[0]; measure q -> c; if ({condition}) x q[1]; measure q[1] -> r[0];"

    assert outcomes(H2 + program) == {expected: 1}


@pytest.mark.parametrize(
    "condition",
    [
        "c == 1",
        "uint[2](c) == 1",
        "c < 2",
        "c >> 1 == 0",
        "c <= 1",
        "2 > c",
        "c != 2",
        "~c == 2",
        "c == 0 || c == 1",
        'c == "01"',
        "c[0] == 1",
        "c[0] && !c[1]",
        "(c & 1) == 1",
        "(c | 2) == 3",
        "(c ^ 3) == 2",
        "uint[2](c) + 1 == 2",
        "uint[4](c) * 3 == 3",
        "c",
        "int[3](c) - 2 < 0",
        "popcount(c) == 1",
        "int[2](c) == 1",
        "bool(c)",
        "c << 1 == 2",
        "c[{1, 0}] == 2",
        "c[0:1] == 1",
        "-int[3](c) == -1",
        "rotl(c, 1) == 2",
        "(c[0] | c[1]) & !(c[0] & c[1])",
    ],
)
def test_registers_are_numbers(condition: str) -> None:
    """K1, A2: however a program asks, c[0] = 1 and c[1] = 0 are one."""
    head = "qubit[2] q; bit[2] c; bit r; x q[0]; c = measure q; "

    assert outcomes(f"{H3}{head}if ({condition}) {{ x q[1]; }} r = measure q[1];") == {"10 1": 1}
    assert outcomes(f"{H3}{head}if (!({condition})) {{ x q[1]; }} r = measure q[1];") == {"10 0": 1}


def test_a_switch_takes_the_case_of_the_number() -> None:
    """K1: `switch` on a register's number."""
    head = "qubit[2] q; bit[2] c; bit r; x q[0]; c = measure q; "
    switch = "switch (int[3](c)) { case 1 { x q[1]; } case 2, 3 { } default { x q[1]; x q[1]; } } r = measure q[1];"

    assert outcomes(H3.replace("3.0", "3.1") + head + switch) == {"10 1": 1}


def test_the_repetition_code_repairs_what_broke() -> None:
    """K1: the specification's own example of error correction, with its syndrome as a number."""
    program = """
    qubit[3] q; qubit[2] a; bit[3] c; bit[2] syndrome;
    def syndromes(qubit[3] d, qubit[2] s) -> bit[2] {
      bit[2] b; cx d[0], s[0]; cx d[1], s[0]; cx d[1], s[1]; cx d[2], s[1]; b = measure s; return b;
    }
    reset q; reset a; x q[0]; barrier q; syndrome = syndromes(q, a);
    if (int[3](syndrome) == 1) { x q[0]; } if (int[3](syndrome) == 2) { x q[2]; } if (int[3](syndrome) == 3) { x q[1]; }
    c = measure q;
    """

    assert outcomes(H3 + program) == {"000 10": 1}


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        (H2 + "gate half(t) a { rx(t/2) a; }" + ONE2 + "half(-pi) q[0]; rx(pi/2) q[0];" + END2, "0"),
        (H3 + "gate half(t) a { rx(t/2) a; }" + ONE3 + "half(-pi) q[0]; rx(pi/2) q[0];" + END3, "0"),
        (H2 + "gate half(t) a { rx(t/2) a; }" + ONE2 + "half(2*pi) q[0];" + END2, "1"),
        (
            H2
            + "gate mycry(t) a,b { ry(t/2) b; cx a,b; ry(-t/2) b; cx a,b; }"
            + TWO2
            + "x q[0]; mycry(-pi/2) q[0],q[1]; ry(pi/2) q[1];"
            + END2,
            "10",
        ),
        (H2 + TWO2 + "h q[0]; crz(-pi/2) q[0],q[1]; crz(pi/2) q[0],q[1]; h q[0];" + END2, "00"),
        (H2 + TWO2 + "h q[0]; crz(3*pi) q[0],q[1]; crz(-3*pi) q[0],q[1]; h q[0];" + END2, "00"),
        (H2 + TWO2 + "h q[0]; cu3(-pi/2,0,0) q[0],q[1]; cu3(pi/2,0,0) q[0],q[1]; h q[0];" + END2, "00"),
        (H3 + TWO3 + "h q[0]; ctrl @ rx(-pi/2) q[0],q[1]; crx(pi/2) q[0],q[1]; h q[0];" + END3, "00"),
        (H3 + TWO3 + "h q[0]; cry(-0.4) q[0],q[1]; inv @ cry(-0.4) q[0],q[1]; h q[0];" + END3, "00"),
        (H3 + "gate k(t) a { rz(t) a; }" + ONE3 + "h q; pow(2) @ k(pi/2) q; h q;" + END3, "1"),
        (H3 + "gate k(t) a { rz(t) a; }" + ONE3 + "h q; pow(-1) @ k(0.3) q; pow(1) @ k(0.3) q; h q;" + END3, "0"),
        (H2 + ONE2 + "rx(1/2*2*pi) q[0];" + END2, "1"),
        (H2 + TWO2 + "x q[0]; measure q[0] -> c[0];", "10"),
        (H3 + 'bit[2] c = "00";', "00"),
        (H2 + "qreg q[2]; creg a[1]; creg b[1]; x q; measure q[0] -> a[0]; if (a==1) measure q[1] -> b[0];", "1 1"),
        (H2 + "qreg q[2]; creg a[1]; creg b[1]; x q[1]; measure q[0] -> a[0]; if (a==1) measure q[1] -> b[0];", "0 0"),
        (H2 + TWO2 + "x q[0]; swap q[0],q[1];" + END2, "01"),
        (H2 + ONE2 + "rx(pi/2^0) q[0];" + END2, "1"),
        (H2 + ONE2 + "rx(pi*ln(exp(1))) q[0];" + END2, "1"),
        (H2 + "gate g(t) a { rx(0.5*t) a; rx(t*0.5) a; }" + ONE2 + "g(pi) q[0];" + END2, "1"),
        (H2 + "gate g(t,u) a { rx(t*u) a; }" + ONE2 + "g(pi,3) q[0];" + END2, "1"),
        (H2 + "gate g(t) a { rx(2*pi*sin(t)) a; }" + ONE2 + "g(pi/6) q[0];" + END2, "1"),
        (H2 + "qreg input[1]; creg output[1]; x input; measure input -> output;", "1"),
        (H2 + "opaque magic a;" + ONE2 + "x q[0];" + END2, "1"),
        (H2 + TWO2 + "x q[0]; csx q[0],q[1]; csx q[0],q[1];" + END2, "11"),
        (H3 + TWO3 + "x q[0]; ctrl @ sx q[0],q[1]; ctrl @ sx q[0],q[1];" + END3, "11"),
        (H2 + "qreg q[1]; creg e[0]; creg c[1]; x q[0]; measure q -> c;", "1"),
        (H2 + "opaque delay(t) q;" + ONE2 + "x q;" + END2, "1"),
        (H3 + "bit[2] c; x $5; c[0] = measure $5; c[1] = measure $0;", "10"),
        (H3 + ONE3 + "x q; delay[100ns] q;" + END3, "1"),
    ],
)
def test_a_certain_outcome(program: str, expected: str) -> None:
    """K2 - K7, A1, A3 - A6, A8: what was wrong or refused has its one outcome."""
    assert outcomes(program) == {expected: 1}


@pytest.mark.parametrize(
    ("gates", "expected"),
    [
        ("h q[0]; crz(-0.4) q[0],q[1]; h q[0];", {"00": cos(0.1) ** 2, "10": sin(0.1) ** 2}),
        ("h q[0]; cry(7.0) q[0],q[1]; h q[0];", None),
        ("g(-1.0) q[0];", {"00": cos(0.25) ** 2, "10": sin(0.25) ** 2}),
        ("g(7.0) q[0];", {"00": cos(1.75) ** 2, "10": sin(1.75) ** 2}),
        ("n(pi/2) q[0];", {"00": cos(pi / 8) ** 2, "10": sin(pi / 8) ** 2}),
        ("rx(1) q[0];", {"00": cos(0.5) ** 2, "10": sin(0.5) ** 2}),
        ("rz(-1) q[0]; u3(1,0,0) q[0]; u1(4/2) q[0];", {"00": cos(0.5) ** 2, "10": sin(0.5) ** 2}),
        ("g(1) q[0];", {"00": cos(0.25) ** 2, "10": sin(0.25) ** 2}),
        ("h q[0]; p8(pi/8) q[0],q[1]; h q[0];", {"00": 1}),
        ("h q; p8(pi/8) q[0],q[1]; h q[0];", None),
    ],
)
def test_shares_of_outcomes(gates: str, expected: dict[str, float] | None) -> None:
    """A1, K6: angles are real numbers until they turn a qubit, in both languages alike."""
    define = "gate g(a) x { rx(a/2) x; } gate n(a) x { ry(-a/2) x; } "
    define += "gate p8(a) x,y { u1(a/2) x; cx x,y; u1(-a/2) y; cx x,y; u1(a/2) y; } "
    two = outcomes(H2 + define + TWO2 + gates + END2)
    three = outcomes(H3 + define + TWO3 + gates + END3)

    assert two == three
    assert expected is None or two == pytest.approx(expected, abs=1e-6)


def test_an_opaque_gate_that_is_used_is_refused() -> None:
    """K7: nobody knows what it does."""
    (fault,) = faults_of(f"{H2}opaque magic a; {ONE2}magic q[0];")

    assert fault.startswith("2:39 'magic' is opaque")


def test_one_unknown_gate_is_one_fault() -> None:
    """K13: however often it is used."""
    assert faults_of(f"{H2}{ONE2}hh q[0]; hh q[0]; x q[0]; hh q[0];") == [
        "2:23 'hh' is a gate that nobody defined, used 3 times; did you mean 'h'?"
    ]


def test_a_loop_on_a_measurement_is_refused_as_the_target_s_limit() -> None:
    """K13, A8: the fault names the loop, and what to write."""
    (fault,) = faults_of(f"{H3}qubit q; bit c; while (!c) {{ h q; c = measure q; }}")

    assert fault.startswith("2:17 this loop goes on for as long as a measurement says")


SPECIFIED = (
    "OPENQASM 3.0; gate h a { U(pi/2, 0, pi) a; gphase(-pi/4); } gate x a { U(pi, 0, pi) a; gphase(-pi/2); } "
    "gate cx a, b { ctrl @ x a, b; } "
)


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        ("h a; h b; cx a, b; h a; h b;", "00"),
        ("x a; h b; cx a, b; h b;", "10"),
        ("h a; ctrl @ h a, b; ctrl @ h a, b; h a;", "00"),
        ("gate turned c { gphase(pi); } h a; ctrl @ turned a, b; h a;", "10"),
    ],
)
def test_a_phase_in_the_body_of_a_gate_counts_where_the_gate_is_controlled(program: str, expected: str) -> None:
    """As the specification itself defines its gates."""
    measured = "bit[2] c; c[0] = measure a; c[1] = measure b;"

    assert outcomes(f"{SPECIFIED}qubit a; qubit b; {program} {measured}") == {expected: 1.0}


@pytest.mark.parametrize("call", ["gpi(0.5) q[0]", "gpi2(0.5) q[0]", "zz(0.5) q[0], q[1]", "ms(0, 0, 0.5) q[0], q[1]"])
def test_a_name_that_means_two_things_needs_a_definition(call: str) -> None:
    """Where stdgates.inc is included; Braket's own programs include nothing, and mean Braket's gates."""
    name = call.partition("(")[0]
    angles, own = ("a, b, t" if name == "ms" else "t"), ("c, d" if "q[1]" in call else "c")
    rest = "qubit[2] q; bit[2] c; "

    (fault,) = faults_of(f"{H3}{rest}{call}; c = measure q;")

    assert f"{name!r} counts angles in radians in Braket's programs and in turns in IonQ's: define it" in fault
    assert outcomes(f"{H3}gate {name}({angles}) {own} {{ x c; }} {rest}{call}; c = measure q;") == {"10": 1.0}
    assert faults_of(f"OPENQASM 3.0; {rest}{call}; c = measure q;") == []
