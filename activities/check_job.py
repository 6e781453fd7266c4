"""Looks at a job in the workspace."""

import asyncio

from quantum.jobs.errors import expected_outcomes
from quantum.service.cancellation import cancel_requested
from quantum.wiring import services
from quantum.workspaces.profiles import DEFAULT


@expected_outcomes
async def check_job(payload: dict) -> dict:  # type: ignore[type-arg]  # the worker takes bare types only
    """Read the job's status, and whether its caller has asked to cancel it."""
    workspace = await services().workspaces.named(payload.get("workspace", DEFAULT))
    look = workspace.job(payload["remoteId"])
    remote, requested = await asyncio.gather(look, cancel_requested(services(), payload["id"]))
    return {"outcome": "seen", "cancelRequested": requested, **remote.account()}
