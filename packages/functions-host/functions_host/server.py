"""The host's HTTP server: uvicorn on loopback, inside a running event loop, with a log that shows no keys."""

import asyncio
import logging
import socket
import time

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from embedded_server.server import EmbeddedServer

from .stalled_bodies import StalledBodies

log = logging.getLogger("functions_host.access")


class Server:
    """Serves an application on a bound socket."""

    def __init__(self, app: ASGIApp, bound: socket.socket) -> None:
        config = uvicorn.Config(
            AccessLog(StalledBodies(app)),
            log_config=None,
            log_level="warning",
            access_log=False,
            lifespan="off",
            # h11 validates response headers; httptools writes them unchecked.
            http="h11",
            timeout_keep_alive=60,  # longer than the durable client keeps an idle connection for its next request
            ws="none",
            server_header=False,
        )
        self._server = EmbeddedServer(config)
        self._socket = bound

    async def start(self) -> None:
        """Begin to accept requests."""
        self._task = asyncio.create_task(self._server.serve(sockets=[self._socket]))
        await self._server.ready.wait()

    async def stop(self, within: float) -> None:
        """Accept no more requests, and give running ones `within` seconds to end."""
        self._server.config.timeout_graceful_shutdown = max(1, round(within))
        self._server.should_exit = True
        await self._task


class AccessLog:
    """Logs each request's method, raw path, status and duration; never its query, which may hold keys."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        began, status = time.perf_counter(), 0

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, watched)
        finally:
            took = round((time.perf_counter() - began) * 1000)
            # A decoded path may hold line breaks, and with them forged lines of the log.
            path = scope["raw_path"].decode("latin-1")
            log.info("%s %s %d in %d ms", scope["method"], path, status, took)


def bind(port: int) -> socket.socket:
    """Bind to a port of the loopback interface, any free one for 0; raises OSError where it is taken."""
    # The protocol is named because asyncio sets TCP_NODELAY only on sockets that name it.
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(("127.0.0.1", port))
    except OSError:
        bound.close()
        raise
    return bound
