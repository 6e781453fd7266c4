"""The door for jobs that somebody else submitted, for example with the azure-quantum SDK."""

from quantum.app import App
from quantum.contract.requests import ADOPTION, Adoption
from quantum.doors.http.frame import ProblemError, Request, Response, refused
from quantum.doors.http.inputs import read_body
from quantum.jobs.errors import NotFoundError
from quantum.ports import Orchestrations
from quantum.service.adopt import adopt
from quantum.service.answers import job_view, links
from quantum.service.own_workspaces import workspace_faults
from quantum.wire import codec

TITLE = "The job cannot be adopted"


async def adopt_job(request: Request, app: App, orchestrations: Orchestrations) -> Response:
    """`POST /api/jobs/adopt`: adopt a job of the workspace; a repeated request leads to the same job."""
    adoption = codec.from_wire(Adoption, read_body(request, ADOPTION, app.services.limits, TITLE))
    if faults := await workspace_faults(app.services, adoption.workspace):
        raise refused(TITLE, faults)
    try:
        job = await adopt(app.intake, adoption, orchestrations, request.principal.source("http"))
    except NotFoundError as error:
        raise ProblemError(404, "There is no such job", "The workspace has no job with this id.") from error
    return Response(202, job_view(job), {"Location": links(job.id)["self"], "Retry-After": "1"})
