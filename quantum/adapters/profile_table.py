"""The workspaces that callers have added, in Table storage: everything but their secrets, which the vault keeps."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.data.tables import UpdateMode

from quantum.adapters.azure_errors import translated
from quantum.adapters.tables import Query, Tables
from quantum.settings import StorageSettings
from quantum.storage import WORKSPACES_TABLE
from quantum.workspaces.profiles import Credential, Profile, SecretName

WHAT = "The table of workspaces"
PARTITION = "workspace"


class AzureTableProfiles:
    """The ProfileStore port on Azure Table storage."""

    def __init__(self, settings: StorageSettings) -> None:
        self._tables = Tables(settings)
        self._table = self._tables.named(WORKSPACES_TABLE)

    async def find(self, name: str) -> Profile | None:
        """Read a profile."""
        with translated(WHAT):
            try:
                return _profile(await self._table.get_entity(PARTITION, name))
            except ResourceNotFoundError:  # or the table, which the first profile makes
                return None

    async def all(self) -> AsyncIterator[Profile]:
        """List the profiles by name."""
        with translated(WHAT):
            async for row in self._tables.rows(self._table, Query("PartitionKey eq @it", {"it": PARTITION})):
                yield _profile(row)

    async def claim(self, profile: Profile) -> bool:
        """Insert a profile that is not there yet; False where the name is taken."""
        with translated(WHAT):
            try:
                await self._tables.insert(self._table, _row(profile))
            except ResourceExistsError:
                return False
        return True

    async def replace(self, profile: Profile) -> None:
        """Write a profile over the one of its name."""
        with translated(WHAT):
            await self._table.upsert_entity(_row(profile), mode=UpdateMode.REPLACE)

    async def remove(self, name: str) -> None:
        """Remove a profile; one that is gone already is no error."""
        with translated(WHAT):
            await self._table.delete_entity(PARTITION, name)

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
