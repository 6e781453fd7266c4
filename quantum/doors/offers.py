"""The doors that tell what a workspace offers: where jobs can run, what programs may come in, what it may use."""

from quantum.doors.http import Request, Response
from quantum.doors.parameters import workspace_named_by
from quantum.ports import Orchestrations
from quantum.programs.formats import formats_of
from quantum.service.catalogue import catalogue
from quantum.service.intake import Intake
from quantum.wire import codec as wire


async def list_targets(request: Request, intake: Intake, _: Orchestrations) -> Response:
    """`GET /api/targets`: a workspace's targets, at most a minute old; `workspace` names another than the default."""
    name = await workspace_named_by(request, intake)
    known = await intake.targets.fresh(intake.services, name)
    listed = [wire.to_wire(target) | {"formats": formats_of(target.id)} for target in known]
    age = round(intake.targets.age_seconds(intake.services.now(), name))
    return Response(200, {"targets": listed, "ageSeconds": age})


async def list_formats(request: Request, intake: Intake, _: Orchestrations) -> Response:
    """`GET /api/formats`: what programs may come in, which target takes which, and what providers' parameters are."""
    targets = await intake.targets.at_hand(intake.services, await workspace_named_by(request, intake))
    return Response(200, catalogue(intake.services.limits, targets))


async def list_quotas(request: Request, intake: Intake, _: Orchestrations) -> Response:
    """`GET /api/quotas`: what providers let a workspace use, and what is used of it; `provider` picks one."""
    wanted = request.query.get("provider", "").lower()
    workspace = await intake.services.workspace_named(await workspace_named_by(request, intake))
    listed = [wire.to_wire(quota) for quota in await workspace.quotas() if wanted in ("", quota.provider)]
    return Response(200, {"quotas": listed})
