"""The doors of one job: start, read, result, cancel."""

from dataclasses import replace
from uuid import uuid4

from quantum.app import App
from quantum.doors.http.frame import ProblemError, Request, Response, require_owner, unavailable
from quantum.doors.http.inputs import idempotency_key
from quantum.jobs.errors import NotFoundError, ServiceError, UnknownClaimError
from quantum.jobs.ids import is_job_id
from quantum.jobs.lifecycle import Phase
from quantum.jobs.model import Job, job_id
from quantum.orders.read import MAX_ORDER_BYTES, parse_order
from quantum.ports import Orchestrations
from quantum.service.answers import job_view, links
from quantum.storage import result_path
from quantum.telemetry import names as telemetry
from quantum.wire import codec


async def start_from_http(request: Request, app: App, orchestrations: Orchestrations) -> Response:
    """`POST /api/jobs`: take an order; with an `Idempotency-Key`, a repeated order is the same job."""
    key = idempotency_key(request)
    if len(request.body) > MAX_ORDER_BYTES:
        detail = f"{MAX_ORDER_BYTES:,} bytes are allowed; a larger program goes into a blob, which the order names."
        raise ProblemError(413, "The order is too large", detail)
    order = parse_order(request.body, app.services.limits)
    if caller := telemetry.traceparent(request.headers.get("traceparent")):
        order = replace(order, traceparent=caller)
    is_new, key = key is None, key or str(uuid4())  # the response names this key, so that the order can be repeated
    try:
        job = await app.intake.take(
            order, job_id("http", key), request.principal.source("http"), orchestrations, is_new=is_new
        )
    except UnknownClaimError as error:
        return uncertain_claim(error, key)
    except ServiceError as error:
        return unavailable("A service is not available", f"{error} This request started nothing: send it again.")
    headers = {"Location": links(job.id)["self"], "Retry-After": "1"}
    return Response(202, job_view(job), headers)


def uncertain_claim(error: UnknownClaimError, key: str) -> Response:
    """Report an order that may have been accepted, its possible id, and how to retry without a second job."""
    location = links(error.job_id)["self"]
    detail = (
        f"{error} Whether the order was taken is not known. Send it again with the header Idempotency-Key: {key}, and "
        f"it is one job however often it comes; or ask for {location}, which is 404 for as long as it was not taken."
    )
    more = {"id": error.job_id, "idempotencyKey": key, "links": links(error.job_id)}
    return unavailable("The order may have been taken", detail, {"Location": location}, **more)


async def read_job(request: Request, app: App, _: Orchestrations) -> Response:
    """`GET /api/jobs/{id}`: the state of a job; until it has ended, `Retry-After` says when to ask again."""
    job = await app.watching.with_estimate(await find_job(request, app))
    return Response(200, job_view(job), {} if job.is_final else {"Retry-After": "1"})


async def read_result(request: Request, app: App, _: Orchestrations) -> Response:
    """`GET /api/jobs/{id}/result`: the result, or 409 with the phase while there is none."""
    job = await find_job(request, app)
    require_result(job)
    try:
        blob = await app.services.blobs.open(result_path(job.id))
    except NotFoundError as error:
        raise ProblemError(410, "The result is gone", "The job succeeded; its result was removed since.") from error
    return Response(200, await blob.read())


def require_result(job: Job) -> None:
    """Raise a problem with the phase of a job that has no result."""
    if job.phase is not Phase.SUCCEEDED:
        detail = f"The job is {job.phase}." + ("" if job.is_final else " Try again later.")
        more = {"phase": job.phase.value} | ({"error": codec.to_wire(job.error)} if job.error else {})
        raise ProblemError(409, "There is no result", detail, **more)


async def request_cancel(request: Request, app: App, orchestrations: Orchestrations) -> Response:
    """`POST /api/jobs/{id}/cancel`: request cancellation; idempotent, and without effect on an ended job."""
    job = await find_job(request, app)
    require_owner(request, job.source)
    if not job.is_final:
        if not job.cancel_requested:
            await app.services.index.request_cancel(job.id, codec.timestamp(app.services.now()))
        await orchestrations.wake(job.id)
        job = await find_job(request, app)
    return Response(202, job_view(job), {"Location": links(job.id)["self"], "Retry-After": "1"})


async def find_job(request: Request, app: App) -> Job:
    """Return the job of a request, or raise a problem."""
    id_ = request.route.get("id", "").lower()
    entry = await app.services.index.find(id_) if is_job_id(id_) else None
    if entry is None:
        raise ProblemError(404, "There is no such job", "No job with this id is known here.")
    return entry.job
