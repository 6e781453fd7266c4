"""Values of every type, where they meet: what fits is computed, what does not is refused with its reason."""

from dataclasses import replace
from math import pi

import pytest

from quantum.programs.openqasm import syntax
from quantum.programs.openqasm.circuit import Barrier, Gate
from quantum.programs.openqasm.faults import FaultyProgramError
from quantum.programs.openqasm.lowering import gates, lower
from quantum.programs.openqasm.reading import read
from quantum.programs.openqasm.syntax import Program
from tests.unit.quantum.programs.openqasm.exact_outcomes import H2, H3, circuit_of, faults_of, outcomes

Q = "qubit[2] q; bit[2] c; "


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("input float t; if (t > 0) x q; if (1 / t > 1) x q;", "this has no value: "),
        ("input complex[float[64]] z;", "'z' is complex"),
        ('rx("a") q[0];', "a text in quotes is nothing that targets can run"),
        ("if (q) x q;", "qubits cannot be true or false"),
        ("int n = 1.0 % 0.0;", "this has no value: "),
        ("rx(3.5 & 1) q;", "'&' is no operator of real numbers"),
        ("rx(true << -1) q;", "a shift is by a number from 0"),
        ("c = measure q; if (1 << uint[2](c) == 2) x q;", "a shift by a number that is measured does not run"),
        ("c = measure q; if (rotl(c, uint[2](c)) == 2) x q;", "a rotation by a number that is measured does not run"),
        ('bit[2] b = c & "101";', "'&' goes between registers of one width, not 2 and 3"),
        ("complex[float[64]] z = 1im; rx(z % 2) q;", "'%' does not go between a complex number and a whole number"),
        ("complex[float[64]] z = 1im / 0;", "this has no value: "),
        ("duration d = 10ns * 2; duration e = d ** 2;", "'**' does not go between a duration and a whole number"),
        ("duration d = 3;", "duration needs a time such as 100ns"),
        ("array[int[8], 2] a = 5;", "array[int[8], 2] needs 2 elements in braces"),
        ("array[int[8], 2] a = {1, 2}; a[0:1] = {3};", "1 values do not fit 2 places"),
        ("array[int[8], 1000, 1000] a;", "an array has up to 100,000 elements, not 1,000,000"),
        ("int[0] n;", "int has from 1 to 4096 bits, not 0"),
        ("bit[100001] b;", "a size is from 0 to 100,000, not 100001"),
        ("qubit[100001] r;", "a register has from 0 to 100,000 qubits, not 100001"),
        ("bit b = c;", "a single bit cannot hold bits: give an index, or compare it with a number"),
        ('int[2] n = "101";', "3 bits do not fit int[2]: take a slice of them"),
        ("int n = 1e308 * 10;", "a whole number is made of one that is infinite or not a number"),
        ("angle t = 1e308 * 10;", "an angle is infinite or not a number"),
        ("int n = q;", "a whole number belongs here, not qubits"),
        ("x q[9223372036854775808.0];", "a whole number belongs here, not a number"),
        ("let a = q ++ c;", "'++' joins registers, not qubits and bits"),
        ("let a = q[0] ++ q;", "one qubit is used twice in this statement"),
        ("x q[{0, 0}];", "one qubit is used twice in this statement"),
        ("bit b; b[0] = 1;", "a single bit has no index"),
        ("let a = q[0]; x a[0];", "a single qubit has no index"),
        ("bit[0] b; b[0] = 1;", "there is no element 0: this has no elements at all"),
        ("bit b; b = measure c;", "a qubit belongs here, not bits"),
        ("bool b; b = measure c;", "only qubits are measured"),
        ("int n = sizeof(3);", "sizeof takes an array or a register, not a whole number"),
        ("int n = sizeof(c, -1);", "sizeof takes the number of a dimension, from 0"),
        ("int n = sizeof(c, 1);", "sizeof asks for a dimension that the array does not have"),
        ("c = measure q; rx(real(c[0])) q;", "real and imag take a complex number"),
        ("for int i in 3 x q;", "a loop runs over a range, a set, an array or a register, not over a whole number"),
        ("for int i in [0:] x q;", "a loop's range needs a start and a stop: `[0:3]` are four numbers"),
        ("for int i in [0:9000000] x q;", "a range of more than 4,000,000 numbers is too long"),
        (
            "switch (1) { case uint[2](c) { } } c = measure q; switch (1) { case uint[2](c) { } }",
            "the value of a case must be",
        ),
        ("def f() { } def f() { }", "the subroutine 'f' is defined twice: give one of them another name"),
        ("def f() { } int n = f();", "this is used before it has a value: assign one first"),
        ("ctrl(0) @ x q[0];", "ctrl takes a number of qubits from 1, not 0"),
        ("gate g a { foo a; } g q[0]; g q[1];", "'foo' is a gate that nobody defined"),
        ("gate g(t) a { for int i in [0:int(t)] x a; }", "a gate's parameter turns qubits, and decides nothing"),
        ("gate g(t) a { rx(1/t) a; } g(0) q[0];", "this has no value: "),
        ("gate g(t) a { rx(exp(t)) a; } g(1000) q[0];", "this has no value: "),
        ("u3(0, 1.7e308, 1.7e308) q[0];", "an angle of the gate is not a finite number"),
        ("while (true) { foo q[0]; }", "'foo' is a gate that nobody defined"),
        (
            "gate g a, b { h a; cx a, b; h b; } pow(0.3) @ g q[0], q[1];",
            "pow(0.3) of several gates together is not known",
        ),
        ("extern sine(float) -> float; rx(sin_(3)) q;", "'sin_' is no function that OpenQASM has"),
    ],
)
def test_what_does_not_fit_is_refused(statement: str, reason: str) -> None:
    """One fault, which names the cause."""
    arguments = (0.0,) if "input float" in statement else ()
    (fault,) = faults_of(f"{H3.replace('3.0', '3.1')}{Q}\n{statement}", *arguments)

    assert fault.partition(" ")[2].startswith(reason)


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        (
            "complex[float[64]] z = -(1im) * 1im; rx(real(z) * pi) q[0]; if (z == 1 && imag(z) == 0) x q[1];",
            "11",
        ),
        ("bit b = 1; if (~b == 0 && (b & true)) x q[0];", "10"),
        ("duration d = 2 * 10ns + 5ns; delay[d] q[0]; x q[0];", "10"),
        ('angle[4] t = angle[4]("1000"); rx(t) q[0];', "10"),
        ("array[int[8], 2, 3] a; a[1, 2] = 1; a[0] = {0, 1, 1}; if (a[1, 2] == 1) x q[a[0, 2]];", "01"),
        ("array[int[8], 2] a = {0, 1}; array[int[8], 2] b = {0, 1}; if (sizeof(a) == 2) x q[b[1]];", "01"),
        ("bit[2] b = uint[2](1); b = 2; if (b == 2 && b[1]) x q[0];", "10"),
        ("bit[1] b = true; if (b == 1) x q[0];", "10"),
        ("x q[:0]; x q[1:]; x q[:]; x q[:-1:]; x q[1];", "10"),
        ("x q; c = measure q; x q; if (popcount(c) == 2) x q[1]; if (popcount(c) == 1) x q[0];", "01"),
        ("uint[8] n = 3; uint[8] k = 6; if (n ** k == 217 && n ** 6 == 729) x q[0];", "10"),
        ("c[0] = measure q[0]; int n = c[0]; bit[1] m = uint[1](c[0]); if (n == 0) x q[1];", "01"),
        ("c[0] = measure q[0]; if (c[0] < 1 && c[0] + 1 == 1) x q[0]; bool b = true; if (-b == -1) x q[1];", "11"),
        ('c = measure q; bit b = c[0:0] == "0"; if (b && float(3) > 2) x q[0];', "10"),
        (
            "gate g a, b { barrier a; for int i in [0:0] { barrier; } { x a; } nop_ b; } ".replace("nop_", "id")
            + "g q[0], q[1];",
            "10",
        ),
        ("def f() { end; } if (c == 1) f(); x q[0];", "10"),
        ("c = measure q; if (uint[2](c) == 0.0 && 0 == uint[2](c) && uint[2](c) >= 0) x q[1]; if (2.5) x q[0];", "11"),
        ("angle[60] t = pi; rx(t) q[0]; bool b = true; int n = b; uint[2] m = b; x q[n]; x q[m]; float f = n;", "10"),
        ('bit[2] b = uint[2](2); let d = c; if (b[1:1] == "1") x q[0];', "10"),
        ("bit d = measure q[0]; measure q[1]; x q[1.0]; rx(imag(3.0)) q[0]; rx(real(2.0) * pi / 2) q[0];", "11"),
        ("if (uint[2](3)) x q[0]; float f = 2.5; if (f) x q[1];", "11"),
        ("c = measure q; bit b = uint[1](c[0]); if (b == 0 && uint[2](c) < uint[2](2)) x q[0];", "10"),
        ("array[int[8], 2] a = {0, 1}; let d = a ++ a; if (sizeof(d) == 4) x q[d[3]];", "01"),
        ("x q[1]; { bit[1] b; b[0] = measure q[1]; let d = b ++ b; if (d == 3) x q[0]; }", "11"),
        ('c = measure q; { bit[2] b = "01"; if (c[0]) { b = "10"; } if (b == 1) x q[0]; }', "10"),
        ("c = measure q; uint[2] n = 1; if (!c[0]) { n = uint[2](c); } if (n == 0) x q[0];", "10"),
        ("c = measure q; if (!c[0]) { int n = 1; n = 2; x q[n - 2]; }", "10"),
        ("qubit[0] e; barrier e; x q[0]; nop q;", "10"),
        ("sin(0); 3 + 4; x q[1];", "01"),
        ("for int i in c { if (i == 0) x q[0]; } x q[1];", "01"),
        ("let r = c[1] ++ c[0]; x q[1]; r = measure q; x q[1]; x q[c[0]:1];", None),
    ],
)
def test_what_fits_is_computed(program: str, expected: str | None) -> None:
    """Types meet by the rules of the specification."""
    text = f"{H3}{Q}{program} c = measure q;"
    if expected is None:
        assert faults_of(text)
        return

    assert {key.split(" ")[0] for key in outcomes(text)} == {expected}


def test_a_barrier_in_a_gate_is_on_the_gate_s_qubits() -> None:
    """Without operands it is on all of them."""
    circuit = circuit_of(f"{H3}qubit[3] q; gate g a, b {{ x a; barrier; x b; barrier b; }} g q[2], q[1];")

    assert circuit.operations == [Gate("x", (), (2,)), Barrier((2, 1)), Gate("x", (), (1,)), Barrier((1,))]


def test_what_is_remembered_of_gates_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many angles do not fill the memory."""
    monkeypatch.setattr(gates, "MOST_REMEMBERED", 2)
    calls = "".join(f"u3(0.{number},0,0) q[0]; u3(-0.{number},0,0) q[0];" for number in range(1, 6))

    assert outcomes(f"{H2}qreg q[1]; creg c[1]; {calls} measure q -> c;") == {"0": 1}


def test_a_condition_on_a_wide_register() -> None:
    """However wide the register is."""
    program = "qreg q[1]; creg c[2000]; x q[0]; measure q[0] -> c[1999]; if (c != 0) x q[0];".replace("!=", "==")

    assert len(circuit_of(H2 + program).operations) == 3


def test_notes_need_no_lines() -> None:
    """Without a source they are still reported."""
    program = read(f"{H3}qubit q; delay[1ns] q;", "openqasm3")

    assert lower(program).notes == ("delays are left out: targets schedule by themselves",)
    assert lower(Program(3, None, ())).registers == ()


def test_hardware_qubits_in_branches_have_their_numbers() -> None:
    """Resets, conditions and barriers too."""
    program = "bit c; x $3; c = measure $3; if (c) { reset $1; x $1; barrier $1, $3; } c = measure $1;"

    assert outcomes(H3 + program) == {"1": 1}


def test_hardware_qubits_and_declared_ones_do_not_mix() -> None:
    """Whichever comes first."""
    (fault,) = faults_of(f"{H3}x $0;\nqubit r;")

    assert fault == "3:1 a program has hardware qubits such as $0, or declares qubits: write one or the other"


def test_an_input_is_missed_once() -> None:
    """What would follow from its value is not told as well."""
    assert faults_of(f"{H3}input float t; input int n; {Q}if (t > 0) x q[n];") == [
        "the program takes a list of 2: t (float), n (int); none came"
    ]


def test_an_angle_that_waits_is_wrapped_when_it_comes() -> None:
    """An angle is in one turn, whatever it is made of."""
    program = f"{H3}input float t; qubit[2] q; bit[2] c; angle a = t; x q[0]; "
    program += "ctrl @ rx(a) q[0], q[1]; ctrl @ rx(pi) q[0], q[1];"

    assert outcomes(f"{program} c = measure q;", 3 * pi) == {"10": 1}
    assert outcomes(f"{program} c = measure q;", -pi) == {"10": 1}


def test_subroutines_are_nested_only_so_deep() -> None:
    """A hundred of them, each calling the one before."""
    chain = " ".join(f"def f{level}() {{ f{level - 1}(); }}" for level in range(1, 102))
    (fault,) = faults_of(f"{H3}def f0() {{ }} {chain} f101();")

    assert fault.endswith("subroutines call each other more than 100 deep")


def test_braket_s_results_are_left_out() -> None:
    """They change nothing that is measured."""
    program = "OPENQASM 3.0;\nqubit q; bit c; x q;\n#pragma braket result probability all\nc = measure q;"

    assert outcomes(program) == {"1": 1}
    assert circuit_of(program).notes == ("line 3: pragmas are left out",)


def test_what_only_other_readers_give() -> None:
    """A syntax tree may hold more than our readers read."""
    head = read(f"{H3}{Q}", "openqasm3").statements
    call = syntax.Call("pow", (syntax.Number(2, 0), syntax.Number(3, 0)), 0)
    shape = syntax.GateCall("rx", (call,), (syntax.Index(syntax.Name("q", 0), (syntax.Number(0, 0),), 0),), (), 0)
    note = syntax.GateDefinition("g", (), ("a",), (syntax.Aside("annotation", "@x", 0),), 0)

    assert lower(Program(3, None, (*head, note, shape))).operations == [Gate("rx", (pytest.approx(8 - 2 * pi),), (0,))]
    for wrong in (
        syntax.Alias("a", syntax.HardwareQubit(0, 0), 0),
        syntax.Evaluate(syntax.Range(None, None, None, 0), 0),
        replace(shape, modifiers=(syntax.Modifier("pow", None, 0),)),
    ):
        with pytest.raises(FaultyProgramError):
            lower(Program(3, None, (*head, wrong)))
