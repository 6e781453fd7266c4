"""Asks the workspace to cancel a job."""

from activities.activity import activity
from orchestrators.messages import CancelJob, CancelSent
from quantum.app import App


@activity
async def cancel_job(message: CancelJob, app: App) -> CancelSent:
    """Ask; `refused` where the provider will not, and either way only the workspace's own status ends the job."""
    workspace = await app.services.workspaces.named(message.workspace)
    await workspace.cancel(message.remote_id)
    return CancelSent()
