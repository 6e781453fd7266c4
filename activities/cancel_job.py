"""Asks the workspace to cancel a job."""

from quantum.jobs.errors import expected_outcomes
from quantum.wiring import services
from quantum.workspaces.profiles import DEFAULT


@expected_outcomes
async def cancel_job(payload: dict) -> dict:  # type: ignore[type-arg]  # the worker takes bare types only
    """Ask; `refused` where the provider will not, and either way only the workspace's own status ends the job."""
    workspace = await services().workspaces.named(payload.get("workspace", DEFAULT))
    await workspace.cancel(payload["remoteId"])
    return {"outcome": "asked"}
