"""Requests the cancellation of a remote job."""

from activities.activity import activity
from orchestrators.messages import CancelJob, CancelSent
from quantum.app import App


@activity
async def cancel_job(message: CancelJob, app: App) -> CancelSent:
    """Request cancellation; the job ends only when its remote status says so."""
    workspace = await app.services.workspaces.get(message.workspace)
    await workspace.cancel(message.remote_id)
    return CancelSent()
