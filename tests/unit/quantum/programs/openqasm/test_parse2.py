"""OpenQASM 2 as it is read: every construct, what is taken although it is not quite right, and what is told."""

import math

import pytest
from qiskit import qasm2

from quantum.programs.openqasm.faults import FaultyProgramError, ProgramFault
from quantum.programs.openqasm.parse2 import parse
from quantum.programs.openqasm.syntax import (
    Aside,
    Barrier,
    Binary,
    Call,
    Declaration,
    GateCall,
    GateDefinition,
    If,
    Include,
    Index,
    Measure,
    Name,
    Number,
    QubitDeclaration,
    Reset,
    Statement,
    Type,
    Unary,
)

HEAD = 'OPENQASM 2.0; include "qelib1.inc"; qreg q[2]; creg c[2]; '


def statement(source: str) -> Statement:
    """Read the only statement of a source."""
    (only,) = parse(source).statements
    return only


def faults(source: str) -> tuple[ProgramFault, ...]:
    """Read a source that is wrong."""
    with pytest.raises(FaultyProgramError) as caught:
        parse(source)
    return caught.value.faults


def value(expression: str) -> float:
    """Work out a parameter, by Python's own arithmetic."""

    def of(node: object) -> float:
        match node:
            case Number(number):
                assert isinstance(number, float)
                return number
            case Name("pi"):
                return math.pi
            case Unary("-", operand):
                return -of(operand)
            case Call(name, (argument,)):
                return float({"ln": math.log, "sin": math.sin, "sqrt": math.sqrt}[name](of(argument)))
            case Binary(operator, left, right):
                a, b = of(left), of(right)
                return float({"+": a + b, "-": a - b, "*": a * b, "/": a / (b or 1), "**": abs(a) ** b}[operator])
        raise AssertionError(node)

    call = statement(f"rx({expression}) q;")
    assert isinstance(call, GateCall)
    return of(call.parameters[0])


def indexed(name: str, index: int, at: int) -> Index:
    """A bit or a qubit of a register whose name has one letter."""
    return Index(Name(name, at), (Number(index, at + 2),), at)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('include "qelib1.inc";', Include("qelib1.inc", 0)),
        ("qreg q[2];", QubitDeclaration("q", Number(2, 7), 0)),
        ("creg c[3];", Declaration(Type("bit", Number(3, 7), 0), "c", None, "", 0)),
        ("h q;", GateCall("h", (), (Name("q", 2),), (), 0)),
        ("CX q[0],r[1];", GateCall("CX", (), (indexed("q", 0, 3), indexed("r", 1, 8)), (), 0)),
        ("U(0,-1,pi) q;", GateCall("U", (Number(0.0, 2), Number(-1.0, 4), Name("pi", 7)), (Name("q", 11),), (), 0)),
        ("ZZ q;", GateCall("ZZ", (), (Name("q", 3),), (), 0)),
        ("gphase(1);", GateCall("gphase", (Number(1.0, 7),), (), (), 0)),
        ("barrier;", Barrier((), 0)),
        ("barrier q,r;", Barrier((Name("q", 8), Name("r", 10)), 0)),
        ("reset q;", Reset(Name("q", 6), 0)),
        ("measure q -> c;", Measure(Name("q", 8), Name("c", 13), 0)),
        ("opaque delay(t) q;", GateDefinition("delay", ("t",), ("q",), None, 0)),
        ("#pragma of a tool", Aside("pragma", "#pragma of a tool", 0)),
        (
            "gate g(t) a,b { barrier; h a; }",
            GateDefinition("g", ("t",), ("a", "b"), (Barrier((), 16), GateCall("h", (), (Name("a", 27),), (), 25)), 0),
        ),
        (
            "if(c==3) x q;",
            If(Binary("==", Name("c", 3), Number(3, 6), 3), (GateCall("x", (), (Name("q", 11),), (), 9),), (), 0),
        ),
    ],
)
def test_a_construct_is_read(source: str, expected: Statement) -> None:
    """Each statement of the language becomes its dataclass, with its place."""
    assert statement(source) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("1/2*2", 1.0),
        ("-2^2", -4.0),
        ("2^3^2", 512.0),
        ("2^-1", 0.5),
        ("2*-1", -2.0),
        ("1-2-3", -4.0),
        ("-(1+2)*3", -9.0),
        ("+.5e1", 5.0),
        ("--1.", 1.0),
        ("pi*ln(2)", math.pi * math.log(2)),
        ("sqrt(π)", math.sqrt(math.pi)),
    ],
)
def test_arithmetic_binds_as_in_qiskits_loader(expression: str, expected: float) -> None:
    """What binds more tightly is told by the value, and Qiskit's loader gives the same one."""
    assert value(expression) == pytest.approx(expected)
    loaded = qasm2.loads(f"{HEAD}rx({expression.replace('π', 'pi')}) q[0];")
    assert loaded.data[0].operation.params[0] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("source", "taken"),
    [
        ("h q[0],;", True),
        ("rx(1,) q[0];", True),
        (";;", True),
        ("h() q[0];", True),
        ("gate g() a {} g q[0];", True),
        ("gate g(a,) b, {rx(a) b;} g(1) q[0];", True),
        ("gate g a { barrier; } g q[0];", True),
        ("opaque m(t) a;", True),
        ("barrier q[0],q[1],;", True),
        ("qreg input[1]; creg output[1]; measure input -> output;", True),
        ("qreg qubit[1]; qreg ctrl[1]; cx qubit,ctrl;", True),
        ("h(,) q[0];", False),
        ("rx(1 2) q[0];", False),
        ("rx(sin 1) q[0];", False),
        ("measure q[0];", False),
        ("measure q[0] -> c[0]", False),
        ("if(c==1) {x q[0];}", False),
        ("if(c==-1) x q[0];", False),
        ("if(1==c) x q[0];", False),
        ("if(c==1) ;", False),
        ("if(c==1) opaque z a;", False),
        ("gate g a;", False),
        ("gate g { }", False),
        ("opaque g;", False),
        ("gate g a { reset a; }", False),
        ("gate g a { h a[0]; }", False),
        ("x q[1.0];", False),
        ("OPENQASM 2.0 qreg r[1];", False),
        ("x q[0]; }", False),
    ],
)
def test_the_loader_of_qiskit_takes_the_same(source: str, *, taken: bool) -> None:
    """What one of the two takes, the other takes, too."""

    def takes(read: object, error: type[Exception]) -> bool:
        try:
            read(HEAD + source)  # type: ignore[operator]  # one of two functions of text
        except error:
            return False
        return True

    assert (takes(parse, FaultyProgramError), takes(qasm2.loads, qasm2.QASM2ParseError)) == (taken, taken)


@pytest.mark.parametrize("version", ["", "OPENQASM 2;", "OPENQASM  2.0 ;", "// of OPENQASM 3.0\nOPENQASM 2.0;"])
def test_the_version_may_be_short_or_missing(version: str) -> None:
    """Files leave it out, and write it as they like; a comment says nothing."""
    assert parse(f"{version} h q; /* OPENQASM 3; */").statements


def test_a_late_version_is_taken() -> None:
    """It says what is known already."""
    program = parse("h q;\nOPENQASM 2.0;\nh q;")

    assert (program.version, len(program.statements)) == ("2.0", 2)


@pytest.mark.parametrize(
    ("source", "at", "words"),
    [
        ("h q\nx q;", 3, "`;` is missing behind `h`, before `x`"),
        ("h q[0]", 6, "the end of the program"),
        ("rx(*) q;", 3, "a number or a name is missing; `*`"),
        ("rx(1e999) q;", 3, "is too large"),
        ("rx(1 q;", 5, "`,` is missing between parameters"),
        ("measure q;", 9, "`->` is missing behind the measured qubit"),
        ("if (c==1) { x q; x q; }", 10, "write the condition before each statement"),
        ("qubit[2] q;", 0, "`qreg q[2];` declares qubits"),
        ("c = measure q;", 0, "`measure q[0] -> c[0];` sets a bit"),
        ("for int i in [0:3] { h q; h q; }", 0, "`for` is of OpenQASM 3"),
        ("h q; /* for ever", 5, "a comment that is never closed"),
        ("h \u200bq;", 2, "the invisible character U+200B"),
        ("gate g a { measure a -> c; h a; }", 11, "a gate consists of gates and barriers, not of `measure`"),
        ("gate g a { h a;", 15, "`}` is missing behind the body of `g`"),
        ("include qelib1.inc;", 8, "a file's name in quotes is missing"),
        ("OPENQASM 2.5;", 0, "`OPENQASM 2.0;`"),
        ("include", 7, "a file's name in quotes is missing; the end of the program"),
        ("OPENQASM", 8, "`;` is missing behind the version"),
        ("gate g { }", 6, "the gate `g` needs a qubit"),
        ("if (c) x q;", 5, "`==` and a number are missing; `)`"),
        ("h q; /* h q; */ [", 16, "a statement cannot begin with `[`"),
        ("h 3;", 2, "a qubit for `h` is missing; `3`"),
        ("qreg q[99999999999];", 7, "has 11 digits"),
    ],
)
def test_a_fault_says_what_to_write(source: str, at: int, words: str) -> None:
    """One cause is one fault, in plain words, where it is."""
    (fault,) = faults(source)

    assert (fault.at, words in fault.reason) == (at, True), fault


def test_several_faults_come_at_once() -> None:
    """After a fault it is read on behind the statement, up to twenty times."""
    assert [fault.at for fault in faults("h; x q; gate g a { y; z a; } t;")] == [1, 20, 30]
    assert len(faults("h;" * 100)) == 20
    assert len(faults("gate g a {" + "h;" * 100)) == 20


@pytest.mark.parametrize("expression", ["(" * 300 + "1" + ")" * 300, "+".join(["a"] * 300), "-" * 300 + "a"])
def test_deep_expressions_are_refused(expression: str) -> None:
    """What is nested very deep would end the process that works it out."""
    (fault,) = faults(f"gate g(a) b {{ rx({expression}) b; }}")

    assert "nested more than 200 deep" in fault.reason


def test_many_conditions_in_a_row_are_read() -> None:
    """Conditions may follow on one another: all of them must hold."""
    outer = statement("if(c[0]==1) if(d>=2) x q;")

    assert isinstance(outer, If)
    assert isinstance(inner := outer.then[0], If)
    assert [outer.at, inner.at] == [0, 12]
    assert isinstance(inner.condition, Binary)
    assert inner.condition.operator == ">="
    assert "more than 20 conditions" in faults("if(c==1) " * 30 + "x q;")[0].reason
