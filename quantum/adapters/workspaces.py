"""The Workspaces port: each workspace is connected at its first use, cached, and closed at the end."""

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
class Connection:
    """A cached connection to a workspace, for a profile that was read at a moment."""

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
        self._connections: dict[str, Connection] = {}
        self._retired: list[Connection] = []

    def profiles(self) -> Mapping[str, Profile]:
        """Return the profiles of the settings, by name."""
        return self._profiles

    async def get(self, name: str) -> Workspace:
        """Return the workspace of a profile, or the deployment's own for `default`; else UnknownWorkspaceError."""
        if name == DEFAULT:
            return self._own
        connection = self._connections.get(name)
        if connection and connection.read_at and (name in self._profiles or self._now() - connection.read_at < FRESH):
            return connection.workspace
        profile = self._profiles.get(name) or await self._store.find(name)
        if profile is None:
            self._retire(name)
            raise UnknownWorkspaceError(f"The workspace {name!r} is not known here (any more): add it again.")
        connection = self._connections.get(name)
        if connection is None or connection.profile != profile:
            self._retire(name)
            connection = self._connected(profile)
        self._connections[name] = replace(connection, read_at=self._now())
        return connection.workspace

    async def validate(self, profile: Profile, secret: str) -> None:
        """List a workspace's targets with a secret that is not stored yet, and raise any error of that call."""

        async def read_secret() -> Secret:
            return Secret(secret)

        access = access_of(profile, read_secret, self._sign_in, secure=_is_secure(profile))
        workspace = AzureQuantumWorkspace(_settings(profile), None, access=access)
        try:
            await workspace.targets()
        finally:
            await workspace.close()

    def forget(self, name: str) -> None:
        """Drop the cached profile and secret of a name, which have changed."""
        if connection := self._connections.get(name):
            connection.access.forget()
            self._connections[name] = replace(connection, read_at=None)

    async def close(self) -> None:
        """Close the connections."""
        await self._own.close()
        for connection in (*self._connections.values(), *self._retired):
            await connection.workspace.close()
        self._connections.clear()
        self._retired.clear()

    def _connected(self, profile: Profile) -> Connection:
        access = access_of(profile, reader(profile, self._vault), self._sign_in, secure=_is_secure(profile))
        return Connection(profile, access, AzureQuantumWorkspace(_settings(profile), None, access=access), None)

    def _retire(self, name: str) -> None:
        """Retire a connection; running calls still use it, so it is closed at the end."""
        if connection := self._connections.pop(name, None):
            self._retired.append(connection)


def _settings(profile: Profile) -> WorkspaceSettings:
    parts = RESOURCE_ID.fullmatch(profile.resource_id)
    assert parts is not None  # noqa: S101  # `read_profile` has checked it
    return WorkspaceSettings(profile.endpoint, parts["subscription_id"], parts["resource_group"], parts["name"])


def _is_secure(profile: Profile) -> bool:
    return profile.endpoint.startswith("https://")  # http is only allowed for this machine
