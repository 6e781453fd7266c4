"""Checks a remote job."""

import asyncio

from activities.activity import activity
from orchestrators.messages import CheckJob, JobChecked
from quantum.app import App
from quantum.service.cancellation import cancel_requested
from quantum.telemetry import names as telemetry


@activity
async def check_job(message: CheckJob, app: App) -> JobChecked:
    """Read the job's remote status, and whether its caller requested cancellation."""
    workspace = await app.services.workspaces.get(message.workspace)
    status = workspace.job(message.remote_id)
    remote, requested = await asyncio.gather(status, cancel_requested(app.services, message.id))
    app.services.telemetry.measure(telemetry.POLLS, 1, telemetry.about(message))
    return JobChecked(remote.account, requested)
