"""Reads request bodies without trusting their headers, and bounds the memory that they take together."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from starlette.requests import Request

LIMIT = 100 * 1024 * 1024  # what Azure Functions takes
LARGE = 8 * 1024 * 1024
LARGE_AT_ONCE = 2


class BodyTooLargeError(Exception):
    """The body is larger than the host takes."""


class Bodies:
    """The bodies in memory: only a few large ones at a time, the others wait."""

    def __init__(self) -> None:
        self._turns = asyncio.Semaphore(LARGE_AT_ONCE)

    @asynccontextmanager
    async def reading(self, request: Request) -> AsyncIterator[bytes]:
        """Give the body, held until the block ends; raises BodyTooLargeError as soon as it passes the limit."""
        declared = request.headers.get("content-length", "")
        if declared.isdecimal() and int(declared) > LIMIT:
            raise BodyTooLargeError
        async with AsyncExitStack() as turn:
            body = bytearray()
            async for chunk in request.stream():
                if len(body) <= LARGE < len(body) + len(chunk):
                    await turn.enter_async_context(self._turns)
                body += chunk
                if len(body) > LIMIT:
                    raise BodyTooLargeError
            yield bytes(body)
