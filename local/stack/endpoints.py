"""The addresses of a running stack, and their file for other programs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from embedded_server.azurite import connection_string

# The tenant of the sign-in on this machine, and the app in it.
TENANT = "00000000-0000-0000-0000-0000000000aa"
APP_CLIENT_ID = "00000000-0000-0000-0000-0000000000c1"


@dataclass(frozen=True)
class WorkspaceEndpoint:
    """A quantum workspace with the names that its SDK needs."""

    endpoint: str
    key: str = field(repr=False)
    subscription_id: str = "00000000-0000-0000-0000-000000000001"
    resource_group: str = "local"
    name: str = "local"
    location: str = "eastus"

    @property
    def connection_string(self) -> str:
        """The value for `AZURE_QUANTUM_CONNECTION_STRING`."""
        return (
            f"SubscriptionId={self.subscription_id};ResourceGroupName={self.resource_group};"
            f"WorkspaceName={self.name};ApiKey={self.key};QuantumEndpoint={self.endpoint};"
        )

    def to_wire(self) -> dict[str, str]:
        """Return the shape of `endpoints.json`."""
        return {
            "endpoint": self.endpoint,
            "subscriptionId": self.subscription_id,
            "resourceGroup": self.resource_group,
            "name": self.name,
            "location": self.location,
            "key": self.key,
        }


@dataclass(frozen=True)
class OwnWorkspace:
    """A second workspace with an application that may use it, for `qjobs workspaces add`."""

    endpoint: str
    client_secret: str = field(repr=False)
    tenant_id: str = TENANT
    client_id: str = "00000000-0000-0000-0000-0000000000c2"
    resource_id: str = (
        "/subscriptions/00000000-0000-0000-0000-000000000002/resourceGroups/own"
        "/providers/Microsoft.Quantum/Workspaces/own"
    )

    def to_wire(self) -> dict[str, str]:
        """Return the shape of `endpoints.json`."""
        return {
            "resourceId": self.resource_id,
            "endpoint": self.endpoint,
            "tenantId": self.tenant_id,
            "clientId": self.client_id,
            "clientSecret": self.client_secret,
        }


@dataclass(frozen=True)
class Endpoints:
    """A running stack: the app's base URL and key, storage, two workspaces, the key vault, process ids."""

    api: str
    function_key: str = field(repr=False)
    storage: str = field(repr=False)
    workspace: WorkspaceEndpoint
    own: OwnWorkspace
    vault: str
    pids: Mapping[str, int]

    def to_wire(self) -> dict[str, Any]:
        """Return the shape of `endpoints.json`."""
        return {
            "api": self.api,
            "functionKey": self.function_key,
            "storage": self.storage,
            "workspace": self.workspace.to_wire(),
            "ownWorkspace": self.own.to_wire(),
            "vault": self.vault,
            "pids": dict(self.pids),
        }


def storage_connection_string(blob: int, queue: int, table: int) -> str:
    """Return the connection string of an Azurite on these ports."""
    services = {"Blob": blob, "Queue": queue, "Table": table}
    return connection_string({service: f"http://127.0.0.1:{port}" for service, port in services.items()})
