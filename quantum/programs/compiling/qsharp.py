"""Q# by qdk: which operation runs, what its arguments are, and the QIR that comes of it.

An operation that takes arguments may be marked as the entry, or be called Main: qdk is given an entry of ours in the
place of the program's own marks, on a line behind the program, so that no place moves.
"""

from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from functools import partial
from types import SimpleNamespace
from typing import Any

from qdk.qsharp import QSharpError

from quantum.programs.compiling.by_qdk import context_for
from quantum.programs.compiling.faults import MOST_FAULTS, FaultyProgramError, Wire, fault
from quantum.programs.compiling.qir_modules import described
from quantum.programs.compiling.qsharp_arguments import Writer
from quantum.programs.compiling.qsharp_faults import faults_of
from quantum.programs.compiling.qsharp_imports import importable
from quantum.programs.compiling.qsharp_library import NAMES, given_back
from quantum.programs.compiling.qsharp_signatures import Signatures, check_output
from quantum.programs.compiling.qsharp_text import QsharpText

OUR_ENTRY = "EntryOfNoProgram"
NO_OPERATION = "the program declares no operation that could run, such as `operation Main() : Result[] { … }`"
ENTRY_LINE = f"@EntryPoint() operation {OUR_ENTRY}() : Unit {{ }}"


def load(profile: str) -> Callable[[Wire], tuple[Wire, str]]:
    """Make a context for the profile, and return what compiles one program in it."""
    return partial(compile_in, context_for(profile))


def compile_in(context: Any, request: Wire) -> tuple[Wire, str]:
    """Make QIR of a Q# program, and read from it what a workspace has to know."""
    qir = compile_qsharp(context, request)
    return described(qir), qir


def compile_qsharp(context: Any, request: Wire) -> str:
    """Make QIR of a Q# program, or raise FaultyProgramError with everything that is wrong with it."""
    text = QsharpText(request["source"])
    try:
        context.eval("\n".join((text.without_entry_points, ENTRY_LINE, *given_back(text))))
    except QSharpError as error:
        raise FaultyProgramError(
            *faults_of(str(error), text, request["profile"], partial(importable, context))
        ) from error
    operations = dict(found_operations(context.code))
    if not operations:
        raise FaultyProgramError(fault("input", NO_OPERATION))
    name = request["entryPoint"]
    name = named_operation(operations, name) if name else entry_operation(operations, text)
    return compiled_call(context, request, text, name)


def compiled_call(context: Any, request: Wire, text: QsharpText, name: str) -> str:
    """Make QIR of the call of one operation."""
    signatures = Signatures(QSharpError, context, text)
    parameters, output = signatures.of(name)
    call = Writer(signatures.struct).call(name, parameters, request["arguments"])
    start = signatures.place(name)
    check_output(name, output, start)
    try:
        return str(context.compile(call))
    except QSharpError as error:
        faults = faults_of(str(error), text, request["profile"], partial(importable, context), start)
        raise FaultyProgramError(*faults) from error


def found_operations(namespace: SimpleNamespace, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """List the operations and functions that a program defines by their full names; its types are left out."""
    for name, member in vars(namespace).items():
        if isinstance(member, SimpleNamespace):
            yield from found_operations(member, f"{prefix}{name}.")
        elif not isinstance(member, type) and name != OUR_ENTRY and f"{prefix}{name}" not in NAMES:
            yield f"{prefix}{name}", member


def named_operation(operations: Mapping[str, Any], name: str) -> str:
    """Return the full name of an operation, or say which there are."""
    if name in operations:
        return name
    nearest = [operation for operation in operations if operation.rpartition(".")[2] == name]
    nearest = nearest or get_close_matches(name[:200], operations, n=1)
    hint = f"did you mean {nearest[0]}? " if nearest else ""
    raise FaultyProgramError(fault("entryPoint", f"there is no operation {name[:200]!r}; {hint}{listed(operations)}"))


def entry_operation(operations: Mapping[str, Any], text: QsharpText) -> str:
    """Name the one operation that the program marks with @EntryPoint, or else its Main."""
    marked = {declared.name for declared in text.declarations if declared.is_marked}
    matches = [name for name in operations if name in marked]
    matches = matches or [name for name in operations if name.rpartition(".")[2] == "Main"]
    if len(matches) == 1:
        return matches[0]
    problem = "more than one operation could be it" if matches else "the program has no @EntryPoint() and no Main"
    raise FaultyProgramError(fault("entryPoint", f"{problem}: name one; {listed(operations)}"))


def listed(operations: Mapping[str, Any]) -> str:
    """Say which operations a program has."""
    return f"the program has {', '.join(sorted(operations)[:MOST_FAULTS])}"
