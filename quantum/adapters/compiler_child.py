"""What runs in the compiler's box: one program from stdin is compiled, one answer goes to stdout, the process ends.

The answer is a line of JSON, `{"faults": […]}` or `{"entryPoint", "qubits"}`, the latter followed by the QIR. Nothing
of ours is imported here, and nothing that the caller wrote is compiled before the box is shut.
"""

import json
import os
import re
import resource
import sys
from collections.abc import Callable, Iterator, Sequence
from difflib import get_close_matches
from functools import partial
from itertools import pairwise
from types import SimpleNamespace
from typing import Any, NoReturn

MOST_FAULTS = 20
OPENQASM = {"openqasm2": "2", "openqasm3": "3"}
CALLERS_FILES = ("line_0", "./program.qasm")  # as qdk names the text that it was given; other places are its library's

# The parts of a printed report, the only form in which qdk gives Q#'s errors.
REPORT = re.compile(r"^  x ", re.MULTILINE)
PLACE = re.compile(r"^ +,-\[(.*):(\d+):(\d+)\]$", re.MULTILINE)
CAUSE = re.compile(r"\n\s*[`|]->\s*")
HELP = re.compile(r"^  help: (.*(?:\n {8}.*)*)", re.MULTILINE)
CAPABILITY = re.compile(r"^Qdk\.Qsc\.CapabilitiesCk\..*\s*\Z", re.MULTILINE)

STRING_OR_COMMENT = re.compile(r'"(?:\\.|[^"\\])*"|//[^\n]*')
ENTRY_POINT = re.compile(r"@EntryPoint\s*\([^)]*\)\s*(?:@\w+\s*\([^)]*\)\s*)*(?:internal\s+)?operation\s+(\w+)")

type Wire = dict[str, Any]


class FaultyProgramError(Exception):
    """The program, or what came with it, cannot be compiled; `faults` are as they go over the wire."""

    def __init__(self, *faults: Wire) -> None:
        super().__init__(*faults)
        self.faults = faults


def fault(field: str, reason: str, line: int | None = None, column: int | None = None) -> Wire:
    """Encode one thing that is wrong."""
    return {"field": field, "reason": reason, "line": line, "column": column}


def main() -> NoReturn:
    """Compile what stdin asks for; the exit status is EX_UNAVAILABLE where the box itself cannot be had."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what a program prints is no part of the answer
    request = json.loads(sys.stdin.buffer.read())
    try:
        limit_resources(request["memoryBytes"], request["cpuSeconds"])
        qdk = import_compiler(request["path"])
    except (ImportError, MemoryError, ValueError, OSError):
        os._exit(os.EX_UNAVAILABLE)
    shut_the_box()
    header, qir = answer(qdk, request)
    answers.write(json.dumps(header).encode() + b"\n" + qir.encode())
    answers.flush()
    os._exit(os.EX_OK)  # there is nothing to tidy, and tearing the interpreter down takes time


def limit_resources(memory_bytes: int, cpu_seconds: int) -> None:
    """Cap what a program can take of the machine; the CPU limit also ends a child whose parent was killed."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))  # SIGXCPU first, then SIGKILL
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def import_compiler(path: Sequence[str]) -> Any:
    """Import all that will be needed: once the box is shut, no module can be found any more."""
    sys.path.extend(path)
    import pyqir  # noqa: F401, PLC0415
    import qdk.openqasm  # noqa: PLC0415
    import qdk.qsharp  # noqa: PLC0415

    return qdk


def shut_the_box() -> None:
    """Let nothing be opened, written or started from here on, by Python, by qdk or by its native code.

    OpenQASM's `include` reads any file through a function of qdk's whose name is private. The kernel's limit on
    open files stops it whatever it is called, and sockets and pipes with it.
    """
    for limit in (resource.RLIMIT_NOFILE, resource.RLIMIT_FSIZE, resource.RLIMIT_NPROC):
        resource.setrlimit(limit, (0, 0))


def answer(qdk: Any, request: Wire) -> tuple[Wire, str]:
    """Compile the program; every way in which that can fail is a fault of the program."""
    try:
        return compiled(qdk, request)
    except FaultyProgramError as error:
        faults = error.faults
    except (qdk.qsharp.QSharpError, qdk.openqasm.QasmError) as error:
        faults = tuple(reported_faults(str(error), request)) or (fault("input", str(error)),)
    except BaseException as error:  # noqa: BLE001 - a panic of qdk's is no Exception, and its class cannot be imported
        faults = (fault("input", f"the compiler gave up on this program: {error or type(error).__name__}"),)
    return {"faults": faults[:MOST_FAULTS]}, ""


def compiled(qdk: Any, request: Wire) -> tuple[Wire, str]:
    """Compile the program and read from its QIR what a workspace has to know."""
    context = qdk.Context(target_profile=qdk.TargetProfile.from_str(request["profile"]))
    arguments = read_leaves(request["arguments"], plain_value)
    load = load_openqasm if request["language"] in OPENQASM else load_qsharp
    operation, readings = load(qdk, context, request, arguments)
    qir = to_qir(qdk, context, operation, readings)
    return described(qir), qir


def load_openqasm(qdk: Any, context: Any, request: Wire, arguments: list[Any]) -> tuple[Any, list[list[Any]]]:
    """Bring an OpenQASM program in; its arguments are bound to its `input` declarations in their order."""
    if request["entryPoint"] is not None:
        raise FaultyProgramError(fault("entryPoint", "an OpenQASM program has no named entry points: leave it out"))
    semantic = qdk.openqasm.semantic
    analysis = semantic.analyze(request["source"])
    check_version(analysis.program and analysis.program.version, request["language"])
    if analysis.has_errors:
        raise FaultyProgramError(*analysed_faults(analysis, semantic.Severity.Error))
    inputs = [(symbol.name, symbol.ty.name) for symbol in analysis.symbols if symbol.io_kind == semantic.IOKind.INPUT]
    if len(arguments) != len(inputs):
        names = ", ".join(f"{name} ({kind})" for name, kind in inputs)
        takes = f"a value for each of its inputs, in their order: {names}" if names else "none: it declares no inputs"
        raise FaultyProgramError(fault("arguments", f"{len(arguments)} given, but the program takes {takes}"))
    source = returning_bits(semantic, analysis, request["source"])
    context.import_openqasm(source, name="program", program_type=qdk.ProgramType.File)
    values = [
        read_leaves(value, partial(as_bits, qdk)) if kind.startswith("bit") else value
        for value, (_, kind) in zip(arguments, inputs, strict=True)
    ]
    return context.code.qasm_import.program, [values]


def check_version(version: str | None, language: str) -> None:
    """Refuse a program that says itself that it is of the other OpenQASM."""
    if version is not None and not version.startswith(OPENQASM[language]):
        reason = f"the program says OPENQASM {version}, but its format says {language}: one of them is wrong"
        raise FaultyProgramError(fault("input", reason))


def returning_bits(semantic: Any, analysis: Any, source: str) -> str:
    """Declare the bits of a program as its output, unless it says itself what it returns.

    OpenQASM returns every classical variable then, constants too, which most targets cannot; counts are of bits.
    Spans count bytes. A declaration keeps its number of lines, so that later errors are still told with theirs.
    """
    declared = [item for item in analysis.program.statements if isinstance(item, semantic.ClassicalDeclaration)]
    bits = [item for item in declared if item.type.name.startswith("bit")]
    outputs = any(symbol.io_kind == semantic.IOKind.OUTPUT for symbol in analysis.symbols)
    if outputs or len(bits) == len(declared):
        return source
    text = source.encode()
    for item in reversed(bits):
        declaration = f"output {item.type.name} {item.name};".encode()
        value = item.init_expr.span
        if value.lo > item.span.lo:  # where the program gives none, qdk makes one up with the declaration's span
            declaration += f" {item.name} = ".encode() + text[value.lo : value.hi] + b";"
        lines = text[item.span.lo : item.span.hi].count(b"\n") - declaration.count(b"\n")
        text = text[: item.span.lo] + declaration + b"\n" * lines + text[item.span.hi :]
    return text.decode()


def analysed_faults(analysis: Any, error: Any) -> Iterator[Wire]:
    """Say an analysis's errors with the places where they are."""
    for diagnostic in analysis.diagnostics:
        if diagnostic.severity == error:
            label = diagnostic.labels[0] if diagnostic.labels else None
            start = label and analysis.document.source_map.range_from_span(label.span).start
            yield fault("input", diagnostic.message, *((start.line + 1, start.column + 1) if start else ()))


def load_qsharp(qdk: Any, context: Any, request: Wire, arguments: list[Any]) -> tuple[Any, list[list[Any]]]:
    """Bring a Q# program in and find the operation to run; `"PauliX"` may be that word or the value that it names."""
    context.eval(request["source"])
    operations = dict(found_operations(context.code))
    name = request["entryPoint"]
    operation = named_operation(operations, name) if name else entry_operation(operations, request["source"])
    return operation, [arguments, read_leaves(arguments, partial(with_words, qdk))]


def found_operations(namespace: SimpleNamespace, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """List the operations and functions that a program defines by their full names; its types are left out."""
    for name, member in vars(namespace).items():
        if isinstance(member, SimpleNamespace):
            yield from found_operations(member, f"{prefix}{name}.")
        elif not isinstance(member, type):
            yield f"{prefix}{name}", member


def named_operation(operations: dict[str, Any], name: str) -> Any:
    """Return the operation of this name, or say which there are."""
    if name in operations:
        return operations[name]
    nearest = [known for known in operations if known.rpartition(".")[2] == name]
    nearest = nearest or get_close_matches(name[:200], operations, n=1)
    hint = f"did you mean {nearest[0]}? " if nearest else ""
    raise FaultyProgramError(fault("entryPoint", f"there is no operation {name[:200]!r}; {hint}{listed(operations)}"))


def entry_operation(operations: dict[str, Any], source: str) -> Any:
    """Return the one operation that the program marks with @EntryPoint, or else its Main."""
    marked = set(ENTRY_POINT.findall(STRING_OR_COMMENT.sub("", source))) or {"Main"}
    matches = [name for name in operations if name.rpartition(".")[2] in marked]
    if len(matches) == 1:
        return operations[matches[0]]
    problem = "more than one operation could be it" if matches else "the program has no @EntryPoint() and no Main"
    raise FaultyProgramError(fault("entryPoint", f"{problem}: name one; {listed(operations)}"))


def listed(operations: dict[str, Any]) -> str:
    """Say which operations a program has."""
    return f"the program has {', '.join(sorted(operations)[:MOST_FAULTS])}" if operations else "the program has none"


def read_leaves(value: Any, read: Callable[[Any], Any]) -> Any:
    """Read what is inside arrays and structs, however deep."""
    if isinstance(value, list):
        return [read_leaves(item, read) for item in value]
    if isinstance(value, dict):
        return {name: read_leaves(item, read) for name, item in value.items()}
    return read(value)


def plain_value(argument: Any) -> Any:
    """Take an argument as a value, never as source text; programs have none for null."""
    if argument is None:
        raise FaultyProgramError(fault("arguments", "null is not a value that a program can take"))
    return argument


def with_words(qdk: Any, value: Any) -> Any:
    """Read PauliX, Zero and their like as the values that they name in Q#."""
    pauli, result = qdk.qsharp.Pauli, qdk.Result
    words = {"PauliI": pauli.I, "PauliX": pauli.X, "PauliY": pauli.Y, "PauliZ": pauli.Z}
    words |= {"Zero": result.Zero, "One": result.One}
    return words.get(value, value) if isinstance(value, str) else value


def as_bits(qdk: Any, value: Any) -> Any:
    """Read true, false, 1 and 0 as OpenQASM's bits."""
    bits = {0: qdk.Result.Zero, 1: qdk.Result.One}
    return bits.get(value, value) if isinstance(value, int) else value


def to_qir(qdk: Any, context: Any, operation: Any, readings: Sequence[list[Any]]) -> str:
    """Make QIR of an operation, with the first reading of its arguments that has the operation's types."""
    for values in readings:
        try:
            return str(context.compile(operation, *values))
        except (TypeError, OverflowError) as error:
            misfit = str(error)
        except qdk.qsharp.QSharpError as error:
            if REPORT.search(str(error)):  # a report is about the program, a bare sentence about the arguments
                raise
            misfit = str(error)
    raise FaultyProgramError(fault("arguments", f"they do not fit the operation: {misfit}"))


def described(qir: str) -> Wire:
    """Check that there will be a result, and name the entry point and the qubits that it needs."""
    import pyqir  # noqa: PLC0415

    module = pyqir.Module.from_ir(pyqir.Context(), qir)
    (entry,) = filter(pyqir.is_entry_point, module.functions)
    if pyqir.required_num_results(entry) == 0:
        raise FaultyProgramError(fault("input", "the program measures no qubits, so it would have no result"))
    return {"entryPoint": entry.name, "qubits": pyqir.required_num_qubits(entry)}


def reported_faults(text: str, request: Wire) -> Iterator[Wire]:
    """Read the faults out of a report that qdk printed."""
    for before, report in pairwise(REPORT.split(text)):
        place = PLACE.search(report)
        summary = report[: place.start()] if place else report.partition("\n\n")[0]
        reason = " ".join(CAUSE.sub(": ", summary).split())
        if advice := HELP.search(report):
            reason += f": {' '.join(advice[1].split())}"
        if CAPABILITY.search(before):
            reason += f" ({request['profile']})"
        yield fault("input", reason, *in_source(place, request["source"]))


def in_source(place: re.Match[str] | None, source: str) -> tuple[int, int] | tuple[()]:
    """Turn a place in a report, whose columns count bytes, into a line and a column of characters."""
    if place is None or place[1] not in CALLERS_FILES:
        return ()
    line, column = int(place[2]), int(place[3])
    before = source.split("\n")[line - 1].encode()[: column - 1]
    return line, len(before.decode(errors="ignore")) + 1


if __name__ == "__main__":
    main()
