"""What is wrong with a program, as it goes over the wire out of the box."""

from collections.abc import Callable
from typing import Any

MOST_FAULTS = 20

type Wire = dict[str, Any]


class FaultyProgramError(Exception):
    """The program, or what came with it, cannot be compiled; `faults` are as they go over the wire."""

    def __init__(self, *faults: Wire) -> None:
        super().__init__(*faults)
        self.faults = faults


def fault(field: str, reason: str, line: int | None = None, column: int | None = None) -> Wire:
    """Encode one thing that is wrong."""
    return {"field": field, "reason": reason, "line": line, "column": column}


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
