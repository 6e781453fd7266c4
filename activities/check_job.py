"""Looks at a job in the workspace."""

import asyncio

from activities.activity import activity
from orchestrators.messages import CheckJob, Seen
from quantum.app import App
from quantum.service.cancellation import cancel_requested
from quantum.telemetry import names as telemetry


@activity
async def check_job(message: CheckJob, app: App) -> Seen:
    """Read the job's status, and whether its caller has asked to cancel it."""
    workspace = await app.services.workspaces.named(message.workspace)
    look = workspace.job(message.remote_id)
    remote, requested = await asyncio.gather(look, cancel_requested(app.services, message.id))
    app.services.telemetry.measure(telemetry.POLLS, 1, telemetry.about(message))
    return Seen(remote.account, requested)
