"""The common frame of all HTTP doors: requests, responses, and errors as problem documents (RFC 9457)."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import field, replace
from types import MappingProxyType
from typing import Any

from quantum.app import App
from quantum.contract.fields import Fault
from quantum.contract.routes import BY_DOOR
from quantum.doors.http import query
from quantum.doors.http.principals import Denied, principal_of
from quantum.jobs.errors import ConflictingOrderError, InvalidOrderError, ServiceError
from quantum.jobs.principal import KEY_HOLDER, Principal
from quantum.ports import COMPILER_PATIENCE_SECONDS, Orchestrations
from quantum.service.admission import OverloadError
from quantum.telemetry import names as telemetry
from quantum.wire import codec
from quantum.wire.records import record

JSON = "application/json"
PROBLEM = "application/problem+json"
# Responses are private and change: no cache may store them, and no browser may render them as a page.
OF_EVERY_ANSWER = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
REFUSED = {telemetry.DOOR: "http", telemetry.OUTCOME: telemetry.REFUSED}
SHED = {telemetry.DOOR: "http", telemetry.OUTCOME: telemetry.SHED}
TOO_MANY_REQUESTS = 429


@record
class Request:
    """The parts of an HTTP request that doors use; header names are lower-case."""

    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    route: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    method: str = "GET"
    principal: Principal = KEY_HOLDER


@record
class Response:
    """A door's response."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str = JSON

    def encoded(self) -> bytes:
        """Encode the body as bytes; JSON ends with a newline, so that a shell prompt starts on its own line."""
        return self.body if isinstance(self.body, bytes) else f"{json.dumps(self.body)}\n".encode()

    def all_headers(self) -> dict[str, str]:
        """Return the headers with the media type: where it is missing, azure-functions looks for it by an exception."""
        charset = "; charset=utf-8" if self.media_type.startswith("text/") else ""
        return {"Content-Type": f"{self.media_type}{charset}", **self.headers}


class ProblemError(Exception):
    """An error whose response is a problem document (RFC 9457)."""

    def __init__(self, status: int, title: str, detail: str, **more: Any) -> None:
        super().__init__(detail)
        self.response = problem(status, title, detail, **more)


def problem(status: int, title: str, detail: str, **more: Any) -> Response:
    """Make a problem document."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    return Response(status, body, media_type=PROBLEM)


Door = Callable[[Request, App, Orchestrations], Awaitable[Response]]


async def answer(door: Door, request: Request, app: App, orchestrations: Orchestrations) -> Response:
    """Let a door answer a request; its errors and unknown parameters become problem documents."""
    answered = await _answer(door, request, app, orchestrations)
    return replace(answered, headers={**OF_EVERY_ANSWER, **answered.headers})


async def _answer(door: Door, request: Request, app: App, orchestrations: Orchestrations) -> Response:
    try:
        refuse_unknown_parameters(request, door.__name__)
        request = replace(request, principal=admitted(request, door, app))
        async with place_for(door, app):
            return await door(request, app, orchestrations)
    except OverloadError as error:
        app.services.telemetry.measure(telemetry.ORDERS, 1, SHED)
        shed = problem(
            TOO_MANY_REQUESTS, "Too many orders at once", f"{error} This request started nothing: send it again."
        )
        return replace(shed, headers={"Retry-After": str(error.retry_after)})
    except ProblemError as error:
        return error.response
    except InvalidOrderError as error:
        app.services.telemetry.measure(telemetry.ORDERS, 1, REFUSED)
        faults = codec.to_wire((await app.intake.complete(error, COMPILER_PATIENCE_SECONDS)).faults)
        return problem(400, "The order cannot be run as it is", count_faults(faults), errors=faults)
    except ConflictingOrderError:
        detail = "This Idempotency-Key was used before with another order: send the same order, or a new key."
        return problem(422, "The key belongs to another order", detail)
    except ServiceError as error:
        return unavailable("A service is not available", f"{error} Try again.")


def admitted(request: Request, door: Door, app: App) -> Principal:
    """Return who asks, or raise a problem where the route is closed to them."""
    principal = principal_of(request.headers, BY_DOOR.get(door.__name__), signs_in=app.services.signs_in)
    if isinstance(principal, Denied):
        raise ProblemError(principal.status, principal.title, principal.detail)
    return principal


def require_owner(request: Request, source: Mapping[str, str]) -> None:
    """Raise a problem where work belongs to another principal."""
    if not request.principal.may_stop(source):
        detail = "Another principal ordered it. Ask them, or somebody with the role 'admin'."
        raise ProblemError(403, "It is not yours", detail)


def place_for(door: Door, app: App) -> AbstractAsyncContextManager[None]:
    """Return the place that a request needs: one for orders, where its route can answer that there are too many."""
    route = BY_DOOR.get(door.__name__)
    return app.admission.place() if route and TOO_MANY_REQUESTS in route.replies else nullcontext()


def refuse_unknown_parameters(request: Request, door: str) -> None:
    """Refuse parameters that the door does not accept, unless it reports them itself."""
    if not query.reports_unknown(door) and (faults := query.unknown_faults(request.query, door)):
        raise refused("The address has parameters that are not known here", faults)


def unavailable(title: str, detail: str, headers: Mapping[str, str] = MappingProxyType({}), **more: Any) -> Response:
    """Describe a service's failure, and when to retry."""
    failed = problem(503, title, detail, **more)
    return replace(failed, headers={"Retry-After": "5", **headers})


def refused(title: str, faults: Sequence[Fault]) -> ProblemError:
    """Make a problem document of a request's faults."""
    return ProblemError(400, title, count_faults(faults), errors=codec.to_wire(faults))


def count_faults(faults: Sequence[Any]) -> str:
    """Say how many faults there are."""
    return "One thing is wrong." if len(faults) == 1 else f"{len(faults)} things are wrong."
