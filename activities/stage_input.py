"""Puts a job's program where the workspace will read it."""

from quantum.jobs.errors import expected_outcomes
from quantum.jobs.model import Job
from quantum.programs.formats import row_of
from quantum.service.cancellation import why_stop
from quantum.wiring import services


@expected_outcomes
async def stage_input(payload: dict) -> dict:  # type: ignore[type-arg]  # the worker takes bare types only
    """Copy the program from our storage to the workspace's, in pieces; one that is there already is left as it is.

    Where the job should stop nothing is copied: it is `notSubmitted`, even if the workspace does not answer now. Only
    if it may have been submitted, that is for the next step to find out.
    """
    job = Job.from_wire(payload)
    if why := await why_stop(services(), job):
        return {"outcome": "staged"} if job.may_be_submitted else {"outcome": "notSubmitted", "why": why}
    program = job.program
    assert program is not None  # noqa: S101  # intake stores the program before it claims the job
    blob = await services().blobs.open(program.blob)
    media_type = program.media_type or row_of(program.format).media_type
    workspace = await services().workspaces.named(job.order.workspace)
    await workspace.upload_input(job.remote_id, blob.chunks, blob.size, media_type, program.encoding)
    return {"outcome": "staged"}
