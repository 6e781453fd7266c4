"""A fault for tests: the turns of some instances do not come, though what they wait for has happened.

Which ones follows from their ids alone, so that a host that starts anew withholds the same.
"""

from collections.abc import Sequence
from zlib import crc32


class Withholding:
    """Withholds the turns of about one instance in `every`; of none where that is 0."""

    def __init__(self, every: int) -> None:
        self._every = every
        self._withheld: dict[str, None] = {}

    def holds(self, instance_id: str) -> bool:
        """Whether the turn of an instance must not come; if so, it is noted."""
        if self._every == 0 or crc32(instance_id.encode()) % self._every:
            return False
        self._withheld[instance_id] = None
        return True

    @property
    def withheld(self) -> Sequence[str]:
        """The instances that have a turn to come."""
        return tuple(self._withheld)

    def begin(self, every: int) -> None:
        """Withhold from now on."""
        self._every = every

    def end(self) -> Sequence[str]:
        """Withhold nothing any more; gives the instances that have a turn to come."""
        released, self._every, self._withheld = self.withheld, 0, {}
        return released
