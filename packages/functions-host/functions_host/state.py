"""The folder in which the host keeps what it must not forget: private, and damage to it is told in one line."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class DamagedStateError(Exception):
    """Something in the state folder cannot be used; the message names it and the way out."""


@contextmanager
def usable(place: Path, way_out: str) -> Iterator[None]:
    """Tell of whatever makes a place in the state folder useless as a `DamagedStateError`."""
    try:
        yield
    except (OSError, sqlite3.Error, ValueError, TypeError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise DamagedStateError(f"{place} cannot be used ({' '.join(reason.split())}): {way_out}") from error


def make_private(folder: Path) -> None:
    """Make a folder, and those above it that are missing, for their owner alone."""
    with usable(folder, "give another folder by --state, or move away what is in the place of this one"):
        for place in (*reversed(folder.parents), folder):
            if not place.exists():
                place.mkdir(mode=0o700, exist_ok=True)
        if not folder.is_dir():
            raise NotADirectoryError(0, "it is no folder")
