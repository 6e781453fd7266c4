"""The admin endpoint: tests read and change the emulator by it. It needs no key, and faults do not affect it.

`web_pages` keeps web pages away from it.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from quantum_emulator import errors
from quantum_emulator.errors import ServiceError
from quantum_emulator.faults import Faults
from quantum_emulator.jobs import instant
from quantum_emulator.requests import body_of, context_of, document_of
from quantum_emulator.targets import InvalidSettingError, described

FARTHEST = timedelta(days=3650)


def _faults(request: Request) -> Faults:
    faults: Faults = request.app.state.faults
    return faults


async def list_targets(request: Request) -> Response:
    """Every target with its behaviour."""
    return JSONResponse({"value": [described(target) for target in context_of(request).behaviour]})


async def read_target(request: Request) -> Response:
    """One target's behaviour."""
    return JSONResponse(described(context_of(request).behaviour.get(request.path_params["target"])))


async def patch_target(request: Request) -> Response:
    """Change a target's behaviour from now on; jobs that wait or run keep their times."""
    try:
        target = context_of(request).behaviour.patch(request.path_params["target"], await body_of(request))
    except InvalidSettingError as error:
        raise errors.malformed_body(str(error)) from error
    return JSONResponse(described(target))


async def read_faults(request: Request) -> Response:
    """The pending faults."""
    return JSONResponse({"value": _faults(request).described()})


async def add_faults(request: Request) -> Response:
    """Add one fault, or a list of them; the first that fits a call hits it."""
    document = await document_of(request)
    for fault in document if isinstance(document, list) else [document]:
        try:
            _faults(request).add(fault, request.app.state.operations)
        except InvalidSettingError as error:
            raise errors.malformed_body(str(error)) from error
    return await read_faults(request)


async def clear_faults(request: Request) -> Response:
    """Remove all faults."""
    _faults(request).waiting.clear()
    return Response(status_code=204)


async def read_ledger(request: Request) -> Response:
    """Every job and execution ever, and all their events in order."""
    context = context_of(request)
    await context.engine.settle()
    entries = list(context.store.ledger())
    of_kind = {name: [entry for entry in entries if entry["event"] == name] for name in _COLUMNS.values()}
    return JSONResponse({**{key: of_kind[name] for key, name in _COLUMNS.items()}, "entries": entries})


_COLUMNS = {"jobs": "jobCreated", "executions": "executionStarted"}


async def read_requests(request: Request) -> Response:
    """How often each operation was called, including calls with faults."""
    calls = _faults(request).calls
    return JSONResponse({"total": calls.total(), "operations": dict(calls)})


async def reset(request: Request) -> Response:
    """Reset everything: jobs, sessions, ledger, faults, counts, targets and clock."""
    context = context_of(request)
    await context.engine.clear()
    context.store.reset()
    context.behaviour.reset()
    context.clock.reset()
    _faults(request).reset()
    return Response(status_code=204)


async def read_clock(request: Request) -> Response:
    """The emulator's time."""
    return JSONResponse({"now": instant(context_of(request).clock.now())})


async def move_clock(request: Request) -> Response:
    """Move the emulator's time forward by `advanceSeconds`."""
    seconds = (await body_of(request)).get("advanceSeconds")
    if (
        isinstance(seconds, bool)
        or not isinstance(seconds, int | float)
        or not 0 <= seconds <= FARTHEST.total_seconds()
    ):
        raise errors.invalid_property("advanceSeconds", "it must be a number of seconds, not negative")
    context = context_of(request)
    context.clock.advance(timedelta(seconds=seconds))
    context.engine.wake()
    await context.engine.settle()
    return await read_clock(request)


async def health(request: Request) -> Response:
    """Whether the emulator can take and run jobs."""
    context = context_of(request)
    try:
        await context.storage.check()
        storage = "ok"
    except ServiceError as error:
        storage = error.message
    sandbox = "ok" if context.sandbox.alive else "not running"
    well = storage == sandbox == "ok"
    content = {"status": "ok" if well else "degraded", "storage": storage, "sandbox": sandbox}
    return JSONResponse(content, status_code=200 if well else 503)


type Endpoint = Callable[[Request], Awaitable[Response]]

ROWS: tuple[tuple[str, str, Endpoint], ...] = (
    ("GET", "/targets", list_targets),
    ("GET", "/targets/{target}", read_target),
    ("PATCH", "/targets/{target}", patch_target),
    ("GET", "/faults", read_faults),
    ("POST", "/faults", add_faults),
    ("DELETE", "/faults", clear_faults),
    ("GET", "/ledger", read_ledger),
    ("GET", "/requests", read_requests),
    ("POST", "/reset", reset),
    ("GET", "/clock", read_clock),
    ("POST", "/clock", move_clock),
    ("GET", "/health", health),
)


def admin_routes() -> list[Route]:
    """The routes under /admin."""
    return [Route(f"/admin{path}", endpoint, methods=[method]) for method, path, endpoint in ROWS]
