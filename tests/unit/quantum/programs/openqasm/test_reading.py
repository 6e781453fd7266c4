"""Programs as people save them: marks, line ends, versions that are said in odd places, or not at all."""

import pytest

from quantum.programs.openqasm.faults import FaultyProgramError, Places
from quantum.programs.openqasm.reading import plain, read
from quantum.programs.openqasm.versions import language_of, stated_versions

TWO = 'OPENQASM 2.0;\ninclude "qelib1.inc";\nqreg q[1];\nh q[0];\n'
THREE = 'OPENQASM 3.0;\ninclude "stdgates.inc";\nqubit q;\nh q;\n'


def reason(source: str, language: str) -> str:
    """The only fault of a source."""
    with pytest.raises(FaultyProgramError) as caught:
        read(source, language)
    (fault,) = caught.value.faults
    return fault.reason


@pytest.mark.parametrize(("source", "language"), [(TWO, "openqasm2"), (THREE, "openqasm3")])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_marks_and_line_ends_mean_nothing(source: str, language: str, end: str, mark: str) -> None:
    """A file of any system is the same program, and its places are the same lines and columns."""
    saved = mark + source.replace("\n", end)
    program = read(saved, language)

    assert len(program.statements) == 3
    assert Places(plain(saved)).line_and_column(program.statements[-1].at) == (4, 1)


def test_comments_end_at_any_line_end() -> None:
    """A lone carriage return ends a comment, too."""
    assert len(read("OPENQASM 2.0; // first\rqreg q[1];", "openqasm2").statements) == 1


@pytest.mark.parametrize(
    "source",
    [
        "// converted from OPENQASM 2.0\nOPENQASM 3.0;\n",
        "/* OPENQASM 2.0; */ OPENQASM 3;\n",
        "/*" + "long " * 2000 + "*/\nOPENQASM 3.1;\n",
        "OPENQASM   3.0 ;",
        "OPENQASM\n// here it is\n3.0;",
        "qubit q; OPENQASM 3.0;",
        "#pragma from OPENQASM 2.0\nOPENQASM 3.0;",
        'include "OPENQASM 2.0;"; OPENQASM 3.0;',
        "qubit[2] q;",
        'include "stdgates.inc"; qreg q[2];',
        "qreg_ a;",
        "// qreg q[2];\n",
        "cnot $0, $1;",
        "creg c[2]; qubit[2] q;",
        "",
    ],
)
def test_openqasm_3_is_told_by_itself(source: str) -> None:
    """What a comment, a text or a tool's line says is no sign of anything."""
    assert language_of(source) == "openqasm3"


@pytest.mark.parametrize(
    "source",
    [
        "// OPENQASM 3.0 is newer\nOPENQASM 2.0;\n",
        "OPENQASM  2.0;",
        "OPENQASM 2;",
        'include "qelib1.inc";\nqreg q[2];',
        "include 'hqslib1.inc';",
        "qreg q[2]; creg c[2];",
        "h q;" * 5000 + "OPENQASM 2.0;",
        'qreg qubit[2]; include "qelib1.inc";',
        "OPENQASM 4.0; OPENQASM 2.0;",
    ],
)
def test_openqasm_2_is_told_by_itself(source: str) -> None:
    """By its version wherever it stands, its library, or its registers."""
    assert language_of(source) == "openqasm2"


def test_a_program_of_the_other_version_is_refused_with_the_way_out() -> None:
    """The program and the order's format disagree, and only the caller knows which is meant."""
    assert reason(TWO, "openqasm3") == (
        "the program says OPENQASM 2.0, but the order's format says openqasm3: write "
        '"format": "openqasm2", or a program of OpenQASM 3'
    )
    assert '"format": "openqasm3"' in reason("// 2.0\n" + THREE, "openqasm2")


@pytest.mark.parametrize("other", ["3.0", "2.1", "7"])
def test_two_versions_at_once_are_refused(other: str) -> None:
    """What such a program means cannot be known."""
    with pytest.raises(FaultyProgramError) as caught:
        read(f"{TWO}OPENQASM {other};", "openqasm2")

    (fault,) = caught.value.faults
    assert fault.reason == f"the program says OPENQASM 2.0 before, and OPENQASM {other} here: keep one"
    assert fault.at == len(TWO)


@pytest.mark.parametrize(("source", "language"), [("qreg q[1];", "openqasm2"), ("qubit q;", "openqasm3")])
def test_a_program_need_not_say_its_version(source: str, language: str) -> None:
    """It is read as its format says."""
    assert read(source, language).version is None


def test_the_same_version_twice_is_taken() -> None:
    """Files are put together of files."""
    assert read(TWO + "OPENQASM 2;", "openqasm2").version == "2"


@pytest.mark.parametrize("version", ["4.0", "3.7", "1"])
def test_a_version_that_nobody_knows_is_refused(version: str) -> None:
    """It may mean anything."""
    assert reason(f"OPENQASM {version};", "openqasm3") == f"OPENQASM {version} is not known; 2.0, 3.0 and 3.1 are"


def test_comments_within_a_version_line_take_no_time() -> None:
    """However they could be cut, they are read once."""
    assert stated_versions("OPENQASM" + "/**/ " * 20_000) == []


@pytest.mark.parametrize("language", ["openqasm2", "openqasm3"])
def test_half_a_character_is_told(language: str) -> None:
    """It can come in JSON, and in no file."""
    with pytest.raises(FaultyProgramError) as caught:
        read("// \ud800\n", language)

    assert [(fault.at, "half a character" in fault.reason) for fault in caught.value.faults] == [(3, True)]


def test_a_number_of_a_thousand_digits_is_told() -> None:
    """Nobody means one."""
    with pytest.raises(FaultyProgramError) as caught:
        read(f"int n = {'9' * 5000};", "openqasm3")

    assert [(fault.at, "has 5,000 digits" in fault.reason) for fault in caught.value.faults] == [(8, True)]
