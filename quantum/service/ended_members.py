"""Which members of a batch have ended in this process: a step reads these alone, and now and then all on their way.

It is a hint. What another process has seen, or a step that was cut off has taken, comes with the next look at all.
"""

from collections import OrderedDict
from collections.abc import Sequence

from quantum.batches.expand import member_id

LOOK_SECONDS = 5.0  # after so long a step looks at all members on their way again
MAX_BATCHES = 128


class EndedMembers:
    """The ids of ended members by batch, and when a step looked at all of them last."""

    def __init__(self) -> None:
        self._ended: OrderedDict[str, set[str]] = OrderedDict()
        self._looked: OrderedDict[str, float] = OrderedDict()

    def add(self, batch_id: str, job_id: str) -> None:
        """Note that a member has ended."""
        self._ended.setdefault(batch_id, set()).add(job_id)
        while len(self._ended) > MAX_BATCHES:
            self._ended.popitem(last=False)

    def take(self, batch_id: str, on_their_way: Sequence[int], now: float) -> Sequence[int]:
        """Choose the members that a step reads, by number; the hints are used up by that."""
        ended = self._ended.pop(batch_id, set())
        if ended and abs(now - self._looked.get(batch_id, 0.0)) < LOOK_SECONDS:
            return [number for number in on_their_way if member_id(batch_id, number) in ended]
        self._looked[batch_id] = now
        self._looked.move_to_end(batch_id)
        while len(self._looked) > MAX_BATCHES:
            self._looked.popitem(last=False)
        return on_their_way
