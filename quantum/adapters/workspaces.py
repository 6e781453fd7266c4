"""The workspaces by name: each is connected at its first use, kept, and closed at the end."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from quantum.adapters.access import Access, access_of, reader
from quantum.adapters.workspace import AzureQuantumWorkspace
from quantum.contract.workspaces import DEFAULT, RESOURCE_ID
from quantum.jobs.errors import UnknownWorkspaceError
from quantum.ports import ProfileStore, Secret, Vault, Workspace
from quantum.settings import SignInSettings, WorkspaceSettings
from quantum.workspaces.profiles import Profile

FRESH = timedelta(minutes=1)  # another process may have changed or removed a profile since it was read


@dataclass(frozen=True)
class Kept:
    """A workspace as it is kept: for this profile, which was read at a moment."""

    profile: Profile
    access: Access
    workspace: AzureQuantumWorkspace
    read_at: datetime | None


class AzureQuantumWorkspaces:
    """The Workspaces port on Azure Quantum."""

    def __init__(
        self,
        own: Workspace,
        profiles: Mapping[str, Profile],
        store: ProfileStore,
        vault: Vault,
        sign_in: SignInSettings,
        now: Callable[[], datetime],
    ) -> None:
        self._own = own
        self._profiles = profiles
        self._store = store
        self._vault = vault
        self._sign_in = sign_in
        self._now = now
        self._kept: dict[str, Kept] = {}
        self._retired: list[Kept] = []

    def known(self) -> Mapping[str, Profile]:
        """The profiles of the settings, by name."""
        return self._profiles

    async def named(self, name: str) -> Workspace:
        """Give the workspace of a profile, or the deployment's own for `default`; else UnknownWorkspaceError."""
        if name == DEFAULT:
            return self._own
        kept = self._kept.get(name)
        if kept and kept.read_at and (name in self._profiles or self._now() - kept.read_at < FRESH):
            return kept.workspace
        profile = self._profiles.get(name) or await self._store.find(name)
        if profile is None:
            self._retire(name)
            raise UnknownWorkspaceError(f"The workspace {name!r} is not known here (any more): add it again.")
        kept = self._kept.get(name)
        if kept is None or kept.profile != profile:
            self._retire(name)
            kept = self._connected(profile)
        self._kept[name] = replace(kept, read_at=self._now())
        return kept.workspace

    async def validate(self, profile: Profile, secret: str) -> None:
        """Ask a workspace for its targets with a secret that is kept nowhere yet; raises what that raises."""

        async def given() -> Secret:
            return Secret(secret)

        access = access_of(profile, given, self._sign_in, secure=_is_secure(profile))
        workspace = AzureQuantumWorkspace(_settings(profile), None, access=access)
        try:
            await workspace.targets()
        finally:
            await workspace.close()

    def forget(self, name: str) -> None:
        """Read a profile and its secret anew at its next use: somebody has changed them."""
        if kept := self._kept.get(name):
            kept.access.forget()
            self._kept[name] = replace(kept, read_at=None)

    async def close(self) -> None:
        """Close the connections."""
        await self._own.close()
        for kept in (*self._kept.values(), *self._retired):
            await kept.workspace.close()
        self._kept.clear()
        self._retired.clear()

    def _connected(self, profile: Profile) -> Kept:
        access = access_of(profile, reader(profile, self._vault), self._sign_in, secure=_is_secure(profile))
        return Kept(profile, access, AzureQuantumWorkspace(_settings(profile), None, access=access), None)

    def _retire(self, name: str) -> None:
        """Set a workspace aside; calls that are under way go on with it, so it is closed at the end."""
        if kept := self._kept.pop(name, None):
            self._retired.append(kept)


def _settings(profile: Profile) -> WorkspaceSettings:
    parts = RESOURCE_ID.fullmatch(profile.resource_id)
    assert parts is not None  # noqa: S101  # the profile was read so
    return WorkspaceSettings(profile.endpoint, parts["subscription_id"], parts["resource_group"], parts["name"])


def _is_secure(profile: Profile) -> bool:
    return profile.endpoint.startswith("https://")  # without, it is this machine: nothing else is let in
