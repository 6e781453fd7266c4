"""Reads a program file into the `input` of an order, or a whole order out of JSON; its errors name the remedy."""

from __future__ import annotations

import json
import sys
from base64 import b64encode
from typing import TYPE_CHECKING, Any, NoReturn

from quantumjobs.circuits import is_quantum_program, program_of
from quantumjobs.errors import UsageError
from quantumjobs.openqasm import language_of

if TYPE_CHECKING:
    from pathlib import Path

SOURCE_FORMATS = frozenset({"openqasm2", "openqasm3", "qsharp"})
BITCODE_MAGIC = (b"BC\xc0\xde", b"\xde\xc0\x17\x0b")
EXTENSIONS = (
    ".qasm (OpenQASM 2 or 3), .qs (Q#), .ll (QIR as text), .bc (QIR as bitcode), .quil (Quil), .qprog (Classiq's"
    " quantum program), .json (IonQ circuit, optimisation problem, pulse sequence, or whole order)"
)
JSON_FORMATS = {"cost_function": "microsoft.qio.v2", "sequence_builder": "pasqal.pulser.v1"}  # by what only they have
# A Functions host refuses bodies over 100 MB; in base64 a program grows by a third.
MAX_BYTES = 64 * 1024 * 1024


def read_document(file: Path, format: str | None = None) -> dict[str, Any]:  # noqa: A002 the order's own word
    """Read `{"input": …}`, or a whole order; `-` is standard input, and an outright format wins over the extension."""
    content = _read(file)
    if format is not None:
        return {"input": {"format": format, **_encoded(file, content, format)}}
    extension = ".json" if str(file) == "-" else _extension(file)
    if extension in {".json", ".qprog"}:
        return _order_or_circuit(file, content)
    if extension == ".qasm":
        text = _text(file, content, "OpenQASM")
        return {"input": {"format": language_of(text), "text": text}}
    if extension == ".qs":
        return {"input": {"format": "qsharp", "text": _text(file, content, "Q#")}}
    if extension == ".quil":
        return {"input": {"format": "rigetti.quil.v1", "text": _text(file, content, "Quil")}}
    if extension in {".ll", ".bc"}:
        return {"input": {"format": "qir.v1", **_qir(file, content, extension)}}
    raise UsageError(f"{file}: the extension does not tell the format. Known are {EXTENSIONS}; or give --format")


def _extension(file: Path) -> str:
    """Pass over a `.txt` that Windows has put behind another extension."""
    extensions = [extension.lower() for extension in file.suffixes[-2:]]
    return extensions[0] if extensions[1:] == [".txt"] else file.suffix.lower()


def _read(file: Path) -> bytes:
    try:
        if str(file) == "-":
            content = sys.stdin.buffer.read(MAX_BYTES + 1)
        else:
            with file.open("rb") as stream:
                content = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise UsageError(
            f"{file}: {getattr(error, 'strerror', None) or error}. Give the path of a program file, or -"
        ) from error
    if len(content) > MAX_BYTES:
        raise UsageError(f"{file}: more than {MAX_BYTES >> 20} MiB. Upload it as a blob and order that: input.blob")
    if not content.strip():
        raise UsageError(f"{file}: empty. There is no program in it")
    return content


def _encoded(file: Path, content: bytes, format: str) -> dict[str, str]:  # noqa: A002 the order's own word
    if format in SOURCE_FORMATS:
        return {"text": _text(file, content, format)}
    if content.startswith(BITCODE_MAGIC):
        return _base64(content)
    try:
        return {"text": content.decode("utf-8-sig")}
    except UnicodeDecodeError:
        return _base64(content)


def _text(file: Path, content: bytes, language: str) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{file}: no text (byte {error.start} is not UTF-8), but {language} is. {_bitcode_hint(content)}"
        ) from error
    if "\0" in text:
        raise UsageError(f"{file}: no text (it has a NUL character), but {language} is. {_bitcode_hint(content)}")
    return text


def _bitcode_hint(content: bytes) -> str:
    if content.startswith(BITCODE_MAGIC):
        return "It is QIR bitcode: name it .bc, or give --format qir.v1"
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "It is UTF-16: save it as UTF-8"
    return "Save it as UTF-8, or give the --format that it has"


def _qir(file: Path, content: bytes, extension: str) -> dict[str, str]:
    if extension == ".ll":
        return {"text": _text(file, content, "LLVM assembly")}
    if content.startswith(BITCODE_MAGIC):
        return _base64(content)
    raise UsageError(f"{file}: no LLVM bitcode. If it is QIR as text, name it .ll, or give --format qir.v1")


def _base64(content: bytes) -> dict[str, str]:
    return {"base64": b64encode(content).decode()}


def _order_or_circuit(file: Path, content: bytes) -> dict[str, Any]:
    if str(file) == "-" and not content.lstrip().startswith(b"{"):
        raise UsageError("-: standard input has no extension. Give --format, such as --format openqasm3")
    text = _text(file, content, "JSON")
    try:
        document = json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise UsageError(
            f"{file}: no JSON (line {error.lineno}, column {error.colno}: {error.msg}). Correct it there"
        ) from error
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{file}: no JSON that can be sent ({error}). Correct it") from error
    if not isinstance(document, dict):
        raise UsageError(f"{file}: JSON, but no object. Give an IonQ circuit or a whole order")
    if "input" in document:
        return document
    if is_quantum_program(document):
        return {"input": program_of(document).to_wire()}
    if str(file) == "-" and document.keys().isdisjoint({"circuit", *JSON_FORMATS}):
        raise UsageError("-: neither a whole order (it lacks 'input') nor an IonQ circuit. Give --format")
    formats = (word for name, word in JSON_FORMATS.items() if name in document)
    return {"input": {"format": next(formats, "ionq.circuit.v1"), "text": text}}


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")
