"""The doors of batches: start, list, read; their members, and their table. The modules load at first use."""

import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING
from uuid import uuid4

from quantum.app import App
from quantum.contract.fields import faults_in
from quantum.contract.parameters import DEFAULT_TOP, rows_of
from quantum.contract.routes import BY_DOOR
from quantum.doors.http.frame import ProblemError, Request, Response, refused, unavailable
from quantum.doors.http.inputs import NO_LIST, idempotency_key
from quantum.jobs.errors import InvalidOrderError, NotFoundError, ServiceError, UnknownClaimError
from quantum.jobs.ids import is_job_id
from quantum.jobs.model import job_id
from quantum.orders.read import MAX_ORDER_BYTES
from quantum.ports import Orchestrations
from quantum.telemetry import names as telemetry
from quantum.wire import codec

if TYPE_CHECKING:
    from quantum.batches.model import Batch

MAX_PAGES = 10  # that one request for the batches of a phase reads
NOT_AS_IT_IS = "The batch cannot be run as it is"


async def start_batch_from_http(request: Request, app: App, orchestrations: Orchestrations) -> Response:
    """`POST /api/batches`: take a batch; with an `Idempotency-Key`, a repeated request is the same batch."""

    key = idempotency_key(request) or str(uuid4())
    if len(request.body) > MAX_ORDER_BYTES:
        raise ProblemError(
            413, "The batch is too large", f"{MAX_ORDER_BYTES:,} bytes are allowed; send several batches."
        )
    batch_id, caller = job_id("http-batch", key), telemetry.traceparent(request.headers.get("traceparent"))

    async def take() -> "Batch":
        members = await app.batches.read(request.body, "http")
        return await app.batches.take(members, batch_id, request.principal.source("http"), orchestrations, caller)

    return await accepted(take, key)


async def list_batches(request: Request, app: App, _: Orchestrations) -> Response:
    """`GET /api/batches`: the batches, newest first; a page may have fewer than `top`."""
    from quantum.service.batch_answers import batch_view  # noqa: PLC0415

    query = request.query
    if faults := faults_in(query, rows_of(BY_DOOR["list_batches"].parameters), app.services.limits):
        raise refused(NO_LIST, faults)
    top, following = int(query.get("top", DEFAULT_TOP)), query.get("continuation")
    listed: list[Batch] = []
    for _page in range(MAX_PAGES if "phase" in query else 1):
        try:
            batches, following = await app.services.batches.page(top - len(listed), following)
        except ValueError as error:
            raise _invalid_cursor(str(error)) from error
        listed += [batch for batch in batches if query.get("phase", batch.phase.value) == batch.phase.value]
        if following is None or len(listed) == top:
            break
    views = [batch_view(batch, app.services.now()) for batch in listed]
    return Response(200, {"batches": views, "continuation": following})


async def read_batch(request: Request, app: App, _: Orchestrations) -> Response:
    """`GET /api/batches/{id}`: the state of a batch; until it has ended, `Retry-After` says when to ask again."""
    from quantum.service.batch_answers import batch_view  # noqa: PLC0415

    batch = await find_batch(request, app)
    return Response(200, batch_view(batch, app.services.now()), {} if batch.is_final else {"Retry-After": "1"})


async def list_members(request: Request, app: App, _: Orchestrations) -> Response:
    """`GET /api/batches/{id}/members`: the members by number, of one phase or target where the query says so."""
    from quantum.service.batch_answers import member_views, with_current_targets  # noqa: PLC0415

    query = request.query
    if faults := faults_in(query, rows_of(BY_DOOR["list_members"].parameters), app.services.limits):
        raise refused(NO_LIST, faults)
    start = query.get("continuation", "0")
    if not (start.isascii() and start.isdigit() and len(start) < 6):
        raise _invalid_cursor("continuation is not a cursor of this list: pass that of its last page")
    batch, top = await find_batch(request, app), int(query.get("top", DEFAULT_TOP))
    if batch.request is None:  # rejected before it had members
        return Response(200, {"members": [], "continuation": None})
    members = await app.batches.members_of(batch)
    views, following = member_views(batch, members, query, int(start), top)
    views = await with_current_targets(app.services, members, views)
    return Response(200, {"members": views, "continuation": following})


async def read_table(request: Request, app: App, _: Orchestrations) -> Response:
    """`GET /api/batches/{id}/table`: how each member ended, once all have."""
    batch = await find_batch(request, app)
    if batch.table is None:
        detail = f"The batch is {batch.phase.value}." + ("" if batch.is_final else " Try again later.")
        raise ProblemError(409, "There is no table", detail)
    try:
        blob = await app.services.blobs.open(batch.table)
    except NotFoundError as error:
        raise ProblemError(410, "The table is gone", "The batch has ended; its table was removed since.") from error
    content = await blob.read()
    if "text/csv" not in request.headers.get("accept", ""):
        return Response(200, content)
    from quantum.batches.table import as_csv  # noqa: PLC0415
    from quantum.contract.views.comparisons import Comparison  # noqa: PLC0415

    return Response(200, as_csv(codec.from_wire(Comparison, json.loads(content))).encode(), media_type="text/csv")


async def accepted(take: Callable[[], Awaitable["Batch"]], key: str) -> Response:
    """Take a batch under a key, and say what has become of it."""
    from quantum.service.batch_answers import batch_view  # noqa: PLC0415

    try:
        batch = await take()
    except InvalidOrderError as error:
        raise refused(NOT_AS_IT_IS, error.faults) from error
    except UnknownClaimError as error:
        return _uncertain(error, key)
    except ServiceError as error:
        return unavailable("A service is not available", f"{error} This request started nothing: send it again.")
    return Response(202, batch_view(batch), {"Location": path_of(batch.id), "Retry-After": "1"})


async def find_batch(request: Request, app: App) -> "Batch":
    """Return the batch of a request, or raise a problem."""
    id_ = request.route.get("id", "").lower()
    batch = await app.services.batches.find(id_) if is_job_id(id_) else None
    if batch is None:
        raise ProblemError(
            404, "There is no such batch", "No batch with this id is known here: `qjobs batch list` has all."
        )
    return batch


def _uncertain(error: UnknownClaimError, key: str) -> Response:
    path = path_of(error.job_id)
    detail = (
        f"{error} Whether the batch was taken is not known. Send it again with the header Idempotency-Key: {key}, and "
        f"it is one batch however often it comes; or ask for {path}, which is 404 for as long as it was not taken."
    )
    more = {"id": error.job_id, "idempotencyKey": key, "links": {"self": path}}
    return unavailable("The batch may have been taken", detail, {"Location": path}, **more)


def _invalid_cursor(reason: str) -> ProblemError:
    return ProblemError(400, NO_LIST, reason, errors=[{"field": "continuation", "reason": reason}])


def path_of(batch_id: str) -> str:
    """Return the path of a batch."""
    return f"/api/batches/{batch_id}"
