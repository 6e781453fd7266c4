"""The door for jobs that somebody else submitted, with the azure-quantum SDK, say."""

from typing import Any

from quantum.app import App
from quantum.doors.http.frame import ProblemError, Request, Response, refused
from quantum.doors.http.inputs import read_body
from quantum.jobs.errors import NotFoundError
from quantum.orders.read import CHECKS, Limits
from quantum.ports import Orchestrations
from quantum.service.adopt import REMOTE_ID, Wanted, adopt
from quantum.service.answers import job_view, links
from quantum.service.own_workspaces import workspace_faults

TITLE = "The job cannot be adopted"


def _id(value: Any, _: Limits) -> str | None:
    right = isinstance(value, str) and REMOTE_ID.fullmatch(value)
    return None if right else "must be the id of a job in the workspace: up to 36 letters, digits and hyphens"


FIELDS = {"id": _id, "workspace": CHECKS["workspace"], "tags": CHECKS["tags"]}


async def adopt_job(request: Request, app: App, orchestrations: Orchestrations) -> Response:
    """`POST /api/jobs/adopt`: care for a job that is in the workspace already; done twice, it is the same job."""
    wanted = Wanted(**read_body(request, FIELDS, ("id",), app.services.limits, TITLE))
    if faults := await workspace_faults(app.services, wanted.workspace):
        raise refused(TITLE, faults)
    try:
        job = await adopt(app.intake, wanted, orchestrations)
    except NotFoundError as error:
        raise ProblemError(404, "There is no such job", "The workspace has no job with this id.") from error
    return Response(202, job_view(job), {"Location": links(job.id)["self"], "Retry-After": "1"})
