"""The workspace's offers: providers with their targets, quotas and usage, and URLs in its storage."""

import re

from quantum_emulator import errors
from quantum_emulator.jobs import Json, instant
from quantum_emulator.operations.context import Context
from quantum_emulator.targets import Target

CONTAINER = re.compile(r"(?!.*--)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")
BLOB_LETTERS = 1024
MONTHLY_EXECUTIONS = 100_000.0


def providers(context: Context) -> list[Json]:
    """The status of every provider."""
    names = dict.fromkeys(target.provider for target in context.behaviour)
    return [provider(context, name) for name in names]


def provider(context: Context, name: str) -> Json:
    """The status of one provider: Available if all its targets are, Unavailable if none is, else Degraded."""
    targets = [target for target in context.behaviour if target.provider == name.lower()]
    if not targets:
        raise errors.provider_not_found(name)
    availabilities = {target.availability for target in targets}
    availability = availabilities.pop() if len(availabilities) == 1 else "Degraded"
    return {"id": name.lower(), "currentAvailability": availability, "targets": [_status(target) for target in targets]}


def _status(target: Target) -> Json:
    return {
        "id": target.id,
        "currentAvailability": target.availability,
        "averageQueueTime": target.reported_queue_time,
        "statusPage": None,
        "numQubits": target.num_qubits,
        "targetProfile": "Adaptive" if "qir.v1" in target.formats else None,
        "metadata": {"inputDataFormats": list(target.formats)},
    }


def quotas(context: Context, workspace: str) -> list[Json]:
    """A monthly quota of executions for each provider: the sum of its targets', or one that is never reached."""
    used = context.store.executions_by_target(workspace)
    return [
        {
            "dimension": "executions",
            "scope": "Workspace",
            "providerId": item["id"],
            "utilization": float(sum(count for (name, _), count in used.items() if name == item["id"])),
            "holds": 0.0,
            "limit": _limit(context, item["id"]),
            "period": "Monthly",
        }
        for item in providers(context)
    ]


def _limit(context: Context, provider_id: str) -> float:
    limits = [target.quota for target in context.behaviour if target.provider == provider_id]
    numbers = [float(limit) for limit in limits if limit is not None]
    return sum(numbers) if numbers else MONTHLY_EXECUTIONS


def offer_usages(context: Context, name: str) -> list[Json]:
    """A provider's usage in the subscription: the sum of all workspaces here."""
    provider(context, name)
    return quota_usages(context, None, name)


def quota_usages(context: Context, workspace: str | None, name: str | None) -> list[Json]:
    """How many executions each target started, of one provider or of all."""
    used = context.store.executions_by_target(workspace)
    return [
        {
            "providerId": target.provider,
            "scope": "WorkspaceTarget" if workspace else "SubscriptionTarget",
            "targetId": target.id,
            "usage": {"executions": used.get((target.provider, target.id), 0)},
            "lastModifiedTime": instant(context.clock.now()),
        }
        for target in context.behaviour
        if name is None or target.provider == name.lower()
    ]


async def sas_uri(context: Context, body: Json) -> Json:
    """A URL with a SAS to write to a container, or to one blob in it; creates the container."""
    container, blob = body.get("containerName"), body.get("blobName")
    if not isinstance(container, str) or not CONTAINER.fullmatch(container):
        raise errors.invalid_property("containerName", "it must be 3 to 63 lower-case letters, digits and hyphens")
    if blob is not None and not (isinstance(blob, str) and 0 < len(blob) <= BLOB_LETTERS):
        raise errors.invalid_property("blobName", f"it must be 1 to {BLOB_LETTERS} letters")
    await context.storage.ensure_container(container)
    addresses = context.storage.writable
    return {"sasUri": addresses.blob(container, blob) if blob else addresses.container(container)}
