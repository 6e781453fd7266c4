"""The door that tells what providers let a workspace use."""

from quantum import wire
from quantum.doors.http import Request, Response, refused
from quantum.doors.parameters import NO_LIST, unknown_faults, workspace_of
from quantum.intake import Intake
from quantum.ports import Orchestrations


async def list_quotas(request: Request, intake: Intake, _: Orchestrations) -> Response:
    """`GET /api/quotas`: what providers let the workspace use, and what is used of it; `provider` picks one."""
    if faults := unknown_faults(request.query, ("provider", "workspace")):
        raise refused(NO_LIST, faults)
    wanted = request.query.get("provider", "").lower()
    found = await (await workspace_of(request, intake)).quotas()
    listed = [wire.to_wire(quota) for quota in found if wanted in ("", quota.provider)]
    return Response(200, {"quotas": listed})
