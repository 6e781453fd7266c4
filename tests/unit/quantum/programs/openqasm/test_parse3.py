"""OpenQASM 3 as it is read: each construct of the language, the dialects that are met, and what is told."""

from types import SimpleNamespace

import pytest

from quantum.programs.openqasm.faults import FaultyProgramError, ProgramFault
from quantum.programs.openqasm.parse3 import Statements, parse
from quantum.programs.openqasm.syntax import (
    Alias,
    Aside,
    Assign,
    Barrier,
    Binary,
    BitString,
    Block,
    Call,
    Cast,
    Declaration,
    Duration,
    Evaluate,
    Expression,
    For,
    GateCall,
    GateDefinition,
    HardwareQubit,
    If,
    Include,
    Index,
    Jump,
    Measure,
    Measured,
    Modifier,
    Name,
    Number,
    Parameter,
    QubitDeclaration,
    Range,
    Reset,
    Return,
    Set,
    Statement,
    Subroutine,
    Switch,
    Type,
    Unary,
    Unsupported,
    While,
)

OPERATORS = ("+", "-", "*", "/", "%", "**", "==", "!=", "<", "<=", ">", ">=", "&&", "||", "&", "|", "^", "<<", ">>")


def statement(source: str) -> Statement:
    """Read the only statement of a source."""
    (only,) = parse(source).statements
    return only


def faults(source: str) -> tuple[ProgramFault, ...]:
    """Read a source that is wrong."""
    with pytest.raises(FaultyProgramError) as caught:
        parse(source)
    return caught.value.faults


def x(at: int) -> GateCall:
    """The statement `x q;`."""
    return GateCall("x", (), (Name("q", at + 2),), (), at)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("qubit q;", QubitDeclaration("q", None, 0)),
        ("qubit[2] q;", QubitDeclaration("q", Number(2, 6), 0)),
        ("qreg q[2];", QubitDeclaration("q", Number(2, 7), 0)),
        ("creg c[3];", Declaration(Type("bit", Number(3, 7), 0), "c", None, "", 0)),
        ("bit c;", Declaration(Type("bit", None, 0), "c", None, "", 0)),
        ("const int[8] n = 3;", Declaration(Type("int", Number(8, 10), 6), "n", Number(3, 17), "const", 0)),
        ("input float t;", Declaration(Type("float", None, 6), "t", None, "input", 0)),
        ("output bit b;", Declaration(Type("bit", None, 7), "b", None, "output", 0)),
        ("complex[float[32]] z;", Declaration(Type("complex", Number(32, 14), 0), "z", None, "", 0)),
        (
            "array[int[8], 2] a = {1, n};",
            Declaration(
                Type("int", Number(8, 10), 0, (Number(2, 14),)), "a", Set((Number(1, 22), Name("n", 25)), 21), "", 0
            ),
        ),
        ("bit d = measure q;", Declaration(Type("bit", None, 0), "d", Measured(Name("q", 16), 8), "", 0)),
        ("measure q -> c;", Measure(Name("q", 8), Name("c", 13), 0)),
        ("c = measure $1;", Measure(HardwareQubit(1, 12), Name("c", 0), 0)),
        ("measure q;", Measure(Name("q", 8), None, 0)),
        ("reset q;", Reset(Name("q", 6), 0)),
        ("barrier;", Barrier((), 0)),
        ("barrier q, $0;", Barrier((Name("q", 8), HardwareQubit(0, 11)), 0)),
        (
            "ctrl(2) @ inv @ pow(k) @ g(1) q;",
            GateCall(
                "g",
                (Number(1, 27),),
                (Name("q", 30),),
                (Modifier("ctrl", Number(2, 5), 0), Modifier("inv", None, 10), Modifier("pow", Name("k", 20), 16)),
                0,
            ),
        ),
        ("gphase(pi);", GateCall("gphase", (Name("pi", 7),), (), (), 0)),
        ("gate g(t) a { x q; }", GateDefinition("g", ("t",), ("a",), (x(14),), 0)),
        ("opaque m(t) a, b;", GateDefinition("m", ("t",), ("a", "b"), None, 0)),
        ("a[0] ^= true;", Assign(Index(Name("a", 0), (Number(0, 2),), 0), "^", Number(value=True, at=8), 0)),
        ('b = "0_11";', Assign(Name("b", 0), None, BitString("011", 4), 0)),
        ("let a = q;", Alias("a", Name("q", 8), 0)),
        ("let a = q ++ r;", Alias("a", Binary("++", Name("q", 8), Name("r", 13), 0), 0)),
        (
            "if (a) x q; else { x q; }",
            If(Name("a", 4), (x(7),), (x(19),), 0),
        ),
        (
            "for uint i in [0:2:n] x q;",
            For(Type("uint", None, 4), "i", Range(Number(0, 15), Number(2, 17), Name("n", 19), 14), (x(22),), 0),
        ),
        ("while (a) { break; }", While(Name("a", 7), (Jump("break", 12),), 0)),
        (
            "switch (n) { case 1, 2 { x q; } default { end; } }",
            Switch(Name("n", 8), (((Number(1, 18), Number(2, 21)), (x(25),)),), (Jump("end", 42),), 0),
        ),
        (
            "def f(qubit q, angle[4] t) -> bit { return a; }",
            Subroutine(
                "f",
                (
                    Parameter(Type("qubit", None, 6), "q", 6),
                    Parameter(Type("angle", Number(4, 21), 15), "t", 15),
                ),
                Type("bit", None, 30),
                (Return(Name("a", 43), 36),),
                0,
            ),
        ),
        ("f(q);", Evaluate(Call("f", (Name("q", 2),), 0), 0)),
        ("{ x q; }", Block((x(2),), "", 0)),
        ("box { x q; }", Block((x(6),), "box", 0)),
        ('include "stdgates.inc";', Include("stdgates.inc", 0)),
        ("#pragma braket verbatim", Aside("pragma", "braket verbatim", 0)),
        ("delay[2us] $0;", Aside("delay", "delay[2us] $0;", 0)),
        ("extern f(int) -> bit;", Aside("extern", "extern f(int) -> bit;", 0)),
        ("cal { one; two; }", Aside("cal", "cal { one; two; }", 0)),
        ("defcal x $0 { play; }", Aside("defcal", "defcal x $0 { play; }", 0)),
        ('defcalgrammar "openpulse";', Aside("defcalgrammar", 'defcalgrammar "openpulse";', 0)),
        ("nop q;", Aside("nop", "nop q;", 0)),
        ("nop;", Aside("nop", "nop;", 0)),
        (
            "duration d = durationof({x q;});",
            Declaration(Type("duration", None, 0), "d", Duration(0, "dt", 13), "", 0),
        ),
        ("stretch s;", Declaration(Type("stretch", None, 0), "s", None, "", 0)),
    ],
)
def test_a_construct_is_read(source: str, expected: Statement) -> None:
    """Each statement of the language becomes its dataclass, with its place."""
    assert statement(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("0x1F", Number(31, 4)),
        ("1_000", Number(1000, 4)),
        (".5", Number(0.5, 4)),
        ("2im", Number(2j, 4)),
        ("false", Number(value=False, at=4)),
        ("100ns", Duration(100.0, "ns", 4)),
        ("3dt", Duration(3.0, "dt", 4)),
        ("1.5µs", Duration(1.5, "us", 4)),
        ("-b ** 2", Unary("-", Binary("**", Name("b", 5), Number(2, 10), 5), 4)),
        ("!b", Unary("!", Name("b", 5), 4)),
        ("(b)", Name("b", 5)),
        ("b[0, 1]", Index(Name("b", 4), (Number(0, 6), Number(1, 9)), 4)),
        ("b[0][1]", Index(Index(Name("b", 4), (Number(0, 6),), 4), (Number(1, 9),), 4)),
        ("b[{1}]", Index(Name("b", 4), (Set((Number(1, 7),), 6),), 4)),
        ("b[:2]", Index(Name("b", 4), (Range(None, None, Number(2, 7), 6),), 4)),
        ("int[4](b)", Cast(Type("int", Number(4, 8), 4), Name("b", 11), 4)),
        ("popcount(b)", Call("popcount", (Name("b", 13),), 4)),
        ('"text"', Unsupported("a text in quotes", 4)),
        *((f"b {word} c", Binary(word, Name("b", 4), Name("c", 7 + len(word)), 4)) for word in OPERATORS),
    ],
)
def test_an_expression_is_read(source: str, expected: Expression) -> None:
    """Each expression of the language becomes its dataclass, with its place."""
    assert statement(f"a = {source};") == Assign(Name("a", 0), None, expected, 0)


def test_array_parameters_say_what_is_not_read_of_them() -> None:
    """An array that is only read is a value; one that is changed, or of any size, is named as such."""
    source = "def f(readonly array[int, 2] a, mutable array[int, 2] b, readonly array[int, #dim = 2] c) { }"
    read = statement(source)

    assert isinstance(read, Subroutine)
    assert [each.type.dimensions for each in read.parameters] == [
        (Number(2, 26),),
        (Unsupported("an array that a subroutine changes (`mutable`)", 32),),
        (Unsupported("an array of any size (`#dim`)", 57),),
    ]


def test_what_is_said_about_a_statement_stands_before_it() -> None:
    """Annotations and durations are kept, and change no gate."""
    assert parse("@tool.word text\nx[5ns] q;").statements == (
        Aside("annotation", "@tool.word text", 0),
        Aside("duration", "5ns", 16),
        GateCall("x", (), (Name("q", 23),), (), 16),
    )


def test_a_gate_of_the_program_may_be_called_nop() -> None:
    """It is a gate then."""
    assert parse("gate nop a {} nop q;").statements[1] == GateCall("nop", (), (Name("q", 18),), (), 14)


def test_what_is_taken_out_stands_where_it_was() -> None:
    """Versions, includes of any file and opaque gates never reach the parser; each keeps its place, and moves none."""
    program = parse('OPENQASM 3;\ninclude "/a/b.inc"; x q;\nopaque m a;x q; OPENQASM 3.0;\ninclude "x.inc";')

    assert program.version == "3.0"
    assert program.statements == (
        Include("/a/b.inc", 12),
        x(32),
        GateDefinition("m", (), ("a",), None, 37),
        x(48),
        Include("x.inc", 67),
    )


def test_places_count_characters() -> None:
    """Letters of several bytes before a construct move nothing."""
    source = "// π, \U0001d6fc and é\nx q; /* π */ x q;\ngate π θ { } π q;"

    assert [each.at for each in parse(source).statements] == [
        source.index("x q"),
        source.rindex("x q"),
        source.index("gate"),
        source.rindex("π q"),
    ]
    assert [fault.at for fault in faults("/* π */ x q; /* \U0001d6fc */ x q r;")] == [25]


@pytest.mark.parametrize("version", ["", "OPENQASM 3;", "OPENQASM 3.0;", "OPENQASM /* */ 3.1 ;"])
def test_a_switch_is_read_in_any_version(version: str) -> None:
    """Qiskit writes it under 3.0, although it came with 3.1."""
    assert isinstance(parse(f"{version} switch (n) {{ case 1 {{ x q; }} }}").statements[0], Switch)


@pytest.mark.parametrize(
    ("source", "at", "words"),
    [
        ("x q", 3, "expected `;`, found the end of the program"),
        ("for i in [0:3] x q;", 4, "`for int i in [0:3]`"),
        ("qubit input;", 6, "a word of OpenQASM 3 cannot be a name"),
        ("x q; y++;", 6, "expected `;`, found `++`"),
        ('if (a) { include "x.inc"; }', 9, "`include` stands within braces"),
        ("x q; opaque m(t a;", 16, "`)` is missing behind the parameters"),
        ("x q; ) y q;", 5, "expected the end of the program, found `)`"),
        ("x $9999999999;", 2, "has 10 digits"),
    ],
)
def test_a_fault_is_told_once_where_it_is(source: str, at: int, words: str) -> None:
    """One cause is one fault, with a remedy where there is one."""
    (fault,) = faults(source)

    assert (fault.at, words in fault.reason) == (at, True), fault


@pytest.mark.parametrize(
    ("before", "repeated", "within", "closed", "most"),
    [
        ("", "if (a) { ", "x q;", "}", 50),
        ("", "{", "x q;", "}", 100),
        ("if (a) x q;", " else if (b) cx q, r;", "", "", 49),
        ("a = ", "(", "1", ")", 199),
        ("a = 1", " + 1", "", "", 200),
    ],
)
def test_what_is_nested_deep_is_refused(before: str, repeated: str, within: str, closed: str, most: int) -> None:
    """What is nested very deep would end the process that works it out; a little less is read."""

    def nested(times: int) -> str:
        return f"{before}{repeated * times}{within}{closed * times}{';' if before.startswith('a') else ''}"

    assert parse(nested(most)).statements
    assert "nested too deep" in faults(nested(most + 2))[0].reason


def test_a_semicolon_too_many_says_nothing() -> None:
    """Many write one behind a brace."""
    assert parse("x q;; gate g a { ; };").statements == (x(0), GateDefinition("g", (), ("a",), (), 6))


def test_a_kind_of_statement_that_is_new_to_us_is_refused() -> None:
    """The parser may learn to read more than we do; nothing is passed over."""

    class Novelty:
        """A node as qdk's parser makes them."""

        span = SimpleNamespace(lo=3, hi=4)
        annotations: tuple[object, ...] = ()

    statements = Statements("x q; y q;", {})

    assert statements.all([Novelty()]) == ()
    assert statements.faults == [ProgramFault("this statement is not read (Novelty)", 3)]


def test_length_alone_is_not_depth() -> None:
    """Many statements, and long lists, are read."""
    values = ", ".join(["-1"] * 1000)

    assert len(parse("x q; rx(-1) q;" * 1000 + f"array[int, 1000] a = {{{values}}};").statements) == 2001


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("n = pow(2, 3);", Call("pow", (Number(2, 8), Number(3, 11)), 4)),
        ("n = pow /* of two */ (2, 3);", Call("pow", (Number(2, 22), Number(3, 25)), 4)),
        ("let a = $12; n = 1;", Number(1, 17)),
        ("def f() { } n = $7;", HardwareQubit(7, 16)),
    ],
)
def test_what_the_parser_takes_elsewhere_only_is_read_everywhere(source: str, expected: Expression) -> None:
    """A power as a function, and hardware qubits in calls and aliases."""
    assert [one.value for one in parse(source).statements if isinstance(one, Assign)] == [expected]


def test_a_power_of_a_gate_stays_one() -> None:
    """Also where its exponent is a power."""
    power = Call("pow", (Number(2, 8), Number(2, 11)), 4)

    assert parse("pow(pow(2, 2)) /* at */ @ x q;").statements == (
        GateCall("x", (), (Name("q", 28),), (Modifier("pow", power, 0),), 0),
    )


def test_names_of_the_program_are_not_taken_for_others() -> None:
    """What is spelled otherwise gets a name that nobody uses."""
    source = "def f(qubit a1) { } f($1); aaw = pow(aaw, 1);"

    _, call, assigned = parse(source).statements

    assert call == Evaluate(Call("f", (HardwareQubit(1, 22),), 20), 20)
    assert assigned == Assign(Name("aaw", 27), None, Call("pow", (Name("aaw", 37), Number(1, 42)), 33), 27)


def test_notes_within_a_gate_are_left_out() -> None:
    """Annotations stand everywhere that statements do."""
    gate, note, other = parse("gate g a { @fast now\n x a;\n@slow\n y a; }").statements

    assert note == Aside("annotation", "@fast now", 10)
    assert other == Aside("annotation", "@slow", 27)
    assert isinstance(gate, GateDefinition)
    assert len(gate.body or ()) == 2


@pytest.mark.parametrize(
    ("source", "way_out"),
    [
        ("bool b = bool(measure q);", "write `bit b = measure …;` before, and b here"),
        ("array[bit, 3] a;", "an array of bits is a register, `bit[n] name`"),
        ("h a ++ b;", "`let both = a ++ b;`"),
        ("h q[ ];", "an index is missing between these brackets"),
    ],
)
def test_what_cannot_be_read_is_told_with_what_can(source: str, way_out: str) -> None:
    """The parser says what it found; what to write is ours to say."""
    assert way_out in faults(source)[0].reason
