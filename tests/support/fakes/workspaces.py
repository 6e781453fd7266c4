"""Workspaces by profile, their store and a vault in memory."""

from collections.abc import AsyncIterator, Mapping

from quantum.jobs.errors import NotFoundError, UnknownWorkspaceError
from quantum.ports import Secret
from quantum.workspaces.profiles import Profile, SecretName
from tests.support.fakes.failing import Failing
from tests.support.fakes.workspace import InMemoryWorkspace


class InMemoryProfiles(Failing):
    """The ProfileStore port on a dict."""

    def __init__(self) -> None:
        super().__init__()
        self.profiles: dict[str, Profile] = {}

    async def find(self, name: str) -> Profile | None:
        """Read a profile."""
        self._answer()
        return self.profiles.get(name)

    async def all(self) -> AsyncIterator[Profile]:
        """List the profiles by name."""
        self._answer()
        for name in sorted(self.profiles):
            yield self.profiles[name]

    async def claim(self, profile: Profile) -> bool:
        """Insert a profile that is not there yet; False where the name is taken."""
        self._answer()
        return self.profiles.setdefault(profile.name, profile) is profile

    async def replace(self, profile: Profile) -> None:
        """Write a profile over the one of its name."""
        self._answer()
        self.profiles[profile.name] = profile

    async def remove(self, name: str) -> None:
        """Remove a profile; one that is gone already is no error."""
        self._answer()
        self.profiles.pop(name, None)


class InMemoryVault(Failing):
    """The Vault port on a dict of the deployment's own secrets; `reads` are the names that were asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.secrets: dict[str, str] = {}
        self.reads: list[str] = []

    async def read(self, secret: SecretName) -> Secret:
        """Read a secret; NotFoundError where there is none."""
        self._answer()
        self.reads.append(secret.name)
        if secret.name not in self.secrets:
            raise NotFoundError("The vault has no such thing.")
        return Secret(self.secrets[secret.name])

    async def write(self, name: str, value: str) -> None:
        """Keep a secret, over whatever went by this name."""
        self._answer()
        self.secrets[name] = value

    async def remove(self, name: str) -> None:
        """Remove a secret; one that is gone already is no error."""
        self._answer()
        self.secrets.pop(name, None)

    async def check(self) -> None:
        """Answer."""
        self._answer()


class InMemoryWorkspaces(Failing):
    """The Workspaces port: `open` are the workspaces by name, `settings_profiles` those of the settings.

    `validated` are the secrets that a real call was made with, `forgotten` the names that are to be read anew.
    """

    def __init__(self) -> None:
        super().__init__()
        self.settings_profiles: dict[str, Profile] = {}
        self.open: dict[str, InMemoryWorkspace] = {}
        self.validated: list[tuple[str, str]] = []
        self.forgotten: list[str] = []

    def profiles(self) -> Mapping[str, Profile]:
        """The profiles of the settings, by name."""
        return self.settings_profiles

    async def get(self, name: str) -> InMemoryWorkspace:
        """Give the workspace of a profile, or the deployment's own for `default`; else UnknownWorkspaceError."""
        if name not in self.open:
            raise UnknownWorkspaceError(f"The workspace {name!r} is not known here (any more): add it again.")
        return self.open[name]

    async def validate(self, profile: Profile, secret: str) -> None:
        """Make a call with a secret that is kept nowhere yet; raises what it raises."""
        self._answer()
        self.validated.append((profile.name, secret))

    def forget(self, name: str) -> None:
        """Read a profile and its secret anew at its next use."""
        self.forgotten.append(name)
