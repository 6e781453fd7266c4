"""Puts the emulator together and serves it on loopback."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from embedded_server.server import HOST, serving
from quantum_emulator.admin import admin_routes
from quantum_emulator.behaviour import Behaviour
from quantum_emulator.clock import Clock
from quantum_emulator.engine import Engine
from quantum_emulator.errors import ServiceError
from quantum_emulator.events import telling
from quantum_emulator.faults import SEVER, FaultGate, Faults
from quantum_emulator.operations.context import Context
from quantum_emulator.requests import answer_error, answer_not_found, answer_wrong_method
from quantum_emulator.routes import data_plane
from quantum_emulator.sandbox import Sandbox
from quantum_emulator.settings import Settings
from quantum_emulator.storage import opened
from quantum_emulator.store import Store
from quantum_emulator.web_pages import WebPages


def create_app(settings: Settings) -> Starlette:
    """The emulator as an ASGI application; its lifespan opens the store and ends executions."""
    faults, routes = Faults(settings.seed), data_plane()

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with assembled(settings) as context:
            app.state.context, app.state.faults = context, faults
            app.state.operations = {route.name for route in routes}
            yield

    return Starlette(
        routes=[*routes, *admin_routes()],
        middleware=[Middleware(WebPages), Middleware(FaultGate, faults=faults, routes=routes)],
        exception_handlers={ServiceError: answer_error, 404: answer_not_found, 405: answer_wrong_method},
        lifespan=lifespan,
    )


@asynccontextmanager
async def assembled(settings: Settings) -> AsyncIterator[Context]:
    """All parts, working; ended in reverse."""
    clock, behaviour = Clock(settings.now), Behaviour(settings.targets, settings.seed)
    store, sandbox = Store(settings.state), Sandbox(settings.limits)
    try:
        async with opened(settings.storage) as storage, telling(settings.events, storage.bare) as events:
            await sandbox.ensure_started()
            engine = Engine(settings, clock, store, storage, behaviour, sandbox, events)
            async with engine.started():
                yield Context(settings, clock, store, storage, behaviour, sandbox, engine)
    finally:
        await sandbox.close()
        store.close()


class SeverableProtocol(H11Protocol):
    """HTTP/1.1 whose requests can cut their connection, as when a service dies."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Give every request on this connection a function that cuts it."""
        super().connection_made(transport)
        # asyncio sets this only on sockets that it made itself; without it every answer waits 40 ms for an ACK.
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        app = self.app

        async def with_knife(scope: Scope, receive: Receive, send: Send) -> None:
            scope[SEVER] = transport.abort
            await app(scope, receive, send)

        self.app = with_knife


@dataclass(frozen=True)
class Running:
    """An emulator that serves; `url` ends without a slash."""

    url: str
    app: Starlette

    async def settle(self) -> None:
        """Do everything that is due, where the settings say `settle`."""
        context: Context = self.app.state.context
        await context.engine.settle()


def configuration(app: Starlette, **options: Any) -> uvicorn.Config:
    """The configuration of uvicorn."""
    return uvicorn.Config(
        app, http=SeverableProtocol, log_config=None, access_log=False, lifespan="on", timeout_keep_alive=60, **options
    )


@asynccontextmanager
async def running(settings: Settings, port: int = 0) -> AsyncIterator[Running]:
    """Serve in the current event loop, on a free port unless one is named, until the context ends."""
    app = create_app(settings)
    async with serving(configuration(app, timeout_graceful_shutdown=2), port) as bound:
        yield Running(f"http://{HOST}:{bound}", app)
