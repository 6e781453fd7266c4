"""Asks the workspace to cancel a job."""

from quantum.errors import expected_outcomes
from quantum.profiles import DEFAULT
from quantum.wiring import services


@expected_outcomes
async def cancel_job(payload: dict) -> dict:  # type: ignore[type-arg]  # the worker takes bare types only
    """Ask; `refused` where the provider will not, and either way only the workspace's own status ends the job."""
    workspace = await services().workspace_named(payload.get("workspace", DEFAULT))
    await workspace.cancel(payload["remoteId"])
    return {"outcome": "asked"}
