"""Which members of a batch start next: as many as its window has room for, in all and on each target."""

from collections import Counter

from quantum.batches import progress
from quantum.batches.expand import Members
from quantum.batches.model import Batch
from quantum.batches.progress import PENDING, RUNNING


def next_numbers(batch: Batch, members: Members) -> list[int]:
    """Return the members that have room now, by number."""
    running = progress.numbers_of(batch.members, RUNNING)
    return _fitting(batch, members, batch.window - len(running), Counter(map(members.target_of, running)))


def possibly_started(batch: Batch, members: Members) -> list[int]:
    """Return the pending members that a step may have started without recording it: those next to an empty window."""
    return _fitting(batch, members, batch.window, Counter())


def _fitting(batch: Batch, members: Members, room: int, on_target: Counter[str]) -> list[int]:
    pending = progress.numbers_of(batch.members, PENDING)
    if not batch.target_windows or room <= 0:
        return pending[: max(room, 0)]
    chosen: list[int] = []
    for number in pending:
        target = members.target_of(number)
        if on_target[target] < batch.target_windows.get(target, batch.window):
            on_target[target] += 1
            chosen.append(number)
            if len(chosen) == room:
                break
    return chosen
