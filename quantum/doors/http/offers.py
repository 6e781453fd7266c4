"""The doors that tell what a workspace offers: where jobs can run, what programs may come in, what it may use."""

from typing import Any

from quantum.app import App
from quantum.doors.http.frame import Request, Response
from quantum.doors.http.inputs import workspace_named_by
from quantum.ports import Orchestrations
from quantum.programs.formats import formats_of
from quantum.programs.prices import price_view
from quantum.programs.providers import provider_named
from quantum.service.catalogue import catalogue
from quantum.wire import codec as wire


async def list_targets(request: Request, app: App, _: Orchestrations) -> Response:
    """`GET /api/targets`: a workspace's targets, at most a minute old; `workspace` names another than the default."""
    name = await workspace_named_by(request, app)
    fresh = await app.targets.fresh(name)
    listed = [wire.to_wire(target) | _beside(target.id) for target in fresh.targets]
    age = round(fresh.age_seconds(app.services.now()))
    return Response(200, {"targets": listed, "ageSeconds": age})


def _beside(target: str) -> dict[str, Any]:
    """What we know of a target beside what its workspace says."""
    price = price_view(target)
    return {"formats": formats_of(target)} | ({"price": price} if price else {})


async def list_formats(request: Request, app: App, _: Orchestrations) -> Response:
    """`GET /api/formats`: what programs may come in, which target takes which, and what providers' parameters are."""
    targets = await app.targets.at_hand(await workspace_named_by(request, app))
    return Response(200, catalogue(app.services.limits, targets))


async def list_quotas(request: Request, app: App, _: Orchestrations) -> Response:
    """`GET /api/quotas`: what providers let a workspace use, and what is used of it; `provider` picks one."""
    wanted = provider_named(request.query.get("provider", ""))
    workspace = await app.services.workspaces.named(await workspace_named_by(request, app))
    listed = [wire.to_wire(quota) for quota in await workspace.quotas() if wanted in ("", quota.provider)]
    return Response(200, {"quotas": listed})
