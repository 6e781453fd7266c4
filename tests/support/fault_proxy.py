"""A proxy in front of one service, which makes calls go wrong: it decides nothing itself, and counts everything.

Whoever starts it gives the rule: which fault, if any, a call meets. Each kind of fault is one row of `EFFECTS`. It
listens on loopback, and reads requests (of at most 1 MiB) and answers whole.
"""

import asyncio
import json
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from aiohttp import ClientError, ClientSession, DummyCookieJar, web
from yarl import URL

HOST = "127.0.0.1"
STALL_SECONDS = 30.0
HOP = frozenset(("connection", "content-length", "keep-alive", "transfer-encoding"))  # headers of one connection
ADDED = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")  # what aiohttp adds may spoil a signature
ABORT = struct.pack("ii", 1, 0)  # linger for no time: the other side sees a reset


@dataclass(frozen=True)
class Call:
    """One request, whole, and the service that it is for."""

    service: str
    method: str
    path: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


@dataclass(frozen=True)
class Answer:
    """What the service answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes


type Rule = Callable[[Call], str | None]
type Forward = Callable[[], Awaitable[Answer]]
type Effect = Callable[[web.BaseRequest, Forward], Awaitable[web.StreamResponse]]


async def _reset(request: web.BaseRequest, _: Forward) -> web.StreamResponse:
    return _abort(request)


async def _lose_reply(request: web.BaseRequest, forward: Forward) -> web.StreamResponse:
    await forward()
    return _abort(request)


async def _stall(_: web.BaseRequest, forward: Forward) -> web.StreamResponse:
    answer = await forward()
    with suppress(TimeoutError):
        async with asyncio.timeout(STALL_SECONDS):
            await asyncio.Event().wait()  # a caller that hangs up cancels this
    return _response(answer)


async def _truncate(request: web.BaseRequest, forward: Forward) -> web.StreamResponse:
    answer = await forward()
    if not answer.body:
        return _abort(request)
    response = web.StreamResponse(status=answer.status, headers=answer.headers)
    response.content_length = len(answer.body)
    await response.prepare(request)
    await response.write(answer.body[: len(answer.body) // 2])
    if request.transport is not None:
        request.transport.close()  # what was written still goes out
    return response


async def _corrupt(_: web.BaseRequest, forward: Forward) -> web.StreamResponse:
    answer = await forward()
    return _response(Answer(answer.status, answer.headers, b"}" * len(answer.body)))


def _refusal(status: int, retry_after: Callable[[], str] | None = None) -> Effect:
    """Answer with a status instead of asking the service."""

    async def refuse(_: web.BaseRequest, __: Forward) -> web.StreamResponse:
        headers = {"Retry-After": retry_after()} if retry_after else {}
        body = json.dumps({"error": {"code": "Asked", "message": "This fault was asked for."}})
        return web.Response(status=status, text=body, headers=headers, content_type="application/json")

    return refuse


def _soon() -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=6), usegmt=True)


EFFECTS: Mapping[str, Effect] = {
    "reset": _reset,
    "lostReply": _lose_reply,
    "429": _refusal(429),
    "429InSeconds": _refusal(429, lambda: "5"),
    "429UntilDate": _refusal(429, _soon),
    "500": _refusal(500),
    "503": _refusal(503),
    "503InSeconds": _refusal(503, lambda: "5"),
    "401": _refusal(401),
    "truncated": _truncate,
    "corrupt": _corrupt,
    "stall": _stall,
}


class FaultProxy:
    """Stands at `url` for the service at `upstream`; `calls` counts what it was asked."""

    def __init__(self, service: str, upstream: str, rule: Rule, session: ClientSession) -> None:
        self.service = service
        self.calls = 0
        self._upstream = upstream
        self._rule = rule
        self._session = session
        self._web = web.Server(self._handle, handler_cancellation=True, access_log=None)
        self._server: asyncio.Server | None = None
        self._port = 0

    @property
    def url(self) -> str:
        """Its address, without a slash at the end."""
        return f"http://{HOST}:{self._port}"

    async def listen(self) -> None:
        """Accept connections, on the same port as before."""
        self._server = await asyncio.get_running_loop().create_server(self._web, HOST, self._port)
        self._port = self._server.sockets[0].getsockname()[1]

    async def refuse(self) -> None:
        """Refuse connections, and cut those that there are, until told to listen again."""
        if self._server is not None:
            self._server.close()
        for connection in self._web.connections:
            connection.force_close()

    async def close(self) -> None:
        """Stop for good."""
        await self.refuse()
        await self._web.shutdown()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        self.calls += 1
        headers = {name: text for name, text in request.headers.items() if name.lower() not in HOP}
        call = Call(self.service, request.method, request.raw_path, headers, await request.read())
        fault = self._rule(call)
        if fault is None:
            return _response(await self._forward(call))
        return await EFFECTS[fault](request, lambda: self._forward(call))

    async def _forward(self, call: Call) -> Answer:
        url = URL(self._upstream + call.path, encoded=True)
        try:
            async with self._session.request(
                call.method, url, headers=call.headers, data=call.body or None, allow_redirects=False
            ) as answer:
                headers = {name: text for name, text in answer.headers.items() if name.lower() not in HOP}
                return Answer(answer.status, headers, await answer.read())
        except ClientError:
            return Answer(502, {}, b"")


def _response(answer: Answer) -> web.Response:
    return web.Response(status=answer.status, headers=answer.headers, body=answer.body)


def _abort(request: web.BaseRequest) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABORT)
        request.transport.abort()
    return web.Response()


@asynccontextmanager
async def proxied(rule: Rule, **services: str) -> AsyncIterator[Mapping[str, FaultProxy]]:
    """Put a proxy in front of each service, named with its address."""
    async with ClientSession(auto_decompress=False, cookie_jar=DummyCookieJar(), skip_auto_headers=ADDED) as session:
        proxies = {name: FaultProxy(name, upstream, rule, session) for name, upstream in services.items()}
        try:
            for proxy in proxies.values():
                await proxy.listen()
            yield proxies
        finally:
            for proxy in proxies.values():
                await proxy.close()
