"""Ends the parts of a stack whose supervisor was killed; a process of its own, standard library only.

It reads `+PID` and `-PID` from its supervisor, and when that pipe closes it ends the groups still noted.
"""

import os
import signal
import sys
import time
from collections.abc import Iterable
from pathlib import Path

GRACE_SECONDS = 10.0


def note_groups(lines: Iterable[str]) -> set[int]:
    """Return the process groups that are left when the lines end."""
    groups: set[int] = set()
    for line in lines:
        if line.startswith("+"):
            groups.add(int(line[1:]))
        else:
            groups.discard(int(line[1:]))
    return groups


def end_groups(groups: set[int]) -> None:
    """Ask every group to end, and kill those that have not after the grace."""
    left = {group for group in groups if send(group, signal.SIGTERM)}
    deadline = time.monotonic() + GRACE_SECONDS
    while left and time.monotonic() < deadline:
        time.sleep(0.05)
        left = {group for group in left if send(group, 0)}
    for group in left:
        send(group, signal.SIGKILL)


def send(group: int, signum: int) -> bool:
    """Send a signal to a process group; tell whether there was anybody left in it."""
    try:
        os.killpg(group, signum)
    except (ProcessLookupError, PermissionError):  # macOS answers the latter for a group of zombies
        return False
    return True


if __name__ == "__main__":
    end_groups(note_groups(sys.stdin))
    Path(sys.argv[1]).unlink(missing_ok=True)
