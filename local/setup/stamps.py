"""Records from which lock files a folder was set up, and allows one set-up at a time in a checkout."""

from __future__ import annotations

import fcntl
import hashlib
from contextlib import contextmanager
from typing import TYPE_CHECKING

from local.setup.checkout import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path


class Stamp:
    """A file inside a generated folder, with the digest of its sources.

    It is written last and deleted with its folder, so an interrupted set-up leaves none.
    """

    def __init__(self, file: Path, sources: Sequence[Path]) -> None:
        """Take the file, and the sources whose content and place it records."""
        self._file = file
        self._sources = sources

    def holds(self) -> bool:
        """Whether the stamp exists and its sources are unchanged."""
        try:
            return self._file.read_text(encoding="ascii") == self._digest()
        except OSError:
            return False

    def write(self) -> None:
        """Record that the folder is complete."""
        self._file.write_text(self._digest(), encoding="ascii")

    def remove(self) -> None:
        """Record that the folder is incomplete; remove a link to another checkout's folder first."""
        if self._file.parent.is_symlink():
            self._file.parent.unlink()
        if self._file.exists():
            self._file.unlink()

    def _digest(self) -> str:
        digest = hashlib.sha256(bytes(self._file))  # a virtual environment works at one path only
        for source in self._sources:
            digest.update(source.read_bytes())
        return digest.hexdigest()


@contextmanager
def only_one(file: Path) -> Iterator[None]:
    """Hold a lock until the process ends; print a line while another process has it."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)  # it will hold keys
    with file.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say("another set-up is at work in this checkout: waiting for it")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def is_locked(file: Path) -> bool:
    """Whether a living process holds this lock."""
    if not file.exists():
        return False
    with file.open("r") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
    return False
