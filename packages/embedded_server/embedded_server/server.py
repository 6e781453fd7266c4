"""A uvicorn server inside somebody's event loop: it leaves signals to the loop's owner and says when it is ready."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn

HOST = "127.0.0.1"


class StartError(Exception):
    """The server ended before it was ready; its log says why."""


class EmbeddedServer(uvicorn.Server):
    """A server that captures no signals; `ready` is set once it accepts connections."""

    def __init__(self, config: uvicorn.Config) -> None:
        """Take uvicorn's configuration."""
        super().__init__(config)
        self.ready = asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and set `ready`; raise `StartError` where uvicorn would end the process."""
        try:
            await super().startup(sockets=sockets)
        except SystemExit as error:
            raise StartError("the server could not start; its log says why") from error
        self.ready.set()


@asynccontextmanager
async def serving(config: uvicorn.Config, port: int = 0) -> AsyncIterator[int]:
    """Serve on loopback and yield the port, a free one for 0; raise `StartError` or `OSError`."""
    server = EmbeddedServer(config)
    with socket.create_server((HOST, port)) as listener:
        running = asyncio.create_task(server.serve(sockets=[listener]))
        ready = asyncio.create_task(server.ready.wait())
        try:
            await asyncio.wait([running, ready], return_when=asyncio.FIRST_COMPLETED)
            if not server.started:
                raise StartError("the server could not start; its log says why")
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            ready.cancel()
            await running
