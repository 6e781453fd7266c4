"""What is wrong with a program, as it goes over the wire out of the box."""

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
