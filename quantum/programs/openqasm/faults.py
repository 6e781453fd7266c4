"""What is wrong with a program, and where."""

from bisect import bisect_right
from dataclasses import dataclass

MOST_FAULTS = 20


@dataclass(frozen=True, slots=True)
class ProgramFault:
    """One thing that is wrong: what, and what to write instead. `at` counts characters; None is the whole program.

    `field` is the field of the order that it is about: `input`, or `arguments`.
    """

    reason: str
    at: int | None = None
    field: str = "input"


class FaultyProgramError(Exception):
    """The program cannot be read or run; `faults` says everything that was found, in the order of the source."""

    def __init__(self, *faults: ProgramFault) -> None:
        super().__init__(*faults)
        self.faults = faults


class Places:
    """Turns places in a source into lines and columns, both from 1; a column counts characters."""

    def __init__(self, source: str) -> None:
        self._starts = [0, *(index + 1 for index, letter in enumerate(source) if letter == "\n")]

    def line_and_column(self, at: int) -> tuple[int, int]:
        """Where a character stands."""
        line = bisect_right(self._starts, at)
        return line, at - self._starts[line - 1] + 1
