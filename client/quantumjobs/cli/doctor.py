"""Finds out what stands between this machine and a deployment, one question after the other."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from quantumjobs.deployment import find_deployment, local_stack
from quantumjobs.errors import (
    ApiError,
    NoDeploymentError,
    QuantumJobsError,
    UnauthorizedError,
    UnreachableError,
    UsageError,
)
from quantumjobs.sync import QuantumJobs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from quantumjobs.deployment import Deployment


@dataclass(frozen=True)
class Finding:
    """The answer to one question."""

    name: str
    status: Literal["ok", "warning", "failed"]
    detail: str


def examine(url: str | None, key: str | None) -> Iterator[Finding]:
    """Look at the local stack, the address, the way there, the key, and each dependency of the app."""
    yield _local()
    try:
        deployment = find_deployment(url, key)
    except (NoDeploymentError, UsageError) as error:
        yield Finding("deployment", "failed", str(error))
        return
    yield Finding("deployment", "ok", f"{deployment.url} ({deployment.source})")
    if deployment.sends_key_in_clear:
        yield Finding("encryption", "warning", "the key crosses the network unencrypted: use https")
    with QuantumJobs(deployment, timeout=10) as client:
        yield from _way_there(client)


def _local() -> Finding:
    try:
        stack = local_stack()
    except UsageError as error:
        return Finding("local stack", "warning", str(error))
    return Finding("local stack", "ok", stack.source if stack else "none in this folder or above")


def _way_there(client: QuantumJobs) -> Iterator[Finding]:
    began = time.monotonic()
    try:
        health = client.health()
    except UnreachableError as error:
        yield Finding("reachable", "failed", _unreachable(client.deployment, error))
        return
    except UnauthorizedError as error:
        yield _reached(began)
        yield _wrong_key(client.deployment, error)
        return
    except QuantumJobsError as error:
        yield Finding("reachable", "failed", str(error))
        return
    yield _reached(began)
    yield _key(client)
    yield Finding("health", "ok" if health.status == "ok" else "failed", health.status)
    for name, check in health.checks.items():
        yield Finding(name, "ok" if check.status == "ok" else "failed", check.detail or check.status)


def _reached(began: float) -> Finding:
    return Finding("reachable", "ok", f"answered in {(time.monotonic() - began) * 1000:.0f} ms")


def _unreachable(deployment: Deployment, error: UnreachableError) -> str:
    hint = "is the local stack running?" if deployment.is_loopback else "is the URL right, and the network there?"
    return f"{error.reason}: {hint}"


def _key(client: QuantumJobs) -> Finding:
    try:
        client.list_page(top=1)
    except UnauthorizedError as error:
        return _wrong_key(client.deployment, error)
    except ApiError as error:
        return Finding("key", "warning", f"could not be tried: {error}")
    return Finding("key", "ok", "accepted")


def _wrong_key(deployment: Deployment, error: UnauthorizedError) -> Finding:
    what = "the key is not accepted" if deployment.key else "no key was given"
    return Finding("key", "failed", f"{what} (HTTP {error.status}): give it by QJOBS_KEY or --key")
