"""The door for estimates: what an order would need and cost, without running it."""

from quantum.app import App
from quantum.doors.http.frame import ProblemError, Request, Response, refused
from quantum.jobs.errors import InvalidOrderError
from quantum.orders.estimates import parse_inquiry
from quantum.orders.read import MAX_ORDER_BYTES
from quantum.ports import Orchestrations
from quantum.service import estimates

TITLE = "The order cannot be estimated as it is"


async def estimate_order(request: Request, app: App, _: Orchestrations) -> Response:
    """`POST /api/estimates`: estimate an order on the targets that are named, or on all that take it."""
    if len(request.body) > MAX_ORDER_BYTES:
        detail = f"{MAX_ORDER_BYTES:,} bytes are allowed; a larger program goes into a blob, which the order names."
        raise ProblemError(413, "The order is too large", detail)
    try:
        inquiry = parse_inquiry(request.body, app.services.limits)
        return Response(200, await estimates.estimate_order(app.services, app.targets, inquiry))
    except InvalidOrderError as error:
        raise refused(TITLE, error.faults) from error
