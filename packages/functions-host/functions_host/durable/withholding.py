"""A fault for tests: some instances get no turn, although events wait for them.

The choice depends on ids alone, so a restarted host withholds the same instances.
"""

from collections.abc import Sequence
from zlib import crc32


class Withholding:
    """Withholds the turns of about one instance in `every`; 0 withholds none."""

    def __init__(self, every: int) -> None:
        self._every = every
        self._withheld: dict[str, None] = {}

    def holds(self, instance_id: str) -> bool:
        """Whether the turn of an instance is withheld; if so, note it."""
        if self._every == 0 or crc32(instance_id.encode()) % self._every:
            return False
        self._withheld[instance_id] = None
        return True

    @property
    def withheld(self) -> Sequence[str]:
        """The instances with a withheld turn."""
        return tuple(self._withheld)

    def begin(self, every: int) -> None:
        """Withhold from now on."""
        self._every = every

    def end(self) -> Sequence[str]:
        """Stop withholding; return the instances with a withheld turn."""
        released, self._every, self._withheld = self.withheld, 0, {}
        return released
