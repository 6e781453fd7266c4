"""The doors that change a batch: cancel, pause, resume, run again. Each can be called again without harm."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING
from uuid import uuid4

from quantum.app import App
from quantum.contract.requests import RERUN
from quantum.doors.http.batches import accepted, find_batch, path_of
from quantum.doors.http.frame import ProblemError, Request, Response, require_owner
from quantum.doors.http.inputs import idempotency_key, read_body
from quantum.jobs.errors import NotFoundError
from quantum.jobs.model import job_id
from quantum.ports import Orchestrations
from quantum.telemetry import names as telemetry
from quantum.wire import codec

if TYPE_CHECKING:
    from quantum.batches.model import Batch

CANNOT_RUN = "The batch cannot run again"


async def cancel_batch(request: Request, app: App, orchestrations: Orchestrations) -> Response:
    """`POST /api/batches/{id}/cancel`: cancel every member; idempotent, and without effect on an ended batch."""

    async def cancel(batch: "Batch") -> None:
        if not batch.is_cancelled:
            await app.services.batches.request_cancel(batch.id, codec.timestamp(app.services.now()))

    return await _request(cancel, request, app, orchestrations)


async def pause_batch(request: Request, app: App, orchestrations: Orchestrations) -> Response:
    """`POST /api/batches/{id}/pause`: start no more members for now; those on their way go on."""

    async def pause(batch: "Batch") -> None:
        if not batch.is_paused:
            await app.services.batches.request_pause(batch.id, codec.timestamp(app.services.now()))

    return await _request(pause, request, app, orchestrations)


async def resume_batch(request: Request, app: App, orchestrations: Orchestrations) -> Response:
    """`POST /api/batches/{id}/resume`: let a paused batch go on."""

    async def resume(batch: "Batch") -> None:
        if batch.is_paused:
            await app.services.batches.request_pause(batch.id, None)

    return await _request(resume, request, app, orchestrations)


async def rerun_batch(request: Request, app: App, orchestrations: Orchestrations) -> Response:
    """`POST /api/batches/{id}/rerun`: run the members that did not succeed, as a new batch."""
    from quantum.service.batch_reruns import NothingToRunError, rerun  # noqa: PLC0415

    key = idempotency_key(request) or str(uuid4())
    read_body(request, RERUN, app.services.limits, CANNOT_RUN)  # one choice, which is also the default
    earlier, caller = await find_batch(request, app), telemetry.traceparent(request.headers.get("traceparent"))
    batch_id, source = job_id("http-batch", key), request.principal.source("http")

    async def take() -> "Batch":
        try:
            return await rerun(app.batches, earlier, batch_id, source, orchestrations, caller)
        except NothingToRunError as error:
            raise ProblemError(409, CANNOT_RUN, str(error)) from error
        except NotFoundError as error:
            detail = "Its request was removed since: send the request itself again."
            raise ProblemError(410, CANNOT_RUN, detail) from error

    return await accepted(take, key)


async def _request(
    ask: Callable[["Batch"], Awaitable[None]], request: Request, app: App, orchestrations: Orchestrations
) -> Response:
    """Record what a caller asks of a batch that has not ended, and wake its process."""
    from quantum.service.batch_answers import batch_view  # noqa: PLC0415

    batch = await find_batch(request, app)
    require_owner(request, batch.source)
    if not batch.is_final:
        await ask(batch)
        await orchestrations.wake(batch.id)
        batch = await find_batch(request, app)
    view = batch_view(batch, app.services.now())
    return Response(202, view, {"Location": path_of(batch.id), "Retry-After": "1"})
