"""The errors of a stack."""

from pathlib import Path


class StackError(Exception):
    """A stack cannot start or keep running."""


class StackRunsAlreadyError(StackError):
    """Another running stack has the state folder."""


class DamagedStateError(StackError):
    """Something in the state folder cannot be used; the message names it and the remedy."""

    def __init__(self, place: Path | str, reason: str, remedy: str) -> None:
        """Take the file or folder, what is wrong with it, and what to do."""
        super().__init__(f"{place} cannot be used ({' '.join(reason.split())}): {remedy}")


class PartFailedError(StackError):
    """A part ended before it was ready; the message has the end of its log."""

    def __init__(self, name: str, exit_code: int, tail: str, remedy: str = "") -> None:
        """Take the part's name, its exit code, the tail of its log, and a remedy if the log has none."""
        gap = "\n" if "\n" in tail else " "
        last = f"\n{remedy}" if remedy else ""
        super().__init__(f"{name} ended with exit code {exit_code} before it was ready:{gap}{tail}{last}")
        self.name = name
        self.exit_code = exit_code
