"""The emulator's own requests to storage, against a stand-in that answers what a test says."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from quantum_emulator import blob_requests
from quantum_emulator.blob_requests import BlobRequests, MissingError, StorageError, requesting

KEY = "bm8gc2VjcmV0IGF0IGFsbA=="


@asynccontextmanager
async def account(*statuses: int, body: bytes = b"") -> AsyncIterator[tuple[BlobRequests, Sequence[web.Request]]]:
    """An account that answers so, the last time for ever; yields the way to it and what it received."""
    received: list[web.Request] = []

    async def answer(request: web.Request) -> web.Response:
        status = statuses[min(len(received), len(statuses) - 1)]
        received.append(request)
        return web.Response(status=status, body=body, headers={"Content-Encoding": "gzip"} if body else {})

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        host, port = runner.addresses[0][:2]
        async with requesting(f"http://{host}:{port}/account", "account", KEY) as requests:
            yield requests, received
    finally:
        await runner.cleanup()


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again at once."""
    monkeypatch.setattr(blob_requests, "PAUSE_SECONDS", 0)


async def test_a_blob_comes_as_it_is_stored() -> None:
    """Its bytes stay packed, with the word for how; its name may have any letters."""
    async with account(200, body=b"packed") as (requests, received):
        reply = await requests.read("job-1", "in put?%", limit=100)

    assert (reply.body, reply.encoding, reply.size) == (b"packed", "gzip", 6)
    assert received[0].match_info["path"] == "account/job-1/in put?%"
    assert received[0].query["sig"]


async def test_a_blob_that_is_too_large_is_not_read() -> None:
    """Only its size is known then."""
    async with account(200, body=b"packed") as (requests, _):
        reply = await requests.read("job-1", "inputData", limit=5)

    assert (reply.body, reply.size) == (b"", 6)


async def test_an_account_that_restarts_is_asked_again() -> None:
    """A job does not fail for a pause of the account."""
    async with account(503, 500, 201) as (requests, received):
        await requests.write("job-1", "rawOutputData", b"{}")

    assert [request.headers["x-ms-blob-type"] for request in received] == ["BlockBlob"] * 3


async def test_a_container_that_is_there_is_fine() -> None:
    """Creating it again changes nothing."""
    async with account(409) as (requests, received):
        await requests.create_container("job-1")

    assert (received[0].method, received[0].query["restype"]) == ("PUT", "container")


@pytest.mark.parametrize(("status", "kind"), [(404, MissingError), (403, StorageError), (409, StorageError)])
async def test_a_refusal_is_an_error(status: int, kind: type[StorageError]) -> None:
    """What is missing can be told from what is refused."""
    async with account(status) as (requests, received):
        with pytest.raises(kind, match=str(status)):
            await requests.write("job-1", "rawOutputData", b"{}")

    assert len(received) == 1


async def test_an_account_that_never_answers_is_an_error() -> None:
    """After twenty attempts."""
    async with account(503) as (requests, received):
        with pytest.raises(StorageError, match="503"):
            await requests.read("job-1", "inputData", limit=1)

    assert len(received) == blob_requests.ATTEMPTS


async def test_an_account_that_is_gone_is_an_error() -> None:
    """Its name says how the connection failed."""
    async with requesting("http://127.0.0.1:9/account", "account", KEY) as requests:
        with pytest.raises(StorageError, match="ClientConnectorError"):
            await requests.create_container("job-1")
