"""Program files and orders, as they become the JSON that is sent."""

import json
from base64 import b64decode
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from quantumjobs import Program, UsageError
from quantumjobs.orders import build_order, order_of_file

BITCODE = b"BC\xc0\xde\x00\xff"


@pytest.mark.parametrize(
    ("name", "content", "format"),
    [
        ("a.qasm", "OPENQASM 3.0;\nqubit q;", "openqasm3"),
        ("a.qasm", "// OPENQASM 2 it is not\nOPENQASM 3;", "openqasm3"),
        ("a.qasm", "// a comment\n\n  OPENQASM 2.0;\nqreg q[1];", "openqasm2"),
        ("a.qasm", "\ufeffOPENQASM 2.0;", "openqasm2"),
        ("a.qasm", "qubit q;", "openqasm3"),
        ("A.QASM", "OPENQASM 3;", "openqasm3"),
        ("a.qs", "operation Main() : Unit {}", "qsharp"),
        ("a.ll", "define void @main() { ret void }", "qir.v1"),
        ("a.json", '{"qubits": 1, "circuit": []}', "ionq.circuit.v1"),
    ],
)
def test_the_format_is_told_by_extension_and_header(tmp_path: Path, name: str, content: str, format: str) -> None:  # noqa: A002
    """A source file becomes text in the format that it has, without a byte order mark."""
    file = tmp_path / name
    file.write_text(content, "utf-8")

    order = order_of_file(file)

    assert order["input"] == {"format": format, "text": content.removeprefix("\ufeff")}


def test_bitcode_travels_as_base64(tmp_path: Path) -> None:
    """Bytes arrive as they were."""
    file = tmp_path / "a.bc"
    file.write_bytes(BITCODE)

    order = order_of_file(file)

    assert order["input"]["format"] == "qir.v1"
    assert b64decode(order["input"]["base64"]) == BITCODE


def test_an_outright_format_wins(tmp_path: Path) -> None:
    """Any format word can be sent, from any extension."""
    file = tmp_path / "a.txt"
    file.write_text("X 0")

    assert order_of_file(file, "rigetti.quil.v1")["input"] == {"format": "rigetti.quil.v1", "text": "X 0"}


def test_a_whole_order_is_taken_as_it_is(tmp_path: Path) -> None:
    """JSON with an input is an order, with a name of its own and fields that this package does not know."""
    order = {"name": "mine", "target": "t", "shots": 1, "input": {"format": "qsharp", "text": "…"}, "newField": 1}
    file = tmp_path / "a.order.json"
    file.write_text(json.dumps(order))

    assert order_of_file(file) == order


@pytest.mark.parametrize(
    ("file_name", "name"), [("bell.qasm", "bell"), ("été (1)!.qasm", "été -1--"), ("..-x.qasm", "x")]
)
def test_the_file_names_the_job(tmp_path: Path, file_name: str, name: str) -> None:
    """A name that the order lacks is made of the file's, in letters that a name may have."""
    file = tmp_path / file_name
    file.write_text("OPENQASM 3;")

    assert order_of_file(file)["name"] == name


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.qasm", b"", "empty"),
        ("a.qasm", b" \n\t", "empty"),
        ("a.qasm", BITCODE, "QIR bitcode: name it .bc"),
        ("a.qasm", b"OPENQASM 3;\0", "NUL"),
        ("a.qs", b"\xff\xfe\x00", "It is UTF-16: save it as UTF-8"),
        ("a.qs", b"// \xe9", "byte 3 is not UTF-8"),
        ("a.bc", b"define void @main()", "name it .ll"),
        ("a.json", b'{"qubits": 1,\n "circuit": ]}', "line 2, column 13"),
        ("a.json", b"[1, 2]", "whole order"),
        ("a.json", b'{"a": NaN}', "NaN"),
        ("a.json", b"[" * 100_000, "no JSON"),
        ("a.txt", b"OPENQASM 3;", "--format"),
        ("a", b"OPENQASM 3;", "--format"),
    ],
)
def test_a_bad_file_is_told_with_the_remedy(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    """One line says which file, what is wrong, and what to do."""
    file = tmp_path / name
    file.write_bytes(content)

    with pytest.raises(UsageError) as raised:
        order_of_file(file)

    assert message in str(raised.value)
    assert str(raised.value).startswith(str(file))
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("name", ["missing.qasm", ".", "a\0.qasm"])
def test_what_cannot_be_read_is_told(tmp_path: Path, name: str) -> None:
    """A missing file, a folder and an impossible name are clear errors."""
    with pytest.raises(UsageError, match="Give the path of a program file"):
        order_of_file(tmp_path / name)


def test_fields_win_over_a_whole_order() -> None:
    """Python names become the order's own, durations too."""
    whole = {"name": "a", "target": "t", "shots": 1, "input": {"format": "qsharp", "blob": "inputs/a"}}

    order = build_order(whole, shots=5, deadline=timedelta(hours=2), fallback_targets=("u",), entry_point="A.B")

    assert order == {**whole, "shots": 5, "deadline": "PT7200S", "fallbackTargets": ["u"], "entryPoint": "A.B"}


@pytest.mark.parametrize(
    ("program", "content"),
    [
        (Program("qsharp", text="x"), {"text": "x"}),
        (Program("qir.v1", data=b"BC"), {"base64": "QkM="}),
        (Program("qir.v1", blob="inputs/a.bc"), {"blob": "inputs/a.bc"}),
    ],
)
def test_a_program_in_memory_becomes_the_input(program: Program, content: dict[str, Any]) -> None:
    """Text, bytes and a blob's name each have their place."""
    assert build_order(program)["input"] == {"format": program.format, **content}


@pytest.mark.parametrize("program", [Program("qsharp"), Program("qsharp", text="x", blob="a/b")])
def test_a_program_has_one_content(program: Program) -> None:
    """None or two are refused before anything is sent."""
    with pytest.raises(UsageError, match="exactly one"):
        build_order(program)
