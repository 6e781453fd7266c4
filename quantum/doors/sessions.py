"""The doors for sessions of the workspace: what they say is what the workspace says, asked for at that moment."""

import re
from collections.abc import Awaitable, Mapping
from typing import Any
from uuid import uuid4
from zlib import crc32

from quantum import wire
from quantum.adopt import tags_of
from quantum.doors.bodies import read_body
from quantum.doors.http import ProblemError, Request, Response, checked_key, refused
from quantum.doors.parameters import DEFAULT, DEFAULT_TOP, NO_LIST, PAGING, top_faults, unknown_faults, workspace_of
from quantum.errors import NotFoundError, RefusedError
from quantum.intake import Intake
from quantum.lifecycle import phase_of
from quantum.model import Fault, Order, job_id
from quantum.orders import CHECKS, SESSION, Limits
from quantum.ports import Orchestrations
from quantum.remote import NewSession, RemoteJob, Session
from quantum.targets import target_faults

POLICIES = ("Abort", "Continue")
MAX_SKIP = 1_000_000
TITLE = "The session cannot be opened"


def _policy(value: Any, _: Limits) -> str | None:
    return None if value in (None, *POLICIES) else f"must be one of {', '.join(POLICIES)}"


FIELDS = {name: CHECKS[name] for name in ("name", "target", "workspace", "priority", "tags")}
FIELDS["jobFailurePolicy"] = _policy


async def open_session(request: Request, intake: Intake, _: Orchestrations) -> Response:
    """`POST /api/sessions`: open one; with an `Idempotency-Key`, the same session is opened once."""
    key = checked_key(request)
    wanted = read_body(request, FIELDS, ("target",), intake.services.limits, TITLE)
    known = await intake.targets.at_hand(intake.services)
    if faults := target_faults(Order("", wanted["target"], 1), known):
        raise refused(TITLE, faults)
    new = NewSession(
        job_id("session", key) if key else str(uuid4()),
        wanted.get("name") or f"session on {wanted['target']}",
        wanted["target"],
        wanted.get("jobFailurePolicy"),
        wanted.get("priority"),
        wanted.get("tags", {}),
    )
    workspace = await intake.services.workspace_named(wanted.get("workspace", DEFAULT))
    session = await _asked(workspace.open_session(new))
    if (session.name, session.target) != (new.name, new.target):
        detail = "This Idempotency-Key was used before for another session: send the same, or a new key."
        raise ProblemError(422, "The key belongs to another session", detail)
    view = session_view(session)
    return Response(201, view, {"Location": view["links"]["self"]})


async def list_sessions(request: Request, intake: Intake, _: Orchestrations) -> Response:
    """`GET /api/sessions`: the workspace's sessions, newest first; `top` and `continuation` page."""
    skip, top = _page(request.query, "sessions")
    found, more = await (await workspace_of(request, intake)).sessions(skip, top)
    following = _token("sessions", skip + len(found)) if more else None
    return Response(200, {"sessions": [session_view(session) for session in found], "continuation": following})


async def read_session(request: Request, intake: Intake, _: Orchestrations) -> Response:
    """`GET /api/sessions/{id}`: a session as it is now."""
    return Response(200, session_view(await _asked((await workspace_of(request, intake)).session(_id(request)))))


async def end_session(request: Request, intake: Intake, _: Orchestrations) -> Response:
    """`POST /api/sessions/{id}/close`: take no more jobs; those that are in it go on. Closed twice, it is the same."""
    return Response(200, session_view(await _asked((await workspace_of(request, intake)).close_session(_id(request)))))


async def list_session_jobs(request: Request, intake: Intake, _: Orchestrations) -> Response:
    """`GET /api/sessions/{id}/jobs`: a session's jobs, newest first, whoever submitted them."""
    id_ = _id(request)
    skip, top = _page(request.query, id_)
    found, more = await _asked((await workspace_of(request, intake)).session_jobs(id_, skip, top))
    following = _token(id_, skip + len(found)) if more else None
    return Response(200, {"jobs": [remote_view(job) for job in found], "continuation": following})


def session_view(session: Session) -> dict[str, Any]:
    """Describe a session, and whether it takes jobs."""
    path = f"/api/sessions/{session.id}"
    view: dict[str, Any] = wire.to_wire(session)
    links = {"self": path, "close": f"{path}/close", "jobs": f"{path}/jobs"}
    return view | {"isOpen": session.is_open, "tags": tags_of(session.tags), "links": links}


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


def _page(query: Mapping[str, str], list_name: str) -> tuple[int, int]:
    """Read where a page begins and how long it is."""
    faults = [*unknown_faults(query, (*PAGING, "workspace")), *top_faults(query)]
    skip = query.get("continuation", _token(list_name, 0)).rpartition(".")[2]
    if not re.fullmatch(r"\d{1,7}", skip, re.ASCII) or query.get("continuation", _token(list_name, 0)) != _token(
        list_name, int(skip)
    ):
        faults.append(Fault("continuation", "is not a token of this list: pass on the one that the last page gave"))
    if faults:
        raise refused(NO_LIST, faults)
    return int(skip), int(query.get("top", DEFAULT_TOP))


def _token(list_name: str, skip: int) -> str:
    """Mark where a page begins, and of which list it is one."""
    return f"{crc32(list_name.encode()):08x}.{skip}"
