"""The ProfileStore port on Table storage: callers' workspaces without their secrets, which are in the vault."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from quantum.adapters.table_wire import Query
from quantum.adapters.tables import Tables
from quantum.settings import StorageSettings
from quantum.storage import WORKSPACES_TABLE
from quantum.workspaces.profiles import Credential, Profile, SecretName

WHAT = "The table of workspaces"
PARTITION = "workspace"


class AzureTableProfiles:
    """The ProfileStore port on Azure Table storage."""

    def __init__(self, settings: StorageSettings) -> None:
        self._tables = Tables(settings, WHAT)

    async def find(self, name: str) -> Profile | None:
        """Read a profile."""
        row = await self._tables.get(WORKSPACES_TABLE, PARTITION, name)
        return _profile(row) if row else None

    async def all(self) -> AsyncIterator[Profile]:
        """List the profiles by name."""
        async for row in self._tables.rows(WORKSPACES_TABLE, Query("PartitionKey eq @it", {"it": PARTITION})):
            yield _profile(row)

    async def claim(self, profile: Profile) -> bool:
        """Insert a new profile; return False where the name is taken."""
        return await self._tables.insert(WORKSPACES_TABLE, _row(profile))

    async def replace(self, profile: Profile) -> None:
        """Replace the profile of this name."""
        await self._tables.replace(WORKSPACES_TABLE, _row(profile))

    async def remove(self, name: str) -> None:
        """Remove a profile; a missing one is no error."""
        await self._tables.remove(WORKSPACES_TABLE, {"PartitionKey": PARTITION, "RowKey": name})

    async def close(self) -> None:
        """Close the connections."""
        await self._tables.close()


def _row(profile: Profile) -> dict[str, Any]:
    who = profile.credential
    columns = {
        "endpoint": profile.endpoint,
        "resourceId": profile.resource_id,
        "kind": who.kind,
        "tenantId": who.tenant_id,
        "clientId": who.client_id,
        "secretName": who.secret.name if who.secret else None,
    }
    filled = {name: text for name, text in columns.items() if text is not None}
    return {"PartitionKey": PARTITION, "RowKey": profile.name, **filled}


def _profile(row: Mapping[str, Any]) -> Profile:
    secret = SecretName(row["secretName"]) if row.get("secretName") else None
    who = Credential(row["kind"], row.get("tenantId"), row.get("clientId"), secret)
    return Profile(row["RowKey"], row["endpoint"], row["resourceId"], who)
