"""What the core needs to keep workspace profiles: a vault for their secrets, and a place for all the rest.

Every method may raise the errors of `quantum.errors`.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Protocol

from quantum.profiles import Profile, SecretName


class Closes(Protocol):
    """Something that holds connections."""

    async def close(self) -> None:
        """Close the connections."""
        ...


@dataclass(frozen=True)
class Secret:
    """A secret's value, and what kind of content the vault says it is; its text form shows neither."""

    value: str = field(repr=False)
    content_type: str | None = None


class Vault(Closes, Protocol):
    """Key vaults: the deployment's own, and those that a profile names."""

    async def read(self, secret: SecretName) -> Secret:
        """Read a secret; NotFoundError where there is none, UnauthorizedError where the vault refuses."""
        ...

    async def write(self, name: str, value: str) -> None:
        """Keep a secret in the deployment's own vault, over whatever went by this name."""
        ...

    async def remove(self, name: str) -> None:
        """Remove a secret from the deployment's own vault; one that is gone already is no error."""
        ...

    async def check(self) -> None:
        """Raise what stands between us and the deployment's own vault; nothing where it has none."""
        ...


class ProfileStore(Closes, Protocol):
    """The profiles that callers have added; those of the settings are not in it."""

    async def find(self, name: str) -> Profile | None:
        """Read a profile."""
        ...

    def all(self) -> AsyncIterator[Profile]:
        """List the profiles by name."""
        ...

    async def claim(self, profile: Profile) -> bool:
        """Insert a profile that is not there yet; False where the name is taken."""
        ...

    async def replace(self, profile: Profile) -> None:
        """Write a profile over the one of its name."""
        ...

    async def remove(self, name: str) -> None:
        """Remove a profile; one that is gone already is no error."""
        ...
