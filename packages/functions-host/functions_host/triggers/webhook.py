"""The Event Grid webhook: answers handshakes, checks keys, delivers events to functions.

Source: HttpRequestProcessor.cs of the Functions Event Grid extension, and the CloudEvents webhook specification.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from functions_host.body import Bodies, BodyTooLargeError
from functions_host.keys import Keys
from functions_host.worker import Function

type Event = dict[str, Any]
type Handler = Callable[[Function, list[Event]], Awaitable[Response]]


def webhook(path: str, functions: Mapping[str, Function], keys: Keys, handle: Handler) -> Route:
    """Build the route to which Event Grid delivers events for the function that the query names."""
    bodies = Bodies()

    async def receive(request: Request) -> Response:
        if not keys.open_system(request):
            return Response(status_code=401)
        name = request.query_params.get("functionName", "").removeprefix("Host.Functions.")
        if name not in functions:
            return PlainTextResponse(f"cannot find function: {name}", 404)
        if request.method == "OPTIONS":
            return _allow(request)
        try:
            async with bodies.reading(request) as body:
                events = _events(body)
        except BodyTooLargeError:
            return Response(status_code=413)
        except ValueError as error:
            return PlainTextResponse(str(error), 400)
        return await _deliver(request, functions[name], events, handle)

    return Route(path, receive, methods=["POST", "OPTIONS"])


def _allow(request: Request) -> Response:
    origin = request.headers.get("webhook-request-origin")
    if origin is None:
        return Response(status_code=400)
    return Response(headers={"WebHook-Allowed-Origin": origin, "WebHook-Allowed-Rate": "*"})


def _events(body: bytes) -> list[Event]:
    try:
        content = json.loads(body)
    except RecursionError as error:
        raise ValueError("the JSON is nested too deeply") from error
    events = content if isinstance(content, list) else [content]
    if not all(isinstance(event, dict) for event in events):
        raise ValueError("an event must be a JSON object")
    return events


async def _deliver(request: Request, function: Function, events: list[Event], handle: Handler) -> Response:
    kind = request.headers.get("aeg-event-type", "").lower()
    cloud_events = request.headers.get("content-type", "").startswith("application/cloudevents")
    if kind == "subscriptionvalidation":
        return _validate(events)
    if kind == "notification" or (not kind and cloud_events):
        return await handle(function, events)
    return Response(status_code=202 if kind == "unsubscribe" else 400)


def _validate(events: list[Event]) -> Response:
    data = events[0].get("data") if events else None
    # A CloudEvent's data comes encoded twice here.
    with suppress(ValueError, RecursionError):
        data = json.loads(data) if isinstance(data, str) else data
    if not isinstance(data, dict) or "validationCode" not in data:
        return PlainTextResponse("no validationCode", 400)
    return JSONResponse({"validationResponse": data["validationCode"]})
