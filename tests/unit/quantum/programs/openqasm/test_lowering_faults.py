"""What cannot run is refused: everything at once, one fault for one cause, each with a remedy."""

import pytest

from quantum.programs.openqasm.faults import MOST_FAULTS, FaultyProgramError
from quantum.programs.openqasm.lowering import flow, lower
from quantum.programs.openqasm.reading import read
from tests.unit.quantum.programs.openqasm.exact_outcomes import H2, H3, faults_of

Q = "qubit[2] q; bit[2] c; "


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("foo q[0];", "'foo' is a gate that nobody defined; write `gate foo … { … }` before its use"),
        ("crzz(1) q[0], q[1];", "'crzz' is a gate that nobody defined; did you mean 'rzz'?"),
        ("rx q[0];", "'rx' takes 1 parameter, not 0"),
        ("h(1) q[0];", "'h' takes no parameters, not 1"),
        ("cx q[0];", "'cx' takes 2 qubits, not 1"),
        ("ctrl @ x q[0];", "'x' takes 2 qubits, not 1"),
        ("cx q[1], q[1];", "one qubit is used twice in this statement"),
        ("barrier q, q[0];", "one qubit is used twice in this statement"),
        ("x q[2];", "there is no element 2: the 2 elements here are numbered from 0 to 1"),
        ("x q[-3];", "there is no element -3: the 2 elements here are numbered from 0 to 1"),
        ("x q[0:2];", "there is no element 2: the 2 elements here are numbered from 0 to 1"),
        ("x r;", "'r' is not declared"),
        ("x qq;", "'qq' is not declared; did you mean 'q'?"),
        ("int n = bar;", "'bar' is not declared"),
        ("int n = bar + bar; int k = bar;", "'bar' is not declared"),
        ("int n; n = bar; n += 1; c[0] = n;", "'bar' is not declared"),
        ("def f() -> int { return bar; } int n = f(); n = n + 1;", "'bar' is not declared"),
        ("int n; n[0] = measure q[4]; n += 1;", "there is no element 4"),
        ("x c;", "a qubit belongs here, not bits"),
        ("qubit[3] r; cx q, r;", "registers of 2 and 3 qubits cannot be used together: both must be as long"),
        ("c = measure q[0];", "1 qubit cannot be measured into 2 bits: there must be as many of each"),
        ("c[0] = measure c;", "a qubit belongs here, not bits"),
        ("q = c;", "nothing can be assigned to this"),
        ("const int k = 1; k = 2;", "'k' is a constant: nothing can be assigned to it"),
        ("int q = 1;", "'q' is declared twice: give one of them another name"),
        ("rx(1 / 0) q[0];", "this divides by zero"),
        ("rx(1.0 / 0) q[0];", "this has no value: float division by zero"),
        ("rx(sqrt(-1)) q[0];", "this has no value: "),
        ("rx(1e308 * 10) q[0];", "an angle is infinite or not a number"),
        ("rx(q) q[0];", "a real number belongs here, not qubits"),
        ("rx(1.0 + 1im) q[0];", "a real number belongs here, not a complex number"),
        ("bit[2] b = 7;", "7 does not fit into 2 bits"),
        ('bit[2] b = "011";', "3 bits do not fit bit[2]"),
        ("int n; x q[n];", "this is used before it has a value: assign one first"),
        ("for int i in [0:0:3] x q;", "a range's step cannot be 0"),
        ("for float t in [0.0:0.5:1.0] rx(t) q;", "a loop's range has whole numbers"),
        ("c = measure q; x q[uint[2](c)];", "this depends on a measurement, and targets need it before they start"),
        ("c = measure q; rx(uint[2](c) * pi) q[0];", "this depends on a measurement, and targets take no angle"),
        ("float t = 1; c = measure q; if (c[0]) t = 2; rx(t) q[0];", "this depends on a measurement, and targets take"),
        (
            "c = measure q; if (uint[2](c) / 2 == 1) x q;",
            "`/` of a number that is measured is nothing that targets compute",
        ),
        ("c = measure q; for int i in [0:uint[2](c)] x q;", "this depends on a measurement"),
        (
            "c[0] = measure q[0]; while (c[0]) { c[0] = measure q[0]; }",
            "this loop goes on for as long as a measurement says",
        ),
        (
            "while (true) { c[0] = measure q[0]; if (c[0]) break; }",
            "this loop goes on for as long as a measurement says",
        ),
        ("def f(qubit a) { f(a); } f(q[0]);", "'f' calls itself, which targets cannot: write a loop"),
        ("def f(qubit a) { x a; } f(q);", "'a' takes 1 qubits, not 2"),
        ("def f(qubit a) { x a; } f();", "'f' takes 1 argument, not 0"),
        ("def f() { return 3; } f();", "'f' returns a value, and its head names no type for it: add `-> type`"),
        ("extern f(int) -> int; int n = f(3);", "'f' is extern: it runs on no target"),
        (
            "int n = sine(3);",
            "'sine' is no function that OpenQASM has, and none that the program defines; did you mean",
        ),
        ("rx(sin(1, 2)) q[0];", "sin takes one argument, not 2"),
        ("gate g a { reset a; }", "a gate's body holds gates, loops over known ranges and barriers"),
        ("gate g a { x b; }", "'b' is not declared"),
        ("gate g a { x q[0]; }", "a gate acts on its own qubits only, which are single ones"),
        (
            "gate g(t) a { x a; } gate g a { y a; }",
            "the gate 'g' is defined twice: remove one, or give it another name",
        ),
        ("gate g a { x a[0]; }", "a gate acts on its own qubits only, which are single ones without an index"),
        (
            "def f(qubit a) { x a; } f q[0];",
            "'f' is a subroutine: call it as `f(…)`, with its qubits in the parentheses",
        ),
        ("gate g a, a { x a; }", "two parameters of the gate 'g' have one name"),
        ("if (c + 1 == 2) x q;", "'+' goes between numbers, and a register is none until its width is said"),
        ("if (-c == 2) x q;", "'-' goes between numbers, and a register is none until its width is said"),
        ("gpi(1) q[0];", "'gpi' counts angles in radians in Braket's programs and in turns in IonQ's: define it"),
        ("break;", "'break' stands outside of any loop"),
        ("return;", "`return` stands outside of any subroutine"),
        ("output int[3] n;", "what is returned is bits, and 'n' is int[3]; assign it to a bit[3]"),
        ("output bool b;", "'b' is returned and never assigned"),
        ("{ qubit r; }", "qubits are declared outside of blocks: move this to the top"),
        ("x $0;", "a program has hardware qubits such as $0, or declares qubits: write one or the other"),
        ('include "mine.inc";', "'mine.inc' is a file that only you have"),
        ("#pragma braket noise bit_flip(0.1) q[0]\n", "a pragma of Braket's, 'noise', changes what the program does"),
        ('if (c == "1") x q;', "'==' goes between registers of one width, not 2 and 1"),
    ],
)
def test_a_fault_says_what_is_wrong(statement: str, reason: str) -> None:
    """One fault, in the line of its cause."""
    (fault,) = faults_of(f"{H3}{Q}\n{statement}")

    place, _, reasons_of = fault.partition(" ")
    assert reasons_of.startswith(reason)
    assert place.startswith("3:")


def test_all_faults_are_told_at_once() -> None:
    """What follows from a fault that was told is not told again."""
    faults = faults_of(f"{H3}{Q}\nint n = m;\nx q[n];\nlet a = b;\nx a;\ny q[7];\nx nope; x nope;")

    assert [fault.partition(" ")[0] for fault in faults] == ["3:9", "5:9", "7:5", "8:3"]


def test_faults_end_at_some_point() -> None:
    """No list is longer than anyone reads."""
    assert len(faults_of(H2 + "qreg q[1];" + "".join(f"x r{number}[0];" for number in range(60)))) == MOST_FAULTS


def test_a_name_that_nobody_declared_is_told_once() -> None:
    """In whatever blocks it is met; a declaration that comes later counts from there."""
    assert len(faults_of(f"{H3}{Q}c = measure q; if (c == 1) {{ x r; }} if (c == 2) {{ x r; }} y r;")) == 1
    assert len(faults_of(f"{H3}{Q}{{ x r[0]; }} qubit[2] r; x r[1]; y r[2];")) == 2


def test_a_fault_in_a_loop_is_told_once() -> None:
    """However often the loop turns, and whatever the turn."""
    assert len(faults_of(f"{H3}{Q}for int i in [0:9] {{ x q[i]; }}")) == 1
    assert len(faults_of(f"{H3}{Q}for int i in [0:9] {{ x q[5]; foo q[0]; }}")) == 2


def test_growth_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A short program that is long when it is written out is refused."""
    monkeypatch.setattr(flow, "MOST_OPERATIONS", 1_000)
    doubling = "".join(f"gate g{level} a {{ g{level - 1} a; g{level - 1} a; }}" for level in range(1, 40))
    too_long = "written out, the program is more than 1,000 operations long: shorten its loops"

    assert reasons_of(faults_of(f"{H2}gate g0 a {{ x a; }}{doubling} qreg q[1]; g39 q[0];")) == [too_long]
    assert reasons_of(faults_of(f"{H3}{Q}for int i in [0:600] x q;")) == [too_long]
    assert reasons_of(faults_of(f"{H3}{Q}for int i in [0:1000] {{ c = measure q; if (c[0]) x q[0]; }}")) == [too_long]


def test_a_loop_that_does_not_end_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """What writes nothing cannot go on for ever either."""
    monkeypatch.setattr(flow, "MOST_STEPS", 1_000)
    endless = "loops and calls run more than 1,000 statements: shorten them, or look for one that does not end"

    assert reasons_of(faults_of(f"{H3}{Q}while (true) {{ }}")) == [endless]
    assert reasons_of(faults_of(f"{H3}{Q}for int i in [0:100] for int j in [0:100] {{ int n = j; }}")) == [endless]
    calls = "".join(f"def f{level}() {{ f{level - 1}(); f{level - 1}(); }} " for level in range(1, 30))
    assert reasons_of(faults_of(f"{H3}{Q}def f0() {{ }} {calls} f29();")) == [endless]


def reasons_of(faults: list[str]) -> list[str]:
    """Leave the places out."""
    return [fault.partition(" ")[2] for fault in faults]


def test_deep_nesting_is_told() -> None:
    """However deep a program is, there is an answer."""
    program = read(f"{H3}{Q}x q[0];", "openqasm3")
    statements = program.statements[-1:]
    block = type(read("{ }", "openqasm3").statements[0])
    for _ in range(5000):
        statements = (block(statements, "", 0),)

    with pytest.raises(FaultyProgramError, match="nested too deeply"):
        lower(type(program)(3, None, (*program.statements, *statements)))


def chain(length: int, step: str) -> str:
    """Gates, each of which calls the one before it, and a call of the last."""
    gates = (f"gate g{level} a {{ {step.format(f'g{level - 1} a;')} }} " for level in range(1, length))
    return f"gate g0 a {{ h a; }} {''.join(gates)} g{length - 1} q[0];"


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("float s = t; " + "s = s * s + s; " * 40 + "rx(s) q[0];", "this is more than 1,000 operations on inputs"),
        ("float s = t; for int i in [0:999] { s = -s; } rx(s) q[0];", "this is more than 1,000 operations on inputs"),
        ("let a0 = c;" + "".join(f"let a{k} = a{k - 1} ++ a{k - 1};" for k in range(1, 40)), "what '++' joins has"),
        ("rx(2 ** 70) q[0];", "this takes more than the 64 bits of an int: write real numbers"),
        ("rx(9223372036854775807 + 1) q[0];", "this takes more than the 64 bits of an int: write real numbers"),
        (chain(3000, "{}"), "gates call each other too deep here: write some of them out"),
        (chain(60, "inv @ {0} inv @ {0}"), "written out, the program is more than 1,000,000 operations long"),
    ],
)
def test_what_grows_from_a_few_words_is_refused(program: str, reason: str) -> None:
    """At once, and where it has grown too far."""
    faults = reasons_of(faults_of(f"{H3}{Q}input float t; {program}", 0.5))

    assert faults[0].startswith(reason)
