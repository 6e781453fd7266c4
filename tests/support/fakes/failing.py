"""Lets a fake fail as a service does."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from quantum.jobs.errors import ServiceError


class Failing:
    """A fake that raises `failure` at every call while it is set."""

    def __init__(self) -> None:
        self.failure: ServiceError | None = None
        self.closed = False

    async def close(self) -> None:
        """Note that it was closed."""
        self.closed = True

    def _answer(self) -> None:
        if self.failure:
            raise self.failure
