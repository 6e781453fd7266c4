"""Faults of the service itself, on demand: a middleware that makes the next matching calls fail.

Each kind of fault is one row of `EFFECTS`. A severed connection is cut without an answer, so that the caller cannot
know whether the service acted: `dropBefore` cuts before it acts, `dropAfter` after.
"""

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any
from uuid import uuid4

from starlette.routing import Match, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from quantum_emulator.targets import InvalidSettingError, described, patched

SEVER = "emulator.sever"  # in the ASGI scope: a function that cuts the connection


@dataclass(frozen=True)
class Fault:
    """A fault and its calls; `operation` is a route's name, `*` any; `probability` is the share of affected calls."""

    effect: str = "status"
    operation: str = "*"
    times: int | None = 1
    probability: float = 1.0
    status: int = 503
    code: str = "ServiceUnavailable"
    retry_after: str | None = None
    seconds: float = 1.0


@dataclass
class Call:
    """One request on its way to the application."""

    app: ASGIApp
    scope: Scope
    receive: Receive
    send: Send


async def _status(fault: Fault, call: Call) -> None:
    body = json.dumps({"error": {"code": fault.code, "message": "This fault was requested."}}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    if fault.retry_after is not None:
        headers.append((b"retry-after", fault.retry_after.encode()))
    await call.send({"type": "http.response.start", "status": fault.status, "headers": headers})
    await call.send({"type": "http.response.body", "body": body})


async def _delay(fault: Fault, call: Call) -> None:
    await asyncio.sleep(fault.seconds)
    await call.app(call.scope, call.receive, call.send)


async def _drop_before(_fault: Fault, call: Call) -> None:
    await _sever(call)


async def _drop_after(_fault: Fault, call: Call) -> None:
    await _answered(call)
    await _sever(call)


async def _truncate(_fault: Fault, call: Call) -> None:
    start, body = await _answered(call)
    await call.send(start)
    await call.send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
    await _sever(call)


async def _corrupt(_fault: Fault, call: Call) -> None:
    start, body = await _answered(call)
    await call.send(start)
    await call.send({"type": "http.response.body", "body": b"}" * len(body)})


type Effect = Callable[[Fault, Call], Awaitable[None]]

EFFECTS: Mapping[str, Effect] = {
    "status": _status,
    "delay": _delay,
    "dropBefore": _drop_before,
    "dropAfter": _drop_after,
    "truncate": _truncate,
    "corrupt": _corrupt,
}


async def _answered(call: Call) -> tuple[Message, bytes]:
    """Let the service act, and hold its response."""
    messages: list[Message] = []

    async def keep(message: Message) -> None:
        messages.append(message)

    await call.app(call.scope, call.receive, keep)
    return messages[0], b"".join(message.get("body", b"") for message in messages[1:])


async def _sever(call: Call) -> None:
    call.scope[SEVER]()
    while (await call.receive())["type"] != "http.disconnect":
        pass


@dataclass
class Faults:
    """The pending faults, and how often each operation was called."""

    seed: int | None
    waiting: list[Fault] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    random: Random = field(init=False)

    def __post_init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget all faults and counts."""
        self.waiting.clear()
        self.calls.clear()
        self.random = Random() if self.seed is None else Random(self.seed)  # noqa: S311  # no secret

    def add(self, document: object, operations: Collection[str]) -> None:
        """Add a fault from JSON; raises `InvalidSettingError`."""
        fault = patched(Fault(), document, "fault")
        if fault.operation not in ("*", *operations):
            raise InvalidSettingError(f"fault.operation must be * or one of {', '.join(sorted(operations))}")
        if fault.effect not in EFFECTS:
            raise InvalidSettingError(f"fault.effect must be one of {', '.join(EFFECTS)}")
        self.waiting.append(fault)

    def described(self) -> list[dict[str, Any]]:
        """The pending faults, as JSON."""
        return [described(fault) for fault in self.waiting]

    def take(self, operation: str) -> Fault | None:
        """The fault for this call, if any; decrements its `times`."""
        for index, fault in enumerate(self.waiting):
            if fault.operation not in ("*", operation) or self.random.random() >= fault.probability:
                continue
            if fault.times is not None:
                remaining = replace(fault, times=fault.times - 1)
                self.waiting[index : index + 1] = [remaining] if remaining.times else []
            return fault
        return None


def _numbered(send: Send) -> Send:
    """Add a request id to the reply, as every Azure service does."""

    async def numbered(message: Message) -> None:
        if message["type"] == "http.response.start":
            identifier = (b"x-ms-request-id", str(uuid4()).encode())
            message = {**message, "headers": [*message["headers"], identifier]}
        await send(message)

    return numbered


class FaultGate:
    """The middleware: counts each call of the data plane and applies a pending fault."""

    def __init__(self, app: ASGIApp, faults: Faults, routes: list[Route]) -> None:
        self._app = app
        self._faults = faults
        self._routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request with its fault, or hand it on."""
        operation = self._operation(scope) if scope["type"] == "http" else None
        if operation is None:
            await self._app(scope, receive, send)
            return
        self._faults.calls[operation] += 1
        fault = self._faults.take(operation)
        call = Call(self._app, scope, receive, _numbered(send))
        if fault is None:
            await self._app(scope, receive, call.send)
        else:
            await EFFECTS[fault.effect](fault, call)

    def _operation(self, scope: Scope) -> str | None:
        return next((route.name for route in self._routes if route.matches(scope)[0] is Match.FULL), None)
