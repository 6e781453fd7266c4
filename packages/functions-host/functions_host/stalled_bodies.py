"""Ends requests whose bodies stall with 408, and closes the connection, as Azure's servers do."""

import asyncio

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

GRACE_SECONDS = 20.0
BYTES_A_SECOND = 4 * 1024


class StalledBodies:
    """The middleware: a body may take the grace, plus its bytes so far divided by the slowest rate.

    Only time spent waiting for the sender counts.
    """

    def __init__(self, app: ASGIApp, grace: float = GRACE_SECONDS, rate: float = BYTES_A_SECOND) -> None:
        self._app = app
        self._grace = grace
        self._rate = rate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, until it stalls."""
        body = _Body(receive, send, self._grace, self._rate)
        try:
            await self._app(scope, body.receive, body.send)
        except ClientDisconnect:
            if not body.stalled:
                raise
        if body.stalled and not body.is_answered:
            head = [(b"connection", b"close"), (b"content-length", b"0")]
            await send({"type": "http.response.start", "status": 408, "headers": head})
            await send({"type": "http.response.body", "body": b""})


class _Body:
    """One request: what the app receives, and what it may still send."""

    def __init__(self, receive: Receive, send: Send, grace: float, rate: float) -> None:
        self.stalled = False
        self.is_answered = False
        self._receive, self._send = receive, send
        self._rate, self._left = rate, grace
        self._whole = False

    async def receive(self) -> Message:
        """Return the next part; a sender that stalls looks disconnected to the app."""
        if self._whole:
            return await self._receive()
        if self.stalled:
            return {"type": "http.disconnect"}
        began = asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(max(0.0, self._left)):
                message = await self._receive()
        except TimeoutError:
            self.stalled = True
            return {"type": "http.disconnect"}
        self._left += len(message.get("body", b"")) / self._rate - (asyncio.get_running_loop().time() - began)
        self._whole = not message.get("more_body", False)
        return message

    async def send(self, message: Message) -> None:
        """Pass a response on, unless the request was ended."""
        if not self.stalled or self.is_answered:
            self.is_answered = True
            await self._send(message)
