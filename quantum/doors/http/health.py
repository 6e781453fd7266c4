"""The health door."""

from quantum.app import App
from quantum.doors.http.frame import Request, Response
from quantum.ports import Orchestrations
from quantum.service.health import check_health


async def read_health(_: Request, app: App, orchestrations: Orchestrations) -> Response:
    """`GET /api/health`: the health of each dependency; 503 if one fails."""
    checks = await check_health(app.services, orchestrations)
    is_well = all(check["status"] == "ok" for check in checks.values())
    return Response(200 if is_well else 503, {"status": "ok" if is_well else "degraded", "checks": checks})
