"""HTTP functions see requests, and callers see answers, as they do in Azure."""

import asyncio
import contextlib
import logging
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator

import httpx
import pytest

from functions_host.body import LIMIT
from host_support.triggers_app import Served

BLOCK = bytes(1024 * 1024)


async def test_a_function_sees_the_whole_request(served: Served) -> None:
    """Method, URL, route, query, headers and body arrive as Azure sends them."""
    headers = [("X-Twice", "a"), ("X-Twice", "b")]

    answer = await served.http.post("/api/ECHO/7/x/y%20z?q=1&q=2&empty=", content=b"hello", headers=headers)

    seen = answer.json()
    assert answer.headers["content-type"] == "application/json"
    assert seen["method"] == "POST"
    assert seen["url"] == f"{served.host.url}/api/ECHO/7/x/y%20z?q=1&q=2&empty="
    assert seen["route"] == {"id": "7", "rest": "x/y z"}
    assert seen["query"] == {"q": "1,2"}
    assert seen["headers"]["x-twice"] == "a,b"
    assert seen["body"] == "hello"


@pytest.mark.parametrize(
    ("path", "expected"),
    [("/api/echo/latest", "latest None"), ("/api/echo/latest/me", "latest me")],
)
async def test_the_most_literal_route_wins(served: Served, path: str, expected: str) -> None:
    """An optional parameter may be left out; a literal beats a parameter."""
    answer = await served.http.get(path)

    assert (answer.status_code, answer.text) == (200, expected)
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"


async def test_an_answer_is_sent_as_it_is(served: Served) -> None:
    """Status, bytes, headers and each cookie reach the caller."""
    answer = await served.http.get("/api/teapot")

    assert answer.status_code == 418
    assert answer.content == b"\x00\xff"
    assert answer.headers["x-size"] == "short and stout"
    assert answer.headers.get_list("set-cookie") == ["a=1; Path=/; HttpOnly", "b=2; SameSite=Strict"]


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/api/nowhere"), ("DELETE", "/api/echo/7"), ("GET", "/api/echo/seven"), ("GET", "/teapot")],
)
async def test_what_no_route_takes_is_not_found(served: Served, method: str, path: str) -> None:
    """An unknown path, a method not taken and a parameter that does not fit are all 404 without a body."""
    answer = await served.http.request(method, path)

    assert (answer.status_code, answer.content) == (404, b"")


@pytest.mark.parametrize("how", ["raise", "exit", "status"])
async def test_a_broken_function_tells_its_caller_nothing(served: Served, how: str) -> None:
    """An exception, an exit and an impossible answer are a 500 without a body, and the host lives on."""
    answer = await served.http.get(f"/api/broken/{how}")

    assert (answer.status_code, answer.content) == (500, b"")
    assert (await served.http.get("/api/echo/latest")).status_code == 200


async def test_a_failure_is_in_the_log_with_its_traceback(served: Served, caplog: pytest.LogCaptureFixture) -> None:
    """The log has the details that the caller must not see."""
    await served.http.get("/api/broken/raise")

    assert "ValueError: a secret" in caplog.text
    assert "function_app.py" in caplog.text


@pytest.mark.parametrize("offer", ["header", "query"])
async def test_the_function_key_opens_a_function(served: Served, offer: str) -> None:
    """A key is taken from the header or from the query."""
    key = served.host.function_key

    answer = await served.http.get(
        "/api/keyed",
        headers={"x-functions-key": key} if offer == "header" else {},
        params={"code": key} if offer == "query" else {},
    )

    assert (answer.status_code, answer.text) == (200, "open")


@pytest.mark.parametrize(("path", "key"), [("keyed", ""), ("keyed", "wrong"), ("keyed", "ü"), ("admin", None)])
async def test_without_the_right_key_nothing_runs(served: Served, path: str, key: str | None) -> None:
    """No key, a wrong one, and the function key at an admin function are 401 without a body."""
    answer = await served.http.get(
        f"/api/{path}", params={"code": key or served.host.function_key} if key != "" else {}
    )

    assert (answer.status_code, answer.content) == (401, b"")


async def test_keys_never_reach_the_log(served: Served, caplog: pytest.LogCaptureFixture) -> None:
    """The access log names the path without its query."""
    caplog.set_level(logging.INFO, "functions_host")

    await served.http.get("/api/keyed", params={"code": "open sesame"})

    assert "GET /api/keyed 200" in caplog.text
    assert "sesame" not in caplog.text


@contextlib.asynccontextmanager
async def posting(served: Served, header: bytes) -> AsyncIterator[tuple[StreamReader, StreamWriter]]:
    """Begin a POST whose body a test writes as no polite client would."""
    url = httpx.URL(served.host.url)
    reader, writer = await asyncio.open_connection(url.host, url.port)
    writer.write(b"POST /api/size HTTP/1.1\r\nHost: here\r\n" + header + b"\r\n\r\n")
    yield reader, writer
    writer.close()
    await writer.wait_closed()


async def test_a_body_over_the_limit_is_refused_while_it_comes(served: Served) -> None:
    """An endless body without a declared length is refused at 100 MiB."""
    async with posting(served, b"Transfer-Encoding: chunked") as (reader, writer):
        for _ in range(LIMIT // len(BLOCK) + 1):
            writer.write(b"%x\r\n%b\r\n" % (len(BLOCK), BLOCK))
            await writer.drain()

        assert (await reader.readline()).startswith(b"HTTP/1.1 413")


async def test_a_declared_body_over_the_limit_is_refused_at_once(served: Served) -> None:
    """A body with a larger declared length is refused before it is sent."""
    async with posting(served, b"Content-Length: %d" % (LIMIT + 1)) as (reader, _):
        assert (await reader.readline()).startswith(b"HTTP/1.1 413")


async def test_a_large_body_within_the_limit_arrives(served: Served) -> None:
    """A body of some megabytes is not cut."""
    answer = await served.http.post("/api/size", content=bytes(5_000_000))

    assert answer.text == "5000000"
