"""The HTTP API in memory: every route of the contract leads to its own door, over the fakes of the core."""

import asyncio
import re
from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl, quote, unquote

import httpx
import starlette.requests
import starlette.responses
from starlette.routing import Router
from starlette.types import ASGIApp, Receive, Scope, Send

from quantum.contract.routes import ROUTES
from quantum.doors.http import (
    adopt,
    batch_controls,
    batches,
    budgets,
    description,
    estimates,
    files,
    frame,
    health,
    jobs,
    lists,
    offers,
    poison,
    sessions,
    workspaces,
)
from quantum.doors.http.frame import Door, Request, Response
from tests.support.builders import App

MODULES = (
    adopt,
    batch_controls,
    batches,
    budgets,
    description,
    estimates,
    health,
    jobs,
    lists,
    offers,
    poison,
    files,
    sessions,
    workspaces,
)
DOORS: Mapping[str, Door] = {
    route.door: next(getattr(module, route.door) for module in MODULES if hasattr(module, route.door))
    for route in ROUTES
}


async def respond(app: App, request: httpx.Request | starlette.requests.Request, path: str, body: bytes) -> Response:
    """Answer a request as the app does: the first route that fits, in the order of the functions' names."""
    door, params = door_for(request.method, path)
    text = request.url.query
    # Azure leaves out query parameters without a value.
    query = {name: value for name, value in parse_qsl(text.decode() if isinstance(text, bytes) else text) if value}
    headers = {name.lower(): value for name, value in request.headers.items()}
    api_request = Request(headers, query, params, body, request.method)
    return await frame.answer(door, api_request, app.core, app.orchestrations)


def door_for(method: str, path: str) -> tuple[Door, Mapping[str, str]]:
    """Find a path's door, and what its parameters are."""
    for route in sorted(ROUTES, key=lambda route: route.door):
        pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", f"/api/{route.path}")
        if route.method == method and (match := re.fullmatch(f"{pattern}/?", path, re.IGNORECASE)):
            return DOORS[route.door], {name: unquote(text) for name, text in match.groupdict().items()}
    return description.zz_unknown_route, {"path": unquote(path.removeprefix("/api").lstrip("/"))}


class InMemory(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Carries the requests of a client, blocking or asynchronous, to the app in memory; `seen` are their answers."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.seen: list[tuple[httpx.Request, Response]] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a blocking request."""
        return asyncio.run(self._answered(request, request.read()))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer an asynchronous request."""
        return await self._answered(request, await request.aread())

    async def _answered(self, request: httpx.Request, body: bytes) -> httpx.Response:
        answer = await respond(self.app, request, request.url.raw_path.partition(b"?")[0].decode(), body)
        self.seen.append((request, answer))
        headers = {**answer.headers, "Content-Type": answer.media_type}
        return httpx.Response(answer.status, headers=headers, content=answer.encoded())


def as_asgi(new_app: Callable[[], App]) -> ASGIApp:
    """Serve the API by ASGI; every request meets an app of its own."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        request = starlette.requests.Request(scope, receive)
        answer = await respond(new_app(), request, quote(scope["path"]), await request.body())
        content = b"" if answer.status == 204 else answer.encoded()
        response = starlette.responses.Response(content, answer.status, dict(answer.headers), answer.media_type)
        await response(scope, receive, send)

    return Router(default=serve)
