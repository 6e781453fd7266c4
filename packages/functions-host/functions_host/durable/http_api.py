"""The public Durable HTTP API, with the extension's paths, status codes and JSON.

Where the extension and its documentation differ, this follows what the SDK's own client accepts.
"""

import base64
import binascii
import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from .client_binding import WEBHOOK_PATH, management_urls
from .errors import (
    DurableError,
    InstanceEndedError,
    InstanceExistsError,
    InstanceNotFoundError,
    InvalidInstanceIdError,
    UnknownOrchestratorError,
)
from .history import to_text
from .records import FINISHED
from .status import PAGE_SIZE, Filter
from .task_hub import TaskHub

type KeyCheck = Callable[[Request], bool]
type Handler = Callable[[Request], Awaitable[Response]]

CONTINUATION = "x-ms-continuation-token"
STATUS_CODES: Mapping[type[DurableError], int] = {
    UnknownOrchestratorError: 400,
    InvalidInstanceIdError: 400,
    InstanceExistsError: 409,
    InstanceNotFoundError: 404,
    InstanceEndedError: 410,
}
SECONDS_UNTIL_NEXT_LOOK = {"start": "10", "status": "5"}


def routes(hub: TaskHub, key_check: KeyCheck) -> list[Route]:
    """Return the API's routes; `key_check` tells whether a request has the system key."""
    api = _Api(hub, key_check)
    table: list[tuple[str, str, Handler]] = [
        ("POST", "/orchestrators/{name}", api.start),
        ("POST", "/orchestrators/{name}/{instance_id}", api.start),
        ("GET", "/instances", api.list),
        ("GET", "/instances/", api.list),
        ("DELETE", "/instances", api.purge_many),
        ("DELETE", "/instances/", api.purge_many),
        ("GET", "/instances/{instance_id}", api.status),
        ("DELETE", "/instances/{instance_id}", api.purge),
        ("POST", "/instances/{instance_id}/raiseEvent/{event:path}", api.raise_event),
        ("POST", "/instances/{instance_id}/terminate", api.terminate),
        ("POST", "/instances/{instance_id}/suspend", api.suspend),
        ("POST", "/instances/{instance_id}/resume", api.resume),
        ("POST", "/instances/{instance_id}/restart", api.restart),
        ("POST", "/instances/{instance_id}/rewind", api.rewind),
        ("GET", "/entities/{rest:path}", api.no_entities),
        ("POST", "/entities/{rest:path}", api.no_entities),
    ]
    return [Route(WEBHOOK_PATH + path, api.guarded(handler), methods=[method]) for method, path, handler in table]


class _Api:
    """One handler for each operation."""

    def __init__(self, hub: TaskHub, key_check: KeyCheck) -> None:
        self._hub = hub
        self._key_check = key_check

    def guarded(self, handler: Handler) -> Handler:
        """Check the key first, and map errors of the hub to status codes."""

        async def handle(request: Request) -> Response:
            if not self._key_check(_with_offered_key(request)):
                return Response(status_code=401)
            try:
                return await handler(request)
            except DurableError as error:
                return _refused(STATUS_CODES[type(error)], str(error))

        return handle

    async def start(self, request: Request) -> Response:
        body = await request.body()
        if body and not _is_json(body):
            return _refused(400, "Invalid JSON content")
        instance_id = await self._hub.start_instance(
            request.path_params["name"],
            request.path_params.get("instance_id"),
            body.decode() if body else None,
            request.query_params.get("version"),
        )
        timeout = _number(request.query_params, "timeout")
        if timeout is None or _number(request.query_params, "pollingInterval") is None:
            return self._started(request, instance_id)
        return await self._outcome(request, instance_id, timeout)

    def _started(self, request: Request, instance_id: str) -> Response:
        key = request.query_params.get("code", "")
        base = str(request.base_url).rstrip("/")
        urls = management_urls(base, self._hub.settings.hub_name, key, instance_id)
        headers = {"Location": urls["statusQueryGetUri"], "Retry-After": SECONDS_UNTIL_NEXT_LOOK["start"]}
        return JSONResponse(urls, 202, headers)

    async def _outcome(self, request: Request, instance_id: str, timeout: float) -> Response:
        status = await self._hub.wait_for_end(instance_id, timeout)
        if status is None:
            return self._started(request, instance_id)
        match status["runtimeStatus"]:
            case "Completed":
                return JSONResponse(status["output"])
            case "Failed":
                return JSONResponse(status, 500)
            case _:
                return JSONResponse(status)

    async def status(self, request: Request) -> Response:
        query = request.query_params
        status = self._hub.status(
            request.path_params["instance_id"],
            show_input=_flag(query, "showInput", default=True),
            show_history=_flag(query, "showHistory"),
            show_outputs=_flag(query, "showHistoryOutput"),
        )
        if status is None:
            return Response(status_code=404)
        if status["runtimeStatus"] not in FINISHED:
            headers = {"Location": str(request.url), "Retry-After": SECONDS_UNTIL_NEXT_LOOK["status"]}
            return JSONResponse(status, 202, headers)
        failed = status["runtimeStatus"] == "Failed"
        return JSONResponse(status, 500 if failed and _flag(query, "returnInternalServerErrorOnFailure") else 200)

    async def list(self, request: Request) -> Response:
        try:
            page = self._hub.list(
                _filter(request.query_params),
                page_size=int(request.query_params.get("top", PAGE_SIZE)),
                continuation=request.headers.get(CONTINUATION) or None,
                show_input=_flag(request.query_params, "showInput"),
            )
        except ValueError:
            return _refused(400, f"'top' must be a number and {CONTINUATION} a token of this API.")
        return JSONResponse(page.statuses, headers={CONTINUATION: page.continuation or ""})

    async def purge(self, request: Request) -> Response:
        instance_id = request.path_params["instance_id"]
        if self._hub.status(instance_id) is None:
            return Response(status_code=404)
        return JSONResponse({"instancesDeleted": await self._hub.purge(instance_id)})

    async def purge_many(self, request: Request) -> Response:
        filter_ = _filter(request.query_params)
        if filter_.created_from is None:
            return _refused(400, "Please provide value for 'createdTimeFrom' parameter.")
        purged = await self._hub.purge(filter_)
        return JSONResponse({"instancesDeleted": purged}) if purged else Response(status_code=404)

    async def raise_event(self, request: Request) -> Response:
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            return _refused(400, "Only application/json request content is supported")
        body = await request.body()
        if not _is_json(body):
            return _refused(400, "Invalid JSON content")
        await self._hub.raise_event(request.path_params["instance_id"], request.path_params["event"], body.decode())
        return Response(status_code=202)

    async def terminate(self, request: Request) -> Response:
        await self._hub.terminate(request.path_params["instance_id"], request.query_params.get("reason", ""))
        return Response(status_code=202)

    async def suspend(self, request: Request) -> Response:
        await self._hub.suspend(request.path_params["instance_id"], request.query_params.get("reason", ""))
        return Response(status_code=202)

    async def resume(self, request: Request) -> Response:
        await self._hub.resume(request.path_params["instance_id"], request.query_params.get("reason", ""))
        return Response(status_code=202)

    async def restart(self, request: Request) -> Response:
        former = self._hub.status(request.path_params["instance_id"])
        if former is None:
            return Response(status_code=404)
        same_id = not _flag(request.query_params, "restartWithNewInstanceId", default=True)
        text = None if former["input"] is None else to_text(former["input"])
        instance_id = await self._hub.start_instance(former["name"], former["instanceId"] if same_id else None, text)
        return self._started(request, instance_id)

    async def rewind(self, request: Request) -> Response:
        if self._hub.status(request.path_params["instance_id"]) is None:
            return Response(status_code=404)
        return _refused(501, "This host does not rewind instances; restart it, or use the Durable extension.")

    async def no_entities(self, _: Request) -> Response:
        return _refused(501, "This host has no entities; they need the Durable extension.")


def _with_offered_key(request: Request) -> Request:
    # The SDK's client sends the key as a password, see `client_binding`.
    kind, _, credentials = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "basic":
        return request
    try:
        key = base64.b64decode(credentials, validate=True).partition(b":")[2]
    except binascii.Error:
        return request
    headers = [*request.scope["headers"], (b"x-functions-key", key)]
    return Request({**request.scope, "headers": headers})


def _refused(status_code: int, reason: str) -> Response:
    # Both names: the SDK reads ExceptionMessage, people read Message.
    return JSONResponse({"Message": reason, "ExceptionMessage": reason}, status_code)


def _is_json(body: bytes) -> bool:
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        return False
    return True


def _flag(query: QueryParams, name: str, *, default: bool = False) -> bool:
    return {"true": True, "false": False}.get(query.get(name, "").lower(), default)


def _number(query: QueryParams, name: str) -> float | None:
    try:
        return float(query[name])
    except (KeyError, ValueError):
        return None


def _moment(query: QueryParams, name: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(query[name])
    except (KeyError, ValueError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _filter(query: QueryParams) -> Filter:
    statuses = [word for value in query.getlist("runtimeStatus") for word in value.split(",") if word]
    return Filter(
        created_from=_moment(query, "createdTimeFrom"),
        created_to=_moment(query, "createdTimeTo"),
        statuses=statuses,
        prefix=query.get("instanceIdPrefix", ""),
    )
