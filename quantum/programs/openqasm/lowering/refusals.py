"""Faults as lowering finds them: raised where they are met, gathered by the statement, told once a cause."""

from collections.abc import Callable

from quantum.programs.openqasm.faults import MOST_FAULTS, FaultyProgramError, ProgramFault


class RefusedError(Exception):
    """A statement means nothing that runs; without a reason it was told before."""

    def __init__(self, reason: str | None, at: int | None = None, field: str = "input") -> None:
        super().__init__(reason)
        self.reason = reason
        self.at = at
        self.field = field


class EndlessError(RefusedError):
    """The program is too long to go on with."""


class EnoughError(Exception):
    """So many faults were found that looking for more helps nobody."""


class Faults:
    """Gathers faults; a second fault at the same place, as in a loop, counts as the first."""

    def __init__(self) -> None:
        self._faults: dict[tuple[str, int | str], ProgramFault] = {}
        self._unknown: dict[str, tuple[int, set[int], str]] = {}

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self._faults) + len(self._unknown)

    def add(self, error: RefusedError) -> None:
        """Note a fault; EnoughError is raised when there are too many."""
        if error.reason is None:
            return
        place = error.reason if error.at is None else error.at
        self._faults.setdefault((error.field, place), ProgramFault(error.reason, error.at, error.field))
        self._stop_at_enough()

    def unknown_gate(self, name: str, at: int, remedy: Callable[[], str]) -> None:
        """Note a gate that nobody knows: one fault for all of its uses, whose remedy is looked for once."""
        if name not in self._unknown:
            self._unknown[name] = (at, set(), remedy())
        self._unknown[name][1].add(at)
        self._stop_at_enough()

    def _stop_at_enough(self) -> None:
        if self.count >= MOST_FAULTS:
            raise EnoughError

    def check(self) -> None:
        """Raise all that was found, in the order of the source."""
        unknown = [
            ProgramFault(f"{name!r} is a gate that nobody defined{_uses(len(uses))}; {text}", first)
            for name, (first, uses, text) in self._unknown.items()
        ]
        faults = sorted((*self._faults.values(), *unknown), key=lambda fault: -1 if fault.at is None else fault.at)
        if faults:
            raise FaultyProgramError(*faults)


def _uses(count: int) -> str:
    return f", used {count} times" if count > 1 else ""
