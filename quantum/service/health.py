"""Health checks of the app's dependencies, with a remedy for each failure.

A remedy names a role, a setting or a page, and no address, key or account of the deployment.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from quantum.contract.workspaces import DEFAULT
from quantum.jobs.errors import NotFoundError, ServiceError, UnauthorizedError
from quantum.ports import Orchestrations, Services
from quantum.workspaces.remote import Target

NO_INSTANCE = str(UUID(int=0))  # no orchestration has this id: any answer of the engine will do
ROLES = {
    "blobs": "Storage Blob Data Owner on the app's storage",
    "index": "Storage Table Data Contributor on the app's storage",
    "answers": "Storage Queue Data Contributor on the app's storage",
    "vault": "Key Vault Secrets Officer on the vault KEY_VAULT_URL",
    "engine": "Durable Task Data Contributor on its task hub",
    "workspace": "Quantum Workspace Data Contributor on the workspace, or a connection string whose key holds",
}
STORAGE = "Look whether AzureWebJobsStorage names the account, and the account lets the app in (network, keys off)."
UNREACHABLE = dict.fromkeys(("blobs", "index", "answers"), STORAGE) | {
    "workspace": "Look at the status page of Azure Quantum; what was accepted waits up to seven days.",
    "vault": "Look whether KEY_VAULT_URL names the vault, and its network lets the app in.",
    "engine": "Look whether the durable backend of host.json can be reached, and restart the app.",
}
MISSING = "Look whether the AZURE_QUANTUM_ settings name a workspace that is there."

type Check = Callable[[], Awaitable[object]]


async def check_health(services: Services, orchestrations: Orchestrations) -> Mapping[str, Mapping[str, Any]]:
    """Check each dependency, by name: its `status`, a `detail`, and a `remedy` unless it is `ok`."""
    refused: list[str] = []
    parts = _parts(services, orchestrations)
    # All at once: under load every request that waits for another takes a while.
    checks = await asyncio.gather(*(_checked(name, check, refused) for name, check in parts.items()))
    identity = _identity([name for name in parts if name in refused])
    return {**dict(zip(parts, checks, strict=True)), "identity": identity}


def _parts(services: Services, orchestrations: Orchestrations) -> Mapping[str, Check]:
    return {
        "blobs": services.blobs.check,
        "index": services.index.check,
        "answers": services.answers.check,
        "workspace": lambda: _targets(services),
        "vault": services.vault.check,
        "engine": lambda: orchestrations.state(NO_INSTANCE),
    }


async def _targets(services: Services) -> Sequence[Target]:
    return await (await services.workspaces.get(DEFAULT)).targets()


async def _checked(name: str, check: Check, refused: list[str]) -> dict[str, Any]:
    try:
        await check()
    except UnauthorizedError as error:
        refused.append(name)
        remedy = f"Give the app {ROLES[name]}; a new role takes minutes to hold."
        return _unavailable(error, remedy)
    except NotFoundError as error:
        return _unavailable(error, MISSING if name == "workspace" else UNREACHABLE[name])
    except ServiceError as error:
        return _unavailable(error, UNREACHABLE[name])
    return {"status": "ok", "detail": "reached"}


def _unavailable(error: ServiceError, remedy: str) -> dict[str, Any]:
    return {"status": "unavailable", "detail": f"{error.code}: {error}", "remedy": remedy}


def _identity(refused: list[str]) -> dict[str, Any]:
    """Report whether every service accepts the app's identity."""
    if not refused:
        return {"status": "ok", "detail": "let in wherever it was asked for"}
    detail = f"not let in: {', '.join(refused)}"
    remedy = "Look whether AZURE_CLIENT_ID and AzureWebJobsStorage__clientId are the app's identity (`azd provision`)."
    return {"status": "unavailable", "detail": detail, "remedy": remedy}
