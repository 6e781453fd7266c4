"""A resource that is made when it is first needed, so that whoever does not need it does not pay for it."""

from collections.abc import Callable
from typing import Protocol


class Closing(Protocol):
    """A resource with open connections."""

    async def close(self) -> None:
        """Close the connections."""
        ...


class OnDemand[T: Closing]:
    """A resource, and how to make it; its modules are imported by that function."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._resource: T | None = None

    def __call__(self) -> T:
        """Return the resource, made once."""
        if self._resource is None:
            self._resource = self._make()
        return self._resource

    async def close(self) -> None:
        """Close the resource, if it was made."""
        if self._resource is not None:
            await self._resource.close()
