"""One's own workspaces: added once a real call has shown that they open, listed without secrets, removed when idle."""

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
from quantum.workspaces.profiles import Credential, Profile, SecretName, endpoint_of, place_faults


class TakenNameError(Exception):
    """Another workspace goes by this name, or the deployment's own settings have it."""


class WorkspaceInUseError(Exception):
    """Jobs are on their way in a workspace: without its credential they would be lost."""


async def workspace_faults(services: Services, name: str) -> list[Fault]:
    """Say that nobody knows an order's workspace, with the nearest names that somebody does."""
    if name == DEFAULT or name in services.workspaces.known():
        return []
    if WORKSPACE.fullmatch(name) and await services.profiles.find(name):
        return []
    known = [DEFAULT, *services.workspaces.known(), *[profile.name async for profile in services.profiles.all()]]
    near = get_close_matches(name[:64], known, n=3, cutoff=0.4) or sorted(known)[:3]
    return [Fault("workspace", f"{printable(name)!r} is not known here; the nearest are {', '.join(near)}")]


async def list_profiles(services: Services) -> list[tuple[Profile, str]]:
    """List the profiles that an order can name, each with where it comes from: `settings` or `added`."""
    added = [(profile, "added") async for profile in services.profiles.all()]
    return [(profile, "settings") for profile in services.workspaces.known().values()] + added


async def find_profile(services: Services, name: str) -> tuple[Profile, str]:
    """Read one of those profiles; NotFoundError where there is none of this name."""
    if profile := services.workspaces.known().get(name):
        return profile, "settings"
    profile = await services.profiles.find(name) if WORKSPACE.fullmatch(name) else None
    if profile is None:
        raise NotFoundError(f"There is no workspace {name!r}.")
    return profile, "added"


async def add_workspace(services: Services, profile: Profile, secret: str) -> bool:
    """Keep a workspace whose credential opens it, the secret in the vault alone; True where its name is new.

    The same workspace added again has its credential replaced, for the jobs that are on their way, too. Raises
    TakenNameError where the name means another workspace, and whatever the real call raises.
    """
    known = await services.profiles.find(profile.name)
    if profile.name in services.workspaces.known() or (known and not _same_place(known, profile)):
        raise TakenNameError(profile.name)
    await services.workspaces.validate(profile, secret)
    name = _secret_of(known or profile)
    await services.vault.write(name, secret)
    if known:
        await services.profiles.replace(_with_secret(profile, name))
    else:
        await _claim(services, _with_secret(profile, name), name)
    services.workspaces.forget(profile.name)
    return known is None


async def _claim(services: Services, profile: Profile, secret: str) -> None:
    """Keep a new profile; where that fails, its secret, which nobody will use, is not left behind."""
    claimed = False
    try:
        claimed = await services.profiles.claim(profile)
    finally:
        if not claimed:
            with suppress(ServiceError):
                await services.vault.remove(secret)
    if not claimed:
        raise TakenNameError(profile.name)  # somebody was quicker


async def remove_workspace(services: Services, name: str) -> None:
    """Forget an added workspace and its secret; the secret goes first, so that a removal that failed can be repeated.

    Raises NotFoundError, TakenNameError for one of the settings, and WorkspaceInUseError while jobs are in it.
    """
    if name == DEFAULT or name in services.workspaces.known():
        raise TakenNameError(name)
    profile = await services.profiles.find(name) if WORKSPACE.fullmatch(name) else None
    if profile is None:
        raise NotFoundError(f"No workspace {name!r} was added.")
    async for job_id in services.index.open_ids(name):
        entry = await services.index.find(job_id)
        if entry and not entry.job.is_final:
            raise WorkspaceInUseError(job_id)
    await services.vault.remove(_secret_of(profile))
    await services.profiles.remove(name)
    services.workspaces.forget(name)


def read_registration(data: Any, allowed: tuple[str, ...]) -> tuple[Profile, str] | list[Fault]:
    """Read a caller's workspace and its secret from parsed JSON, or say everything that is wrong, no value shown.

    Without a name it goes by that of its resource. `allowed` are endpoints beside Azure Quantum's own.
    """
    if not isinstance(data, dict):
        return [Fault("", f"must be a JSON object with {', '.join(REGISTRATION)}")]
    named = {"name": _own_name(data.get("resourceId"))} | data
    faults = faults_in(named, REGISTRATION, Limits()) + place_faults(data, "", allowed)
    if faults:
        return faults
    who = Credential("clientSecret", data["tenantId"], data["clientId"])
    return Profile(named["name"], endpoint_of(data), data["resourceId"], who), data["clientSecret"]


def _own_name(resource_id: Any) -> str:
    found = RESOURCE_ID.fullmatch(resource_id) if isinstance(resource_id, str) else None
    return found["name"].lower().replace("_", "-")[:40] if found else "workspace"


def _same_place(known: Profile, asked: Profile) -> bool:
    return known.resource_id.lower() == asked.resource_id.lower() and known.endpoint == asked.endpoint


def _secret_of(profile: Profile) -> str:
    """The name of an added workspace's secret: never one that was used before, since a vault keeps removed ones."""
    secret = profile.credential.secret
    return secret.name if secret else f"workspace-{profile.name}-{uuid4().hex[:12]}"


def _with_secret(profile: Profile, name: str) -> Profile:
    who = profile.credential
    kept = Credential(who.kind, who.tenant_id, who.client_id, SecretName(name))
    return Profile(profile.name, profile.endpoint, profile.resource_id, kept)


def registration_view(profile: Profile, origin: str) -> Mapping[str, Any]:
    """Describe a workspace to callers: everything but its secret, and where that is kept."""
    who = profile.credential
    known = {"kind": who.kind, "tenantId": who.tenant_id, "clientId": who.client_id}
    credential = {field: text for field, text in known.items() if text is not None}
    where = {"resourceId": profile.resource_id, "endpoint": profile.endpoint}
    return {"name": profile.name, **where, "credential": credential, "origin": origin}
