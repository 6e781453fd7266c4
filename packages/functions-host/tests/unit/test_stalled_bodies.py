"""A request whose body stalls is ended; a slow one is not, nor one that only waits."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse
from starlette.types import Message, Receive, Scope, Send

from functions_host.stalled_bodies import StalledBodies

SCOPE: Scope = {"type": "http", "method": "POST", "path": "/", "headers": [], "query_string": b""}


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer the body."""
    body = await Request(scope, receive).body()
    await PlainTextResponse(body)(scope, receive, send)


async def deaf(scope: Scope, receive: Receive, send: Send) -> None:
    """Begin an answer, then read."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await Request(scope, receive).body()
    await send({"type": "http.response.body", "body": b""})


async def parts(*bodies: bytes, whole: bool = False) -> AsyncIterator[Message]:
    """Parts of a body; unless it is whole, what follows them never comes."""
    for number, body in enumerate(bodies):
        yield {"type": "http.request", "body": body, "more_body": not whole or number < len(bodies) - 1}
    await asyncio.Event().wait()


async def answered(app: StalledBodies, coming: AsyncIterator[Message]) -> list[Message]:
    """The response to these parts of a body."""
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    await app(SCOPE, coming.__anext__, send)
    return sent


@pytest.mark.parametrize("bodies", [(), (b"a",), (b"a", b"b")])
async def test_a_body_that_stalls_is_answered_408_and_cut_off(bodies: tuple[bytes, ...]) -> None:
    """Where it stalls does not matter; the app sees a disconnect, and its response is not sent."""
    head, tail = await answered(StalledBodies(echo, grace=0.01, rate=1e6), parts(*bodies))

    assert (head["status"], dict(head["headers"])[b"connection"]) == (408, b"close")
    assert tail["body"] == b""


async def test_a_whole_body_is_passed_on_and_then_nobody_is_hurried() -> None:
    """Waiting for the end of the connection, as apps do while they stream, takes as long as it takes."""
    head, tail = await answered(StalledBodies(echo, grace=5, rate=1), parts(b"a", b"b", whole=True))

    assert (head["status"], tail["body"]) == (200, b"ab")


async def test_what_has_come_buys_time() -> None:
    """A large body may take longer than the grace, at the slowest rate: without it, any wait is too long here."""
    app = StalledBodies(echo, grace=0, rate=1e-6)

    async def slow() -> AsyncIterator[Message]:
        yield {"type": "http.request", "body": b"a", "more_body": True}
        for _ in range(10):
            await asyncio.sleep(0)
        yield {"type": "http.request", "body": b"b", "more_body": False}

    head, _ = await answered(app, slow())

    assert head["status"] == 200


async def test_an_answer_that_has_begun_is_not_answered_twice() -> None:
    """Only one head goes out."""
    sent = await answered(StalledBodies(deaf, grace=0.01, rate=1e6), parts(b"a"))

    assert [message["type"] for message in sent] == ["http.response.start"]


async def test_a_sender_who_went_away_is_the_apps_matter() -> None:
    """A sender that disconnected gets no response."""

    async def gone() -> AsyncIterator[Message]:
        yield {"type": "http.disconnect"}

    with pytest.raises(ClientDisconnect):
        await answered(StalledBodies(echo, grace=5, rate=1), gone())
