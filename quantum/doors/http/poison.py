"""The doors for poisoned orders, the dead letters: their list, and replay."""

from quantum.app import App
from quantum.doors.http.frame import ProblemError, Request, Response
from quantum.jobs.errors import NotFoundError
from quantum.ports import Orchestrations
from quantum.service import poison


async def list_poison(_: Request, app: App, __: Orchestrations) -> Response:
    """`GET /api/poison`: the stored orders on which the app itself failed."""
    return Response(200, {"poison": await poison.list_orders(app.services.blobs)})


async def replay_poison(request: Request, app: App, orchestrations: Orchestrations) -> Response:
    """`POST /api/poison/{id}/replay`: replay one of them, as a new order."""
    id_ = request.route.get("id", "").lower()
    try:
        job = await poison.replay(id_, app.intake, orchestrations)
    except NotFoundError as error:
        detail = "No order with this id is kept as poisoned, or the blob that it was in is gone."
        raise ProblemError(404, "There is no such order", detail) from error
    return Response(202, {"id": id_, "replayed": True, "job": job})
