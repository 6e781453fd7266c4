"""What can keep a stack from running."""

from pathlib import Path


class StackError(Exception):
    """A stack that cannot be brought up or kept up."""


class StackRunsAlreadyError(StackError):
    """Another living stack has the state folder."""


class DamagedStateError(StackError):
    """Something in the state folder cannot be used; the message names it and the way out."""

    def __init__(self, place: Path | str, reason: str, way_out: str) -> None:
        """Take the file or folder, what is wrong with it, and what to do."""
        super().__init__(f"{place} cannot be used ({' '.join(reason.split())}): {way_out}")


class PartFailedError(StackError):
    """A part ended before it was ready; its last words are in the message."""

    def __init__(self, name: str, exit_code: int, tail: str, way_out: str = "") -> None:
        """Take the part's name, its exit code, the tail of its log, and what to do if that does not say it."""
        gap = "\n" if "\n" in tail else " "
        last = f"\n{way_out}" if way_out else ""
        super().__init__(f"{name} ended with exit code {exit_code} before it was ready:{gap}{tail}{last}")
        self.name = name
        self.exit_code = exit_code
