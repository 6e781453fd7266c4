"""The emulator's time: a source clock plus an offset that users advance."""

from collections.abc import Callable
from datetime import datetime, timedelta


class Clock:
    """Reads `source`, plus what it was advanced by."""

    def __init__(self, source: Callable[[], datetime]) -> None:
        self._source = source
        self._ahead = timedelta()

    def now(self) -> datetime:
        """The emulator's time."""
        return self._source() + self._ahead

    def advance(self, by: timedelta) -> None:
        """Move forward; time never goes back."""
        if by < timedelta():
            raise ValueError("a clock cannot go back")
        self._ahead += by

    def reset(self) -> None:
        """Read `source` alone again; only for a workspace that begins anew."""
        self._ahead = timedelta()
