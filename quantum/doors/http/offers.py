"""The doors for a workspace's offers: targets, formats and quotas."""

from typing import Any

from quantum.app import App
from quantum.doors.http.frame import Request, Response
from quantum.doors.http.inputs import workspace_name
from quantum.ports import Orchestrations
from quantum.programs.formats import formats_of
from quantum.programs.prices import price_view
from quantum.programs.providers import provider_named
from quantum.service.catalogue import catalogue
from quantum.wire import codec


async def list_targets(request: Request, app: App, _: Orchestrations) -> Response:
    """`GET /api/targets`: a workspace's targets, at most a minute old; `workspace` names another than the default."""
    name = await workspace_name(request, app)
    fresh = await app.targets.fresh(name)
    views = [codec.to_wire(target) | _beside(target.id) for target in fresh.targets]
    age = round(fresh.age_seconds(app.services.now()))
    return Response(200, {"targets": views, "ageSeconds": age})


def _beside(target: str) -> dict[str, Any]:
    """What we know of a target beside what its workspace says."""
    price = price_view(target)
    return {"formats": formats_of(target)} | ({"price": price} if price else {})


async def list_formats(request: Request, app: App, _: Orchestrations) -> Response:
    """`GET /api/formats`: the accepted formats, by target, and the providers' parameters."""
    targets = await app.targets.best_effort(await workspace_name(request, app))
    return Response(200, catalogue(app.services.limits, targets))


async def list_quotas(request: Request, app: App, _: Orchestrations) -> Response:
    """`GET /api/quotas`: a workspace's quotas and their use; `provider` selects one."""
    provider = provider_named(request.query.get("provider", ""))
    workspace = await app.services.workspaces.get(await workspace_name(request, app))
    views = [codec.to_wire(quota) for quota in await workspace.quotas() if provider in ("", quota.provider)]
    return Response(200, {"quotas": views})
