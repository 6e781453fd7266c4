"""The private folder of the host's persisted state; damage to it is reported in one line."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class DamagedStateError(Exception):
    """Something in the state folder cannot be used; the message names it and the remedy."""


@contextmanager
def usable(place: Path, remedy: str) -> Iterator[None]:
    """Turn errors on a file or folder of the state into a `DamagedStateError`."""
    try:
        yield
    except (OSError, sqlite3.Error, ValueError, TypeError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise DamagedStateError(f"{place} cannot be used ({' '.join(reason.split())}): {remedy}") from error


def make_private(folder: Path) -> None:
    """Create a folder and its missing parents, for their owner alone."""
    with usable(folder, "choose another folder with --state, or move away what is in this one's place"):
        for place in (*reversed(folder.parents), folder):
            if not place.exists():
                place.mkdir(mode=0o700, exist_ok=True)
        if not folder.is_dir():
            raise NotADirectoryError(0, "it is not a folder")
