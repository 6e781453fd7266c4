"""A relay before a service: every request can be stopped before it is passed on, and every answer as well."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

LARGEST_HEAD = 64 * 1024


class HostKilledError(Exception):
    """The host was killed at this point: nothing more may pass."""


@dataclass(frozen=True)
class HttpMessage:
    """A request or an answer as it came over the wire; `body` is as it was framed."""

    first_line: str
    headers: dict[str, str]
    head: bytes
    body: bytes

    @property
    def raw(self) -> bytes:
        """All of it."""
        return self.head + self.body

    @property
    def method(self) -> str:
        """A request's method."""
        return self.first_line.split(" ")[0]

    @property
    def target(self) -> str:
        """A request's path and query."""
        return self.first_line.split(" ")[1]


type Exchange = Callable[[HttpMessage, Callable[[], Awaitable[HttpMessage]]], Awaitable[HttpMessage]]


@asynccontextmanager
async def relay(service: str, connected: Callable[[], Exchange]) -> AsyncIterator[str]:
    """Stand before the service at a URL and give the relay's; each connection is asked for what decides what passes."""
    address = urlsplit(service)

    async def answer(request: HttpMessage) -> HttpMessage:
        reader, writer = await asyncio.open_connection(address.hostname, address.port, limit=LARGEST_HEAD)
        async with closing(writer):
            writer.write(request.raw)
            return await read_message(reader, answers=request.method)

    serving: set[asyncio.Task[Any] | None] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.add(asyncio.current_task())
        exchange = connected()
        async with closing(writer):
            with suppress(HostKilledError, EOFError, OSError):
                while True:
                    request = await read_message(reader)
                    writer.write((await exchange(request, lambda: answer(request))).raw)  # noqa: B023 - called now
                    await writer.drain()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, limit=LARGEST_HEAD)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        under_way = [task for task in serving if task is not None and not task.done()]
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
        await server.wait_closed()


def closing(writer: asyncio.StreamWriter) -> AbstractAsyncContextManager[None]:
    """Close a connection at the end, whoever closed it first."""

    @asynccontextmanager
    async def close() -> AsyncIterator[None]:
        try:
            yield
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    return close()


async def read_message(reader: asyncio.StreamReader, answers: str = "") -> HttpMessage:
    """Read one message; `answers` is the method of the request that an answer belongs to. Raises EOFError."""
    head = await reader.readuntil(b"\r\n\r\n")
    first_line, *lines = head.decode("latin-1").strip().split("\r\n")
    headers = {name.lower(): text.strip() for name, _, text in (line.partition(":") for line in lines)}
    body = b""
    if headers.get("transfer-encoding", "").lower() == "chunked":
        body = await _read_chunks(reader)
    elif answers != "HEAD" and "content-length" in headers:
        body = await reader.readexactly(int(headers["content-length"]))
    return HttpMessage(first_line, headers, head, body)


async def _read_chunks(reader: asyncio.StreamReader) -> bytes:
    chunks = b""
    while True:
        size = await reader.readuntil(b"\r\n")
        chunks += size + await reader.readexactly(int(size.partition(b";")[0], 16) + 2)
        if int(size.partition(b";")[0], 16) == 0:
            return chunks
