"""The doors for sessions, which are read from the workspace with each request."""

import asyncio
import re
from collections.abc import Awaitable, Mapping
from itertools import batched
from typing import Any
from uuid import uuid4
from zlib import crc32

from quantum.app import App
from quantum.contract.fields import Fault
from quantum.contract.orders import SESSION
from quantum.contract.parameters import DEFAULT_TOP
from quantum.contract.requests import SESSION_REQUEST
from quantum.contract.workspaces import DEFAULT
from quantum.doors.http.frame import ProblemError, Request, Response, refused, unavailable
from quantum.doors.http.inputs import NO_LIST, idempotency_key, read_body, top_faults, workspace_name
from quantum.doors.http.query import unknown_faults
from quantum.jobs.errors import NotFoundError, RefusedError, ServiceUnavailableError
from quantum.jobs.lifecycle import phase_of
from quantum.jobs.model import Job, job_id
from quantum.ports import Orchestrations
from quantum.service.adopt import job_here, tags_of
from quantum.service.own_workspaces import workspace_faults
from quantum.service.targets import target_faults
from quantum.wire import codec
from quantum.workspaces.remote import NewSession, RemoteJob, Session

TITLE = "The session cannot be opened"
AT_ONCE = 20  # rows of the index that are read for a list of jobs


async def open_session(request: Request, app: App, _: Orchestrations) -> Response:
    """`POST /api/sessions`: open a session; with an `Idempotency-Key`, a repeated request opens one session."""
    key = idempotency_key(request) or str(uuid4())  # the response names it if the outcome is uncertain
    fields = read_body(request, SESSION_REQUEST, app.services.limits, TITLE)
    name = fields.get("workspace", DEFAULT)
    if faults := await _faults(app, fields["target"], name):
        raise refused(TITLE, faults)
    new = NewSession(
        job_id("session", key),
        fields.get("name") or f"session on {fields['target']}",
        fields["target"],
        fields.get("jobFailurePolicy"),
        fields.get("priority"),
        fields.get("tags", {}),
    )
    workspace = await app.services.workspaces.get(name)
    try:
        session = await _translate_errors(workspace.open_session(new))
    except ServiceUnavailableError as error:
        return _may_be_open(error, key, new.id)
    if (session.name, session.target) != (new.name, new.target):
        detail = "This Idempotency-Key was used before for another session: send the same, or a new key."
        raise ProblemError(422, "The key belongs to another session", detail)
    view = session_view(session, name)
    return Response(201, view, {"Location": view["links"]["self"]})


def _may_be_open(error: ServiceUnavailableError, key: str, id_: str) -> Response:
    """Report a session that may have been opened, and how to retry without a second one."""
    detail = (
        f"{error} Whether the session was opened is not known. Ask for it again with the header Idempotency-Key: {key},"
        " and it is one session however often that comes."
    )
    return unavailable("The session may have been opened", detail, id=id_, idempotencyKey=key)


async def _faults(app: App, target: str, workspace: str) -> list[Fault]:
    """Validate the workspace and target of a new session."""
    if faults := await workspace_faults(app.services, workspace):
        return faults
    return target_faults((target,), None, await app.targets.best_effort(workspace))


async def list_sessions(request: Request, app: App, _: Orchestrations) -> Response:
    """`GET /api/sessions`: a workspace's sessions, newest first; `top` and `continuation` page."""
    skip, top = _page(request.query, "", "list_sessions")
    name = await workspace_name(request, app)
    page, more = await (await app.services.workspaces.get(name)).sessions(skip, top)
    following = _cursor(request.query, "", skip + len(page)) if more else None
    return Response(200, {"sessions": [session_view(session, name) for session in page], "continuation": following})


async def read_session(request: Request, app: App, _: Orchestrations) -> Response:
    """`GET /api/sessions/{id}`: a session."""
    id_, name = _id(request), await workspace_name(request, app)
    workspace = await app.services.workspaces.get(name)
    return Response(200, session_view(await _translate_errors(workspace.session(id_)), name))


async def end_session(request: Request, app: App, _: Orchestrations) -> Response:
    """`POST /api/sessions/{id}/close`: close a session to new jobs; its jobs continue. Idempotent."""
    id_, name = _id(request), await workspace_name(request, app)
    workspace = await app.services.workspaces.get(name)
    return Response(200, session_view(await _translate_errors(workspace.close_session(id_)), name))


async def list_session_jobs(request: Request, app: App, _: Orchestrations) -> Response:
    """`GET /api/sessions/{id}/jobs`: a session's jobs, newest first, whoever submitted them."""
    id_ = _id(request)
    skip, top = _page(request.query, id_, "list_session_jobs")
    name = await workspace_name(request, app)
    workspace = await app.services.workspaces.get(name)
    page, more = await _translate_errors(workspace.session_jobs(id_, skip, top))
    following = _cursor(request.query, id_, skip + len(page)) if more else None
    views: list[dict[str, Any]] = []
    for some in batched(page, AT_ONCE, strict=False):
        ours = await asyncio.gather(*(job_here(app.services, job, name) for job in some))
        views += (remote_view(job, own) for job, own in zip(some, ours, strict=True))
    return Response(200, {"jobs": views, "continuation": following})


def session_view(session: Session, workspace: str = DEFAULT) -> dict[str, Any]:
    """Describe a session, and whether it accepts jobs."""
    path = f"/api/sessions/{session.id}"
    there = "" if workspace == DEFAULT else f"?workspace={workspace}"
    view: dict[str, Any] = codec.to_wire(session)
    links = {"self": path + there, "close": f"{path}/close{there}", "jobs": f"{path}/jobs{there}"}
    facts = {"workspace": workspace, "isOpen": session.is_open, "tags": tags_of(session.tags)}
    return view | facts | {"links": links}


def remote_view(job: RemoteJob, ours: Job | None = None) -> dict[str, Any]:
    """Describe a remote job, which may be adopted; of one that belongs to a job of ours, phase and name are ours."""
    view: dict[str, Any] = codec.to_wire(
        {
            "id": job.id,
            "name": ours.order.name if ours else job.name,
            "target": job.target,
            "providerId": job.provider_id,
            "azureStatus": job.status,
            "phase": (ours.phase if ours else phase_of(job.status)).value,
            "shots": job.shots,
            "times": dict(job.times),
            "cost": job.cost,
            "error": job.error,
            "job": ours.id if ours else None,
            "createdAt": ours.created_at if ours else None,
        }
    )
    return {name: value for name, value in view.items() if value is not None}


async def _translate_errors[T](answer: Awaitable[T]) -> T:
    """Map NotFoundError and RefusedError to 404 and 409."""
    try:
        return await answer
    except NotFoundError as error:
        raise ProblemError(404, "There is no such session", "The workspace has no session with this id.") from error
    except RefusedError as error:
        raise ProblemError(409, "The workspace refused", str(error), code=error.code) from error


def _id(request: Request) -> str:
    id_ = request.route.get("id", "")
    if not SESSION.fullmatch(id_):
        raise ProblemError(404, "There is no such session", "The workspace has no session with this id.")
    return id_


def _page(query: Mapping[str, str], session: str, door: str) -> tuple[int, int]:
    """Parse the offset and the length of a page."""
    faults = [*unknown_faults(query, door), *top_faults(query)]
    cursor = query.get("continuation", _cursor(query, session, 0))
    skip = cursor.rpartition(".")[2]
    if not re.fullmatch(r"\d{1,7}", skip, re.ASCII) or cursor != _cursor(query, session, int(skip)):
        faults.append(Fault("continuation", "is not a cursor of this list: pass that of its last page"))
    if faults:
        raise refused(NO_LIST, faults)
    return int(skip), int(query.get("top", DEFAULT_TOP))


def _cursor(query: Mapping[str, str], session: str, skip: int) -> str:
    """Encode the offset of a page and its list: a workspace's sessions, or the jobs of one of them."""
    return f"{crc32(f'{query.get("workspace", DEFAULT)}/{session}'.encode()):08x}.{skip}"
