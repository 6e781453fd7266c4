"""The doors that tell what a workspace offers: where jobs can run, what programs may come in, what it may use."""

from quantum.app import App
from quantum.doors.http.frame import Request, Response
from quantum.doors.http.inputs import workspace_named_by
from quantum.ports import Orchestrations
from quantum.programs.formats import formats_of
from quantum.service.catalogue import catalogue
from quantum.wire import codec as wire


async def list_targets(request: Request, app: App, _: Orchestrations) -> Response:
    """`GET /api/targets`: a workspace's targets, at most a minute old; `workspace` names another than the default."""
    name = await workspace_named_by(request, app)
    fresh = await app.targets.fresh(name)
    listed = [wire.to_wire(target) | {"formats": formats_of(target.id)} for target in fresh.targets]
    age = round(fresh.age_seconds(app.services.now()))
    return Response(200, {"targets": listed, "ageSeconds": age})


async def list_formats(request: Request, app: App, _: Orchestrations) -> Response:
    """`GET /api/formats`: what programs may come in, which target takes which, and what providers' parameters are."""
    targets = await app.targets.best_effort(await workspace_named_by(request, app))
    return Response(200, catalogue(app.services.limits, targets))


async def list_quotas(request: Request, app: App, _: Orchestrations) -> Response:
    """`GET /api/quotas`: what providers let a workspace use, and what is used of it; `provider` picks one."""
    wanted = request.query.get("provider", "").lower()
    workspace = await app.services.workspaces.get(await workspace_named_by(request, app))
    listed = [wire.to_wire(quota) for quota in await workspace.quotas() if wanted in ("", quota.provider)]
    return Response(200, {"quotas": listed})
