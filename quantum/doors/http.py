"""The HTTP doors: each takes a Request and gives a Response; errors are RFC 9457 problems in one place."""

import json
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any
from uuid import UUID, uuid4

from quantum.doors import poison, query
from quantum.jobs.errors import ConflictingOrderError, InvalidOrderError, NotFoundError, ServiceError, UnknownClaimError
from quantum.jobs.lifecycle import Phase
from quantum.jobs.model import Fault, Job, job_id
from quantum.orders.read import MAX_ORDER_BYTES, parse_order
from quantum.ports import COMPILER_PATIENCE_SECONDS, Orchestrations
from quantum.service.answers import job_view, links
from quantum.service.intake import Intake
from quantum.settings import RESULTS_CONTAINER
from quantum.telemetry import names as telemetry
from quantum.wire import codec as wire

JSON = "application/json"
PROBLEM = "application/problem+json"
ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
KEY = re.compile(r"[\x21-\x7e]{1,255}")
# What is told of jobs is private and changes: nobody on the way keeps it, and no browser takes it for a page.
OF_EVERY_ANSWER = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
REFUSED = {telemetry.DOOR: "http", telemetry.OUTCOME: telemetry.REFUSED}


@dataclass(frozen=True)
class Request:
    """What a door needs of an HTTP request; header names are lower-case."""

    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    route: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True)
class Response:
    """What a door answers."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str = JSON

    def encoded(self) -> bytes:
        """The body as it goes out."""
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


class ProblemError(Exception):
    """A request that is answered with a problem (RFC 9457)."""

    def __init__(self, status: int, title: str, detail: str, **more: Any) -> None:
        super().__init__(detail)
        self.response = problem(status, title, detail, **more)


def problem(status: int, title: str, detail: str, **more: Any) -> Response:
    """Describe an error for programs and people."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    return Response(status, body, media_type=PROBLEM)


Door = Callable[[Request, Intake, Orchestrations], Awaitable[Response]]


async def answer(door: Door, request: Request, intake: Intake, orchestrations: Orchestrations) -> Response:
    """Let a door answer a request of which it reads all; whatever it raises that we know of becomes a problem here."""
    answered = await _answer(door, request, intake, orchestrations)
    return replace(answered, headers={**OF_EVERY_ANSWER, **answered.headers})


async def _answer(door: Door, request: Request, intake: Intake, orchestrations: Orchestrations) -> Response:
    try:
        require_known(request, door.__name__)
        return await door(request, intake, orchestrations)
    except ProblemError as error:
        return error.response
    except InvalidOrderError as error:
        intake.services.telemetry.measure(telemetry.ORDERS, 1, REFUSED)
        faults = wire.to_wire((await intake.complete(error, COMPILER_PATIENCE_SECONDS)).faults)
        return problem(400, "The order cannot be run as it is", how_many(faults), errors=faults)
    except ConflictingOrderError:
        detail = "This Idempotency-Key was used before with another order: send the same order, or a new key."
        return problem(422, "The key belongs to another order", detail)
    except ServiceError as error:
        return unavailable("A service is not available", f"{error} Try again.")


def require_known(request: Request, door: str) -> None:
    """Refuse parameters that the door would pass over, unless it tells of them itself."""
    if door not in query.THEMSELVES and (faults := query.unknown_faults(request.query, door)):
        raise refused("The address has parameters that are not known here", faults)


async def start_from_http(request: Request, intake: Intake, orchestrations: Orchestrations) -> Response:
    """`POST /api/jobs`: take an order; with an `Idempotency-Key`, the same order is the same job."""
    key = checked_key(request)
    if len(request.body) > MAX_ORDER_BYTES:
        detail = f"{MAX_ORDER_BYTES:,} bytes are allowed; a larger program goes into a blob, which the order names."
        raise ProblemError(413, "The order is too large", detail)
    order = parse_order(request.body, intake.services.limits)
    if caller := telemetry.traceparent(request.headers.get("traceparent")):
        order = replace(order, traceparent=caller)
    key = key or str(uuid4())  # an order without a key can be repeated under the one that it is told
    try:
        job = await intake.take(order, job_id("http", key), {"door": "http"}, orchestrations)
    except UnknownClaimError as error:
        return may_be_taken(error, key)
    except ServiceError as error:
        return unavailable("A service is not available", f"{error} This request started nothing: send it again.")
    headers = {"Location": links(job.id)["self"], "Retry-After": "1"}
    return Response(202, job_view(job), headers)


def may_be_taken(error: UnknownClaimError, key: str) -> Response:
    """Say of an order that it may run, under which id it does if so, and how to be sure without a second job."""
    location = links(error.job_id)["self"]
    detail = (
        f"{error} Whether the order was taken is not known. Send it again with the header Idempotency-Key: {key}, and "
        f"it is one job however often it comes; or ask for {location}, which is 404 for as long as it was not taken."
    )
    more = {"id": error.job_id, "idempotencyKey": key, "links": links(error.job_id)}
    return unavailable("The order may have been taken", detail, {"Location": location}, **more)


def unavailable(title: str, detail: str, headers: Mapping[str, str] = MappingProxyType({}), **more: Any) -> Response:
    """Describe a service's failure, and when to try again."""
    failed = problem(503, title, detail, **more)
    return replace(failed, headers={"Retry-After": "5", **headers})


async def read_job(request: Request, intake: Intake, _: Orchestrations) -> Response:
    """`GET /api/jobs/{id}`: where a job is; while it is on its way, `Retry-After` says when to look again."""
    job = await find_job(request, intake)
    return Response(200, job_view(job), {} if job.is_final else {"Retry-After": "1"})


async def read_result(request: Request, intake: Intake, _: Orchestrations) -> Response:
    """`GET /api/jobs/{id}/result`: what came back, or 409 with the phase while there is nothing."""
    job = await find_job(request, intake)
    require_result(job)
    try:
        blob = await intake.services.blobs.open(result_path(job.id))
    except NotFoundError as error:
        raise ProblemError(410, "The result is gone", "The job succeeded; its result was removed since.") from error
    return Response(200, await blob.read())


def require_result(job: Job) -> None:
    """Tell of a job that has no result, or none yet, where it is."""
    if job.phase is not Phase.SUCCEEDED:
        detail = f"The job is {job.phase}." + ("" if job.is_final else " Try again later.")
        more = {"phase": job.phase.value} | ({"error": wire.to_wire(job.error)} if job.error else {})
        raise ProblemError(409, "There is no result", detail, **more)


async def request_cancel(request: Request, intake: Intake, orchestrations: Orchestrations) -> Response:
    """`POST /api/jobs/{id}/cancel`: ask for the job to stop; asked twice, or too late, it is the same."""
    job = await find_job(request, intake)
    if not job.is_final:
        if not job.cancel_requested:
            await intake.services.index.request_cancel(job.id, wire.timestamp(intake.services.now()))
        await orchestrations.wake(job.id)
        job = await find_job(request, intake)
    return Response(202, job_view(job), {"Location": links(job.id)["self"], "Retry-After": "1"})


async def list_poison(_: Request, intake: Intake, __: Orchestrations) -> Response:
    """`GET /api/poison`: the orders on which the app itself failed, kept for inspection."""
    return Response(200, {"poison": await poison.list_poison(intake)})


async def replay_poison(request: Request, intake: Intake, orchestrations: Orchestrations) -> Response:
    """`POST /api/poison/{id}/replay`: have one of them tried again, as a new order."""
    id_ = request.route.get("id", "").lower()
    try:
        known = id_ if ID.fullmatch(id_) else str(UUID(int=0))
        return Response(202, await poison.replay_poison(known, intake, orchestrations))
    except NotFoundError as error:
        detail = "No order with this id is kept as poisoned, or the blob that it was in is gone."
        raise ProblemError(404, "There is no such order", detail) from error


def checked_key(request: Request) -> str | None:
    """The request's `Idempotency-Key`, or a problem where it cannot be one."""
    key = request.headers.get("idempotency-key")
    if key is not None and not KEY.fullmatch(key):
        raise ProblemError(400, "The key cannot be used", "Idempotency-Key takes 1 to 255 visible ASCII characters.")
    return key


def refused(title: str, faults: Sequence[Fault]) -> ProblemError:
    """Make a problem of everything that is wrong with a request."""
    return ProblemError(400, title, how_many(faults), errors=wire.to_wire(faults))


def how_many(faults: Sequence[Any]) -> str:
    """Say how much is wrong."""
    return "One thing is wrong." if len(faults) == 1 else f"{len(faults)} things are wrong."


def result_path(id_: str) -> str:
    """Where a job's normalised result is kept."""
    return f"{RESULTS_CONTAINER}/{id_}/result.json"


async def find_job(request: Request, intake: Intake) -> Job:
    """The job that a request is about, or a problem: there is none."""
    id_ = request.route.get("id", "").lower()
    entry = await intake.services.index.find(id_) if ID.fullmatch(id_) else None
    if entry is None:
        raise ProblemError(404, "There is no such job", "No job with this id is known here.")
    return entry.job
