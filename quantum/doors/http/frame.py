"""What all HTTP doors share: requests, responses, and errors as problem documents (RFC 9457), made in one place."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from quantum.app import App
from quantum.contract.fields import Fault
from quantum.doors.http import query
from quantum.jobs.errors import ConflictingOrderError, InvalidOrderError, ServiceError
from quantum.ports import COMPILER_PATIENCE_SECONDS, Orchestrations
from quantum.telemetry import names as telemetry
from quantum.wire import codec as wire

JSON = "application/json"
PROBLEM = "application/problem+json"
# Answers are private and change: nothing on the way may cache them, and no browser may read one as a page.
OF_EVERY_ANSWER = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
REFUSED = {telemetry.DOOR: "http", telemetry.OUTCOME: telemetry.REFUSED}


@dataclass(frozen=True)
class Request:
    """What a door needs of an HTTP request; header names are lower-case."""

    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    route: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    method: str = "GET"


@dataclass(frozen=True)
class Response:
    """What a door answers."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str = JSON

    def encoded(self) -> bytes:
        """The body as it goes out; JSON ends its line, so that a shell's prompt does not follow it."""
        return self.body if isinstance(self.body, bytes) else f"{json.dumps(self.body)}\n".encode()


class ProblemError(Exception):
    """A request that is answered with a problem (RFC 9457)."""

    def __init__(self, status: int, title: str, detail: str, **more: Any) -> None:
        super().__init__(detail)
        self.response = problem(status, title, detail, **more)


def problem(status: int, title: str, detail: str, **more: Any) -> Response:
    """Describe an error for programs and people."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    return Response(status, body, media_type=PROBLEM)


Door = Callable[[Request, App, Orchestrations], Awaitable[Response]]


async def answer(door: Door, request: Request, app: App, orchestrations: Orchestrations) -> Response:
    """Let a door answer a request whose parameters it knows; its errors become problems here."""
    answered = await _answer(door, request, app, orchestrations)
    return replace(answered, headers={**OF_EVERY_ANSWER, **answered.headers})


async def _answer(door: Door, request: Request, app: App, orchestrations: Orchestrations) -> Response:
    try:
        require_known(request, door.__name__)
        return await door(request, app, orchestrations)
    except ProblemError as error:
        return error.response
    except InvalidOrderError as error:
        app.services.telemetry.measure(telemetry.ORDERS, 1, REFUSED)
        faults = wire.to_wire((await app.intake.complete(error, COMPILER_PATIENCE_SECONDS)).faults)
        return problem(400, "The order cannot be run as it is", how_many(faults), errors=faults)
    except ConflictingOrderError:
        detail = "This Idempotency-Key was used before with another order: send the same order, or a new key."
        return problem(422, "The key belongs to another order", detail)
    except ServiceError as error:
        return unavailable("A service is not available", f"{error} Try again.")


def require_known(request: Request, door: str) -> None:
    """Refuse parameters that the door does not read, unless it reports them itself."""
    if not query.reports_unknown(door) and (faults := query.unknown_faults(request.query, door)):
        raise refused("The address has parameters that are not known here", faults)


def unavailable(title: str, detail: str, headers: Mapping[str, str] = MappingProxyType({}), **more: Any) -> Response:
    """Describe a service's failure, and when to try again."""
    failed = problem(503, title, detail, **more)
    return replace(failed, headers={"Retry-After": "5", **headers})


def refused(title: str, faults: Sequence[Fault]) -> ProblemError:
    """Make a problem of everything that is wrong with a request."""
    return ProblemError(400, title, how_many(faults), errors=wire.to_wire(faults))


def how_many(faults: Sequence[Any]) -> str:
    """Say how much is wrong."""
    return "One thing is wrong." if len(faults) == 1 else f"{len(faults)} things are wrong."
