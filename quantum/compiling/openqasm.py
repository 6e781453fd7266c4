"""OpenQASM 2 and 3 by qdk: a program becomes an operation whose QIR can be asked for."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from quantum.compiling.faults import FaultyProgramError, Wire, fault, read_leaves

OPENQASM = {"openqasm2": "2", "openqasm3": "3"}


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


def as_bits(qdk: Any, value: Any) -> Any:
    """Read true, false, 1 and 0 as OpenQASM's bits."""
    bits = {0: qdk.Result.Zero, 1: qdk.Result.One}
    return bits.get(value, value) if isinstance(value, int) else value
