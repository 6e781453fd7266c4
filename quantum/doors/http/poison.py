"""The doors of poisoned orders: the list of those that are kept, and a new try."""

from quantum.app import App
from quantum.doors.http.frame import ProblemError, Request, Response
from quantum.jobs.errors import NotFoundError
from quantum.ports import Orchestrations
from quantum.service import poison


async def list_poison(_: Request, app: App, __: Orchestrations) -> Response:
    """`GET /api/poison`: the orders on which the app itself failed, kept for inspection."""
    return Response(200, {"poison": await poison.list_orders(app.services.blobs)})


async def replay_poison(request: Request, app: App, orchestrations: Orchestrations) -> Response:
    """`POST /api/poison/{id}/replay`: try one of them again, as a new order."""
    id_ = request.route.get("id", "").lower()
    try:
        job = await poison.replay(id_, app.intake, orchestrations)
    except NotFoundError as error:
        detail = "No order with this id is kept as poisoned, or the blob that it was in is gone."
        raise ProblemError(404, "There is no such order", detail) from error
    return Response(202, {"id": id_, "replayed": True, "job": job})
