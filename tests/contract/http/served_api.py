"""The HTTP API in memory: every route of the contract leads to its own door, over the fakes of the core."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any
from urllib.parse import parse_qsl, unquote

import httpx

from quantum.contract.routes import ROUTES
from quantum.doors.http import adopt, description, frame, health, jobs, lists, offers, poison, raw, sessions, workspaces
from quantum.doors.http.frame import Door, Request, Response
from tests.builders import App

MODULES = (adopt, description, health, jobs, lists, offers, poison, raw, sessions, workspaces)
DOORS: Mapping[str, Door] = {
    route.door: next(getattr(module, route.door) for module in MODULES if hasattr(module, route.door))
    for route in ROUTES
}

type Message = MutableMapping[str, Any]


async def respond(app: App, method: str, url: httpx.URL, headers: Mapping[str, str], body: bytes) -> Response:
    """Answer a request as the app does: the first route that fits, in the order of the functions' names."""
    path = url.raw_path.partition(b"?")[0].decode()
    door, params = door_for(method, path)
    # Azure leaves out query parameters without a value.
    query = {name: value for name, value in parse_qsl(url.query.decode()) if value}
    known = {name.lower(): text for name, text in headers.items()}
    request = Request(known, query, params, body, method)
    return await frame.answer(door, request, app.core, app.orchestrations)


def door_for(method: str, path: str) -> tuple[Door, Mapping[str, str]]:
    """Find a path's door, and what its parameters are."""
    for route in sorted(ROUTES, key=lambda route: route.door):
        pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", f"/api/{route.path}")
        if route.method == method and (found := re.fullmatch(f"{pattern}/?", path, re.IGNORECASE)):
            return DOORS[route.door], {name: unquote(text) for name, text in found.groupdict().items()}
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
        answer = await respond(self.app, request.method, request.url, request.headers, body)
        self.seen.append((request, answer))
        headers = {**answer.headers, "Content-Type": answer.media_type}
        return httpx.Response(answer.status, headers=headers, content=answer.encoded())


def as_asgi(new_app: Callable[[], App]) -> Callable[..., Awaitable[None]]:
    """Serve the API by ASGI; every request meets an app of its own."""

    async def serve(scope: Message, receive: Callable[[], Awaitable[Message]], send: Any) -> None:
        body = b""
        while (message := await receive()).get("more_body") or message.get("body"):
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        target = scope["raw_path"] + (b"?" + scope["query_string"] if scope["query_string"] else b"")
        url = httpx.URL(scheme="http", host="app", raw_path=target)
        headers = {name.decode("latin-1"): text.decode("latin-1") for name, text in scope["headers"]}
        answer = await respond(new_app(), scope["method"], url, headers, body)
        sent = {**answer.headers, "Content-Type": answer.media_type}
        pairs = [(name.lower().encode(), text.encode()) for name, text in sent.items()]
        await send({"type": "http.response.start", "status": answer.status, "headers": pairs})
        await send({"type": "http.response.body", "body": b"" if answer.status == 204 else answer.encoded()})

    return serve
