"""Q# by qdk: which operation runs, and what its arguments are."""

import re
from collections.abc import Iterator
from difflib import get_close_matches
from functools import partial
from types import SimpleNamespace
from typing import Any

from quantum.compiling.faults import MOST_FAULTS, FaultyProgramError, Wire, fault, read_leaves

STRING_OR_COMMENT = re.compile(r'"(?:\\.|[^"\\])*"|//[^\n]*')
ENTRY_POINT = re.compile(r"@EntryPoint\s*\([^)]*\)\s*(?:@\w+\s*\([^)]*\)\s*)*(?:internal\s+)?operation\s+(\w+)")


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


def with_words(qdk: Any, value: Any) -> Any:
    """Read PauliX, Zero and their like as the values that they name in Q#."""
    pauli, result = qdk.qsharp.Pauli, qdk.Result
    words = {"PauliI": pauli.I, "PauliX": pauli.X, "PauliY": pauli.Y, "PauliZ": pauli.Z}
    words |= {"Zero": result.Zero, "One": result.One}
    return words.get(value, value) if isinstance(value, str) else value
