"""The HTTP doors to one's own workspaces: add, list, remove. A secret goes in, and never comes out."""

from quantum.app import App
from quantum.contract.fields import Fault
from quantum.contract.kinds import printable
from quantum.doors.http.frame import ProblemError, Request, Response, how_many
from quantum.jobs.errors import NotFoundError, RefusedError, UnauthorizedError
from quantum.ports import Orchestrations
from quantum.service.own_workspaces import (
    TakenNameError,
    WorkspaceInUseError,
    add_workspace,
    find_profile,
    list_profiles,
    read_registration,
    registration_view,
    remove_workspace,
)
from quantum.wire import codec as wire
from quantum.wire import strict_json
from quantum.workspaces.profiles import Profile

MAX_BYTES = 16 * 1024
REFUSED = "The workspace cannot be added as it is"


async def list_workspaces(_: Request, app: App, __: Orchestrations) -> Response:
    """`GET /api/workspaces`: the names that an order's `workspace` may have beside `default`, without secrets."""
    known = await list_profiles(app.services)
    return Response(200, {"workspaces": [registration_view(profile, origin) for profile, origin in known]})


async def read_workspace(request: Request, app: App, _: Orchestrations) -> Response:
    """`GET /api/workspaces/{name}`: one of these workspaces, without its secret."""
    name = request.route.get("name", "")
    try:
        profile, origin = await find_profile(app.services, name)
    except NotFoundError as error:
        detail = f"No workspace {printable(name)!r} is known here; `GET /api/workspaces` lists those that are."
        raise ProblemError(404, "There is no such workspace", detail) from error
    return Response(200, registration_view(profile, origin))


async def add_own_workspace(request: Request, app: App, _: Orchestrations) -> Response:
    """`POST /api/workspaces`: keep a workspace that its credential opens: 201, or 200 where it had another before."""
    profile, secret = _registration(request, app)
    try:
        is_new = await add_workspace(app.services, profile, secret)
    except TakenNameError as error:
        detail = f"{profile.name!r} is another workspace's name: choose one, or remove that workspace first."
        raise ProblemError(409, "The name is taken", detail) from error
    except UnauthorizedError as error:
        raise _refused("clientSecret", str(error), error.code) from error
    except NotFoundError as error:
        raise _refused("resourceId", "no such workspace is known at this endpoint", error.code) from error
    except RefusedError as error:
        raise _refused("", str(error), error.code) from error
    headers = {"Location": f"/api/workspaces/{profile.name}"}
    return Response(201 if is_new else 200, registration_view(profile, "added"), headers)


async def remove_own_workspace(request: Request, app: App, _: Orchestrations) -> Response:
    """`DELETE /api/workspaces/{name}`: forget an added workspace and its secret; 409 while jobs are in it."""
    name = request.route.get("name", "")
    try:
        await remove_workspace(app.services, name)
    except NotFoundError as error:
        raise ProblemError(404, "There is no such workspace", f"No workspace {printable(name)!r} was added.") from error
    except TakenNameError as error:
        detail = f"{name!r} belongs to the deployment's settings, and is removed there."
        raise ProblemError(409, "The workspace cannot be removed here", detail) from error
    except WorkspaceInUseError as error:
        detail = f"Jobs are on their way in it, such as {error}: wait for their end, or cancel them."
        raise ProblemError(409, "The workspace is in use", detail) from error
    return Response(204, b"")


def _registration(request: Request, app: App) -> tuple[Profile, str]:
    if len(request.body) > MAX_BYTES:
        raise ProblemError(413, "The request is too large", f"{MAX_BYTES:,} bytes are allowed.")
    try:
        data = strict_json.loads(request.body)
    except strict_json.InvalidJsonError as error:
        raise _refused("", f"is no workspace: {error}") from error
    read = read_registration(data, app.services.endpoints)
    if isinstance(read, list):
        raise ProblemError(400, REFUSED, how_many(read), errors=wire.to_wire(read))
    return read


def _refused(field: str, reason: str, code: str | None = None) -> ProblemError:
    more = {"code": code} if code else {}
    return ProblemError(400, REFUSED, how_many([field]), errors=wire.to_wire([Fault(field, reason)]), **more)
