"""Uploads a job's program to the workspace's storage."""

from activities.activity import activity
from orchestrators.messages import NotSubmitted, Staged, StageInput
from quantum.app import App
from quantum.programs.formats import row_of
from quantum.service.cancellation import why_stop
from quantum.service.prepare import program_of


@activity
async def stage_input(message: StageInput, app: App) -> Staged | NotSubmitted:
    """Copy the program from our storage to the workspace's, in chunks; an existing copy stays.

    A job that should stop is `notSubmitted` and nothing is copied, even if the workspace does not answer. Only if it
    may have been submitted, the next step decides.
    """
    job, services = message.job, app.services
    if why := await why_stop(services, job):
        return Staged() if message.may_be_submitted else NotSubmitted(why)
    program = program_of(job)
    blob = await services.blobs.open(program.blob)
    media_type = program.media_type or row_of(program.format).media_type
    workspace = await services.workspaces.get(job.order.workspace)
    await workspace.upload_input(job.remote_id, blob.chunks, blob.size, media_type, program.encoding)
    return Staged()
