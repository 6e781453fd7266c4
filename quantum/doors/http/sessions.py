"""The doors for sessions of the workspace: what they say is what the workspace says, asked for at that moment."""

import re
from collections.abc import Awaitable, Mapping
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
from quantum.doors.http.inputs import NO_LIST, checked_key, read_body, top_faults, workspace_named_by
from quantum.doors.http.query import unknown_faults
from quantum.jobs.errors import NotFoundError, RefusedError, ServiceUnavailableError
from quantum.jobs.lifecycle import phase_of
from quantum.jobs.model import job_id
from quantum.ports import Orchestrations
from quantum.service.adopt import tags_of
from quantum.service.own_workspaces import workspace_faults
from quantum.service.targets import target_faults
from quantum.wire import codec as wire
from quantum.workspaces.remote import NewSession, RemoteJob, Session

TITLE = "The session cannot be opened"


async def open_session(request: Request, app: App, _: Orchestrations) -> Response:
    """`POST /api/sessions`: open one; with an `Idempotency-Key`, the same session is opened once."""
    key = checked_key(request) or str(uuid4())  # told, where it stays open whether the session was opened
    wanted = read_body(request, SESSION_REQUEST, app.services.limits, TITLE)
    name = wanted.get("workspace", DEFAULT)
    if faults := await _faults(app, wanted["target"], name):
        raise refused(TITLE, faults)
    new = NewSession(
        job_id("session", key),
        wanted.get("name") or f"session on {wanted['target']}",
        wanted["target"],
        wanted.get("jobFailurePolicy"),
        wanted.get("priority"),
        wanted.get("tags", {}),
    )
    workspace = await app.services.workspaces.named(name)
    try:
        session = await _asked(workspace.open_session(new))
    except ServiceUnavailableError as error:
        return _may_be_open(error, key, new.id)
    if (session.name, session.target) != (new.name, new.target):
        detail = "This Idempotency-Key was used before for another session: send the same, or a new key."
        raise ProblemError(422, "The key belongs to another session", detail)
    view = session_view(session, name)
    return Response(201, view, {"Location": view["links"]["self"]})


def _may_be_open(error: ServiceUnavailableError, key: str, id_: str) -> Response:
    """Say of a session that it may have been opened, and how to be sure without a second one."""
    detail = (
        f"{error} Whether the session was opened is not known. Ask for it again with the header Idempotency-Key: {key},"
        " and it is one session however often that comes."
    )
    return unavailable("The session may have been opened", detail, id=id_, idempotencyKey=key)


async def _faults(app: App, target: str, workspace: str) -> list[Fault]:
    """Say what is wrong with where a session is to be opened."""
    if faults := await workspace_faults(app.services, workspace):
        return faults
    return target_faults((target,), None, await app.targets.at_hand(workspace))


async def list_sessions(request: Request, app: App, _: Orchestrations) -> Response:
    """`GET /api/sessions`: a workspace's sessions, newest first; `top` and `continuation` page."""
    skip, top = _page(request.query, "", "list_sessions")
    name = await workspace_named_by(request, app)
    found, more = await (await app.services.workspaces.named(name)).sessions(skip, top)
    following = _token(request.query, "", skip + len(found)) if more else None
    return Response(200, {"sessions": [session_view(session, name) for session in found], "continuation": following})


async def read_session(request: Request, app: App, _: Orchestrations) -> Response:
    """`GET /api/sessions/{id}`: a session as it is now."""
    id_, name = _id(request), await workspace_named_by(request, app)
    workspace = await app.services.workspaces.named(name)
    return Response(200, session_view(await _asked(workspace.session(id_)), name))


async def end_session(request: Request, app: App, _: Orchestrations) -> Response:
    """`POST /api/sessions/{id}/close`: take no more jobs; those that are in it go on. Closed twice, it is the same."""
    id_, name = _id(request), await workspace_named_by(request, app)
    workspace = await app.services.workspaces.named(name)
    return Response(200, session_view(await _asked(workspace.close_session(id_)), name))


async def list_session_jobs(request: Request, app: App, _: Orchestrations) -> Response:
    """`GET /api/sessions/{id}/jobs`: a session's jobs, newest first, whoever submitted them."""
    id_ = _id(request)
    skip, top = _page(request.query, id_, "list_session_jobs")
    workspace = await app.services.workspaces.named(await workspace_named_by(request, app))
    found, more = await _asked(workspace.session_jobs(id_, skip, top))
    following = _token(request.query, id_, skip + len(found)) if more else None
    return Response(200, {"jobs": [remote_view(job) for job in found], "continuation": following})


def session_view(session: Session, workspace: str = DEFAULT) -> dict[str, Any]:
    """Describe a session of a workspace, and whether it takes jobs."""
    path = f"/api/sessions/{session.id}"
    there = "" if workspace == DEFAULT else f"?workspace={workspace}"
    view: dict[str, Any] = wire.to_wire(session)
    links = {"self": path + there, "close": f"{path}/close{there}", "jobs": f"{path}/jobs{there}"}
    facts = {"workspace": workspace, "isOpen": session.is_open, "tags": tags_of(session.tags)}
    return view | facts | {"links": links}


def remote_view(job: RemoteJob) -> dict[str, Any]:
    """Describe a job as the workspace does; what is only there can be adopted."""
    view: dict[str, Any] = wire.to_wire(
        {
            "id": job.id,
            "name": job.name,
            "target": job.target,
            "providerId": job.provider_id,
            "azureStatus": job.status,
            "phase": phase_of(job.status).value,
            "shots": job.shots,
            "times": dict(job.times),
            "cost": job.cost,
            "error": job.error,
        }
    )
    return {name: value for name, value in view.items() if value is not None}


async def _asked[T](answer: Awaitable[T]) -> T:
    """Hear the workspace: what it does not know, or will not do, is the caller's to mend."""
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
    """Read where a page begins and how long it is."""
    faults = [*unknown_faults(query, door), *top_faults(query)]
    given = query.get("continuation", _token(query, session, 0))
    skip = given.rpartition(".")[2]
    if not re.fullmatch(r"\d{1,7}", skip, re.ASCII) or given != _token(query, session, int(skip)):
        faults.append(Fault("continuation", "is not a token of this list: pass on the one that the last page gave"))
    if faults:
        raise refused(NO_LIST, faults)
    return int(skip), int(query.get("top", DEFAULT_TOP))


def _token(query: Mapping[str, str], session: str, skip: int) -> str:
    """Mark where a page begins, and of which list it is one: a workspace's sessions, or the jobs of one of them."""
    return f"{crc32(f'{query.get("workspace", DEFAULT)}/{session}'.encode()):08x}.{skip}"
