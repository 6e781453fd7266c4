"""Callers' own workspaces: added after a successful call, listed without secrets, removed when idle."""

from collections.abc import Mapping
from contextlib import suppress
from difflib import get_close_matches
from typing import Any
from uuid import uuid4

from quantum.contract.fields import Fault, faults_in
from quantum.contract.kinds import Limits, printable
from quantum.contract.orders import WORKSPACE
from quantum.contract.workspaces import DEFAULT, REGISTRATION, RESOURCE_ID
from quantum.jobs.errors import NotFoundError, ServiceError
from quantum.ports import Services
from quantum.workspaces.profiles import Credential, Profile, SecretName, endpoint_faults, endpoint_of


class TakenNameError(Exception):
    """The name belongs to another workspace, or to the deployment's settings."""


class WorkspaceInUseError(Exception):
    """Jobs are running in a workspace: without its credential they would be lost."""


async def workspace_faults(services: Services, name: str) -> list[Fault]:
    """Report an order's unknown workspace, with the nearest known names."""
    if name == DEFAULT or name in services.workspaces.profiles():
        return []
    if WORKSPACE.fullmatch(name) and await services.profiles.find(name):
        return []
    names = [DEFAULT, *services.workspaces.profiles(), *[profile.name async for profile in services.profiles.all()]]
    near = get_close_matches(name[:64], names, n=3, cutoff=0.4) or sorted(names)[:3]
    return [Fault("workspace", f"{printable(name)!r} is not known here; the nearest are {', '.join(near)}")]


async def list_profiles(services: Services) -> list[tuple[Profile, str]]:
    """List the profiles that an order can name, each with its origin: `settings` or `added`."""
    added = [(profile, "added") async for profile in services.profiles.all()]
    return [(profile, "settings") for profile in services.workspaces.profiles().values()] + added


async def find_profile(services: Services, name: str) -> tuple[Profile, str]:
    """Find one of those profiles, or raise NotFoundError."""
    if profile := services.workspaces.profiles().get(name):
        return profile, "settings"
    profile = await services.profiles.find(name) if WORKSPACE.fullmatch(name) else None
    if profile is None:
        raise NotFoundError(f"There is no workspace {name!r}.")
    return profile, "added"


async def add_workspace(services: Services, profile: Profile, secret: str) -> bool:
    """Store a workspace after a successful call, its secret in the vault only; return True where its name is new.

    Adding the same workspace again replaces its credential, for running jobs too. Raises TakenNameError where the name
    belongs to another workspace, and any error of the call.
    """
    existing = await services.profiles.find(profile.name)
    if profile.name in services.workspaces.profiles() or (existing and not _same_place(existing, profile)):
        raise TakenNameError(profile.name)
    await services.workspaces.validate(profile, secret)
    name = _secret_of(existing or profile)
    await services.vault.write(name, secret)
    if existing:
        await services.profiles.replace(_with_secret(profile, name))
    else:
        await _claim(services, _with_secret(profile, name), name)
    services.workspaces.forget(profile.name)
    return existing is None


async def _claim(services: Services, profile: Profile, secret: str) -> None:
    """Insert a new profile; where that fails, remove its secret again."""
    claimed = False
    try:
        claimed = await services.profiles.claim(profile)
    finally:
        if not claimed:
            with suppress(ServiceError):
                await services.vault.remove(secret)
    if not claimed:
        raise TakenNameError(profile.name)  # another request was faster


async def remove_workspace(services: Services, name: str) -> None:
    """Remove an added workspace and its secret; the secret first, so that a failed removal can be repeated.

    Raises NotFoundError, TakenNameError for a workspace of the settings, and WorkspaceInUseError while it has jobs.
    """
    if name == DEFAULT or name in services.workspaces.profiles():
        raise TakenNameError(name)
    profile = await services.profiles.find(name) if WORKSPACE.fullmatch(name) else None
    if profile is None:
        raise NotFoundError(f"No workspace {name!r} was added.")
    async for job in services.index.open_jobs(name):
        entry = None if job.is_final else await services.index.find(job.id)  # it may not have been claimed
        if entry and not entry.job.is_final:
            raise WorkspaceInUseError(job.id)
    await services.vault.remove(_secret_of(profile))
    await services.profiles.remove(name)
    services.workspaces.forget(name)


def read_registration(data: Any, allowed: tuple[str, ...]) -> tuple[Profile, str] | list[Fault]:
    """Convert parsed JSON to a caller's workspace and its secret, or return all faults, without values.

    The default name is that of its resource. `allowed` are endpoints beside Azure Quantum's own.
    """
    if not isinstance(data, dict):
        return [Fault("", f"must be a JSON object with {', '.join(REGISTRATION)}")]
    registration = {"name": _own_name(data.get("resourceId"))} | data
    faults = faults_in(registration, REGISTRATION, Limits()) + endpoint_faults(data, "", allowed)
    if faults:
        return faults
    who = Credential("clientSecret", data["tenantId"], data["clientId"])
    return Profile(registration["name"], endpoint_of(data), data["resourceId"], who), data["clientSecret"]


def _own_name(resource_id: Any) -> str:
    match = RESOURCE_ID.fullmatch(resource_id) if isinstance(resource_id, str) else None
    return match["name"].lower().replace("_", "-")[:40] if match else "workspace"


def _same_place(existing: Profile, requested: Profile) -> bool:
    return existing.resource_id.lower() == requested.resource_id.lower() and existing.endpoint == requested.endpoint


def _secret_of(profile: Profile) -> str:
    """Name an added workspace's secret; a new one gets a new name, since a vault keeps removed names."""
    secret = profile.credential.secret
    return secret.name if secret else f"workspace-{profile.name}-{uuid4().hex[:12]}"


def _with_secret(profile: Profile, name: str) -> Profile:
    who = profile.credential
    credential = Credential(who.kind, who.tenant_id, who.client_id, SecretName(name))
    return Profile(profile.name, profile.endpoint, profile.resource_id, credential)


def registration_view(profile: Profile, origin: str) -> Mapping[str, Any]:
    """Describe a workspace to callers, without its secret and the name of it."""
    who = profile.credential
    fields = {"kind": who.kind, "tenantId": who.tenant_id, "clientId": who.client_id}
    credential = {field: text for field, text in fields.items() if text is not None}
    where = {"resourceId": profile.resource_id, "endpoint": profile.endpoint}
    return {"name": profile.name, **where, "credential": credential, "origin": origin}
