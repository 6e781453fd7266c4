"""Requests the cancellation of a remote job."""

from activities.activity import activity
from orchestrators.messages import CancelJob, CancelSent
from quantum.app import App


@activity
async def cancel_job(message: CancelJob, app: App) -> CancelSent:
    """Request cancellation; the job ends only when its remote status says so."""
    workspace = await app.services.workspaces.get(message.workspace)
    if message.parts:
        from quantum.service.parts import cancel_parts  # noqa: PLC0415  # few jobs are divided

        await cancel_parts(workspace, message.parts)
    else:
        await workspace.cancel(message.remote_id)
    return CancelSent()
