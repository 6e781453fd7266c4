"""Ends the parts of a stack whose supervisor was killed; a process of its own, standard library only.

It reads `+PID` and `-PID` from its supervisor, and when that pipe closes it ends the remaining groups.
"""

import os
import signal
import sys
import time
from collections.abc import Iterable
from pathlib import Path

GRACE_SECONDS = 10.0


def note_groups(lines: Iterable[str]) -> set[int]:
    """Return the process groups that remain when the lines end."""
    groups: set[int] = set()
    for line in lines:
        if line.startswith("+"):
            groups.add(int(line[1:]))
        else:
            groups.discard(int(line[1:]))
    return groups


def end_groups(groups: set[int]) -> None:
    """Send SIGTERM to every group, and SIGKILL to those that still run after the grace."""
    remaining = {group for group in groups if send(group, signal.SIGTERM)}
    deadline = time.monotonic() + GRACE_SECONDS
    while remaining and time.monotonic() < deadline:
        time.sleep(0.05)
        remaining = {group for group in remaining if send(group, 0)}
    for group in remaining:
        send(group, signal.SIGKILL)


def send(group: int, signum: int) -> bool:
    """Send a signal to a process group; return whether it still had processes."""
    try:
        os.killpg(group, signum)
    except (ProcessLookupError, PermissionError):  # macOS answers the latter for a group of zombies
        return False
    return True


if __name__ == "__main__":
    end_groups(note_groups(sys.stdin))
    Path(sys.argv[1]).unlink(missing_ok=True)
