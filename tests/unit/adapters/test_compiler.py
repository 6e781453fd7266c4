"""What the compiler makes of programs, good and bad."""

import re

import pytest

from quantum.adapters.compiler import QdkCompiler
from quantum.contract.fields import Fault
from quantum.jobs.program import Compiled

BELL_2 = """OPENQASM 2.0;
include "qelib1.inc";
qreg q[2];
creg c[2];
h q[0];
cx q[0], q[1];
measure q -> c;
"""
BELL_3 = """OPENQASM 3.0;
include "stdgates.inc";
qubit[2] q;
bit[2] c;
h q[0];
cx q[0], q[1];
c = measure q;
"""
GHZ = """OPENQASM 3.0;
include "stdgates.inc";
const int n = 5;
qubit[n] q;
bit[n] c;
h q[0];
for int i in [1:n-1] { cx q[0], q[i]; }
c = measure q;
"""
ROTATION = """OPENQASM 3.0;
include "stdgates.inc";
input float theta;
input bool flip;
input bit[2] mask;
qubit q;
bit c;
rx(theta) q;
if (flip) { x q; }
if (mask[0] == 1) { h q; }
c = measure q;
"""
QSHARP = """namespace Test {
    struct Angles { First : Double, Second : Double }
    operation GenerateRandomBits(n : Int) : Result[] {
        use q = Qubit[n];
        ApplyToEach(H, q);
        return MeasureEachZ(q);
    }
    operation Turn(angle : Double, axis : Pauli, also : Bool[]) : Result {
        use q = Qubit();
        R(axis, angle, q);
        if Length(also) > 0 and also[0] { H(q); }
        return MResetZ(q);
    }
    operation Say(words : String, also : Int[][]) : Result { use q = Qubit(); Message(words); return M(q); }
    operation Both(a : Angles) : Result { use q = Qubit(); Rx(a.First, q); Rz(a.Second, q); return M(q); }
    // @EntryPoint() operation Wrong
    @EntryPoint()
    operation Begin() : Result[] { return GenerateRandomBits(2); }
}
"""
TWO_MARKED = """namespace A { @EntryPoint() operation Go() : Unit {} }
namespace B { @EntryPoint() operation Go() : Unit {} }
"""
FEEDBACK = """operation Main() : Result {
    use q = Qubit[2];
    H(q[0]);
    if MResetZ(q[0]) == One { X(q[1]); }
    return MResetZ(q[1]);
}
"""


@pytest.fixture(scope="module")
async def compile_text():
    """Compile with everything that is not said left at its plainest."""
    compiler = QdkCompiler()

    async def compile_text(source, language="openqasm3", *, profile="Base", entry_point=None, arguments=()):
        return await compiler.compile(source, language, profile=profile, entry_point=entry_point, arguments=arguments)

    yield compile_text
    await compiler.close()


@pytest.mark.parametrize(
    ("source", "language", "qubits"),
    [(BELL_2, "openqasm2", 2), (BELL_3, "openqasm3", 2), (GHZ, "openqasm3", 5), (QSHARP, "qsharp", 2)],
)
async def test_a_program_becomes_qir(compile_text, source, language, qubits):
    """A sound program in each language comes back as QIR with its entry point and its qubits."""
    compiled = await compile_text(source, language)

    assert isinstance(compiled, Compiled)
    assert (compiled.entry_point, compiled.qubits) == ("ENTRYPOINT__main", qubits)
    assert f"define i64 @{compiled.entry_point}()" in compiled.qir
    assert f'"required_num_qubits"="{qubits}"' in compiled.qir


@pytest.mark.parametrize(
    ("entry_point", "arguments", "mark"),
    [
        ("Test.GenerateRandomBits", [3], '"required_num_results"="3"'),
        ("Test.Turn", [0.5, "PauliX", [True]], "rx__body(double 0.5"),
        ("Test.Turn", [1, "PauliZ", []], "rz__body(double 1"),
        ("Test.Say", ['"); use evil = Qubit[9]; //', [[1], [2, 3]]], '"required_num_qubits"="1"'),
        ("Test.Both", [{"First": 0.25, "Second": 0.75}], "rz__body(double 0.75"),
    ],
)
async def test_arguments_reach_the_operation(compile_text, entry_point, arguments, mark):
    """Numbers, truth values, words, arrays and structs arrive as values, and never as source text."""
    compiled = await compile_text(QSHARP, "qsharp", entry_point=entry_point, arguments=arguments)

    assert isinstance(compiled, Compiled), compiled
    assert mark in compiled.qir


async def test_inputs_of_openqasm_are_bound_in_order(compile_text):
    """The inputs that an OpenQASM program declares take the arguments one by one."""
    compiled = await compile_text(ROTATION, arguments=[0.5, False, [1, 0]])

    assert isinstance(compiled, Compiled), compiled
    (angle,) = re.findall(r"rx__body\(double ([\d.]+)", compiled.qir)
    assert float(angle) == pytest.approx(0.5)
    assert "__h__body" in compiled.qir
    assert "__x__body" not in compiled.qir


async def test_a_program_returns_its_bits(compile_text):
    """Constants and variables of an OpenQASM program do not get into its results, nor do they need a better target."""
    source = "const int é = 2;\nqubit[é] q;\nbit[é] c = measure q;\ncreg d[1];\nd[0] = measure q[0];\nfloat f;"

    compiled = await compile_text(source)

    assert isinstance(compiled, Compiled), compiled
    assert re.findall(r"result_record_output\(%Result\* inttoptr \(i64 (\d)", compiled.qir) == ["0", "1", "2"]


async def test_a_program_returns_what_it_says(compile_text):
    """Where an OpenQASM program declares an output, that is what it returns."""
    source = "OPENQASM 3.0;\nint n = 2;\nqubit[2] q;\noutput bit c;\nbit d;\nc = measure q[0];\nd = measure q[1];"

    compiled = await compile_text(source)

    assert isinstance(compiled, Compiled), compiled
    assert re.findall(r"result_record_output\(%Result\* inttoptr \(i64 (\d)", compiled.qir) == ["0"]


@pytest.mark.parametrize(
    ("source", "language", "expected"),
    [
        ("OPENQASM 3.0;\nqubit q;\n/* é🎉 */ foo q;\nint n = bar;\n", "openqasm3", {(3, 10), (4, 9)}),
        (
            "operation Main() : Result {\n use q = Qubit();\n // é\n Foo(q); Bar();\n M(q) }",
            "qsharp",
            {(4, 2), (4, 10)},
        ),
        ('operation Main() : Result { Message("é🎉"); Foo(); }', "qsharp", {(1, 44)}),
        ("operation Main() : Result {\n let e = [1, 2][7];\n use q = Qubit(); M(q) }", "qsharp", {(2, 17)}),
        ("OPENQASM 3.0;\nqubit[2] q;\nbit c;\nc = measure q[5];\n", "openqasm3", {(4, 15)}),
    ],
)
async def test_every_error_has_its_place(compile_text, source, language, expected):
    """All errors are said at once, each with the line and the column, in characters, that it stands at."""
    faults = await compile_text(source, language)

    assert {fault.field for fault in faults} == {"input"}
    assert {(fault.line, fault.column) for fault in faults} >= expected


async def test_reasons_can_be_shown_anywhere(compile_text):
    """A fault quotes neither control characters nor endless text of the program."""
    fail = f'operation Main() : Result {{ use q = Qubit(); fail "\x1b[31m\u202eboom{"!" * 5000}"; M(q) }}'

    (fault,) = await compile_text(fail, "qsharp")

    assert fault.reason.isprintable()
    assert r"\x1b[31m\u202eboom" in fault.reason
    assert len(fault.reason) <= 500


async def test_no_more_than_twenty_faults(compile_text):
    """A program that is wrong in every line is refused with as many faults as a person reads."""
    faults = await compile_text("OPENQASM 3.0;\n" + "".join(f"foo{n} q;\n" for n in range(200)))

    assert len(faults) == 20


@pytest.mark.parametrize(
    ("entry_point", "arguments", "field", "words"),
    [
        ("Test.GenerateRandomBit", [3], "entryPoint", ["did you mean Test.GenerateRandomBits?", "Test.Turn"]),
        ("GenerateRandomBits", [3], "entryPoint", ["did you mean Test.GenerateRandomBits?"]),
        ("Test.Angles", [], "entryPoint", ["no operation 'Test.Angles'"]),
        ("Std.Intrinsic.H(q); //", [], "entryPoint", ["no operation"]),
        ("Test.GenerateRandomBits", [], "arguments", ["Int"]),
        ("Test.GenerateRandomBits", [3, 4], "arguments", ["Int"]),
        ("Test.GenerateRandomBits", ["3"], "arguments", ["Int"]),
        ("Test.GenerateRandomBits", [3.5], "arguments", ["Int"]),
        ("Test.GenerateRandomBits", [2**70], "arguments", ["argument 1 (n)", "2^63 - 1"]),
        ("Test.GenerateRandomBits", [None], "arguments", ["null"]),
        ("Test.Turn", [float("nan"), "PauliX", []], "arguments", ["JSON"]),
        ("Test.Turn", [0.5, "PauliQ", []], "arguments", ["Pauli"]),
        ("Test.Begin", [1], "arguments", ["no arguments"]),
    ],
)
async def test_a_wrong_call_is_refused(compile_text, entry_point, arguments, field, words):
    """An unknown operation is answered with the known ones, wrong arguments with what is expected."""
    faults = await compile_text(QSHARP, "qsharp", entry_point=entry_point, arguments=arguments)

    assert [fault.field for fault in faults] == [field]
    assert all(word in faults[0].reason for word in words), faults


async def test_missing_inputs_are_named(compile_text):
    """A program whose inputs are not all given is answered with their names and types."""
    (fault,) = await compile_text(ROTATION, arguments=[0.5])

    assert fault.field == "arguments"
    assert "theta (float), flip (bool), mask (bit[2])" in fault.reason


async def test_openqasm_has_no_entry_points(compile_text):
    """An entry point that cannot be honoured is refused and not overlooked."""
    (fault,) = await compile_text(BELL_3, entry_point="main")

    assert fault.field == "entryPoint"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("operation A() : Result { use q = Qubit(); M(q) }", "no Main: name one; the program has A"),
        ("function F() : Int { 3 }", "no Main"),
        (TWO_MARKED, "A.Go, B.Go"),
    ],
)
async def test_an_unclear_beginning_is_refused(compile_text, source, words):
    """A Q# file without one clear entry point is answered with the operations that it has."""
    faults = await compile_text(source, "qsharp")

    assert [fault.field for fault in faults] == ["entryPoint"]
    assert words in faults[0].reason


async def test_a_program_without_an_operation_is_refused(compile_text):
    """There is nothing to name."""
    (fault,) = await compile_text("", "qsharp")

    assert (fault.field, "declares no operation" in fault.reason) == ("input", True)


@pytest.mark.parametrize(("source", "language"), [(BELL_2, "openqasm3"), (BELL_3, "openqasm2")])
async def test_the_format_names_the_version(compile_text, source, language):
    """A program of the other OpenQASM than its format says is refused."""
    (fault,) = await compile_text(source, language)

    assert language in fault.reason


@pytest.mark.parametrize(
    ("source", "word"),
    [
        ("OPENQASM 3.0; qubit q; reset q;", "measures no qubits"),
        ("OPENQASM 3.0;", "measures no qubits"),
        ("", "measures no qubits"),
        ("\x00\x01\x02", "unrecognized character"),
    ],
)
async def test_nothing_to_run_is_a_fault(compile_text, source, word):
    """A program that could have no result is refused before anything is spent on it."""
    faults = await compile_text(source)

    assert word in faults[0].reason, faults
    assert faults[0].reason.isprintable()


async def test_half_a_character_is_a_fault(compile_text):
    """Text that JSON can carry and Unicode cannot is the program's fault."""
    faults = await compile_text("// \ud800")

    assert [fault.field for fault in faults] == ["input"]


async def test_arguments_nested_without_end_are_a_fault(compile_text):
    """Arguments that no operation could take do not get as far as the compiler."""
    endless: list[object] = []
    endless.append(endless)

    faults = await compile_text(QSHARP, "qsharp", entry_point="Test.Say", arguments=endless)

    assert [fault.field for fault in faults] == ["arguments"]


async def test_a_profile_that_does_not_suffice_is_named(compile_text):
    """A program that a target's profile cannot run says what it uses; in a profile that can, it compiles."""
    faults = await compile_text(FEEDBACK, "qsharp", profile="Base")
    compiled = await compile_text(FEEDBACK, "qsharp", profile="Adaptive_RI")

    assert faults[0].reason.startswith("this target's profile (Base) cannot use a dynamic bool value: ")
    assert faults[0].reason.endswith("not supported")
    assert isinstance(faults[0], Fault)
    assert faults[0].line == 4
    assert isinstance(compiled, Compiled)
    assert '"qir_profiles"="adaptive_profile"' in compiled.qir


@pytest.mark.parametrize("profile", ["Base", "Adaptive_RI", "Adaptive_RIF", "Adaptive"])
async def test_every_profile_has_an_entry_point(compile_text, profile):
    """Each profile's QIR, opaque pointers or not, names its entry point and its qubits."""
    compiled = await compile_text(BELL_3, profile=profile)

    assert isinstance(compiled, Compiled)
    assert (compiled.entry_point, compiled.qubits) == ("ENTRYPOINT__main", 2)


async def test_what_a_program_prints_is_not_in_the_answer(compile_text):
    """Messages of a program neither spoil nor forge the answer."""
    forged = (
        'Message("{\\"entryPoint\\": \\"x\\", \\"qubits\\": 1}"); operation Main() : Result { use q = Qubit(); M(q) }'
    )

    compiled = await compile_text(forged, "qsharp")

    assert isinstance(compiled, Compiled), compiled
    assert compiled.entry_point == "ENTRYPOINT__main"


async def test_no_file_of_the_machine_is_included(compile_text, tmp_path):
    """A file that lies there for everybody to read is no part of a program that names it."""
    there = tmp_path / "mine.inc"
    there.write_text("bit secret = measure q;\n")
    there.chmod(0o644)

    faults = await compile_text(f'OPENQASM 3.0;\nqubit q;\ninclude "{there}";\n')

    assert isinstance(faults, tuple)
    assert {fault.line for fault in faults} == {3}
    assert "secret" not in str(faults)


@pytest.mark.parametrize(("language", "profile"), [("cobol", "Base"), ("qsharp", "Unrestricted")])
async def test_an_unknown_language_or_profile_is_our_mistake(compile_text, language, profile):
    """What the caller cannot have chosen is an error of ours, not a fault of the order."""
    with pytest.raises(ValueError, match="no compiler"):
        await compile_text(BELL_3, language, profile=profile)


async def test_a_module_of_qir_is_read_in_the_box(compile_text):
    """What somebody else compiled is named by its entry point, its qubits and its profile, and stays as it is."""
    module = """define void @start() #0 {
  ret void
}
attributes #0 = { "entry_point" "qir_profiles"="base_profile" "required_num_qubits"="3" "required_num_results"="1" }
"""

    assert await compile_text(module, "qir.text") == Compiled("", "start", 3, profile="Base")
    (fault,) = await compile_text(module, "qir.text", entry_point="begin")
    assert (fault.field, fault.reason) == ("entryPoint", "'begin' is no entry point of the module; there is start")
