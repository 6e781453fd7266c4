"""The three requests to storage that every job makes, signed once for all of them.

The SDK's client would build a pipeline and sign each request anew, which is most of the processor time of a small job.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote
from urllib.request import getproxies

import aiohttp
from azure.storage.blob import AccountSasPermissions, ResourceTypes, generate_account_sas

VERSION = {"x-ms-version": "2021-12-02"}
BLOCK_BLOB = {"x-ms-blob-type": "BlockBlob"}
SIGNED_FOR = timedelta(days=4)
# An account that restarts is up again within seconds, and a job must not fail for that.
ATTEMPTS = 20
PAUSE_SECONDS = 1.0
PASSING = frozenset({408, 429, 500, 502, 503, 504})
PATIENCE = aiohttp.ClientTimeout(sock_connect=20, sock_read=60)
NOT_FOUND, CONFLICT = 404, 409


class StorageError(Exception):
    """The account refused, or did not answer at all."""


class MissingError(StorageError):
    """There is no such blob or container."""


@dataclass(frozen=True)
class Reply:
    """What the account answered; `body` is empty where it was larger than the caller reads."""

    size: int
    encoding: str
    body: bytes


class BlobRequests:
    """Creates containers, and reads and writes blobs; raises StorageError."""

    def __init__(self, session: aiohttp.ClientSession, endpoint: str, account: str, key: str) -> None:
        self._session = session
        self._endpoint = endpoint
        self._account = account
        self._key = key
        self._signature = ""
        self._signed_until = datetime.now(UTC)

    async def create_container(self, name: str) -> None:
        """Create the container unless it is there."""
        await self._send("PUT", quote(name), "restype=container&", accepted=CONFLICT)

    async def read(self, container: str, blob: str, limit: int) -> Reply:
        """Download a blob, at most `limit` bytes."""
        return await self._send("GET", f"{quote(container)}/{quote(blob)}", limit=limit)

    async def write(self, container: str, blob: str, data: bytes) -> None:
        """Upload a blob, over the former one."""
        await self._send("PUT", f"{quote(container)}/{quote(blob)}", data=data, headers=BLOCK_BLOB)

    async def _send(
        self,
        method: str,
        path: str,
        query: str = "",
        *,
        data: bytes = b"",
        headers: dict[str, str] | None = None,
        accepted: int = 0,
        limit: int = 0,
    ) -> Reply:
        url, headers = f"{self._endpoint}/{path}?{query}{self._sas()}", VERSION | (headers or {})
        for attempts_left in reversed(range(ATTEMPTS)):
            try:
                async with self._session.request(method, url, data=data or None, headers=headers) as answer:
                    if answer.status not in PASSING or not attempts_left:
                        _check(answer, accepted)
                        size = answer.content_length or 0
                        body = await answer.read() if size <= limit else b""
                        return Reply(size, answer.headers.get("content-encoding", ""), body)
            except (aiohttp.ClientError, TimeoutError) as error:
                if not attempts_left:
                    raise StorageError(type(error).__name__) from error
            await asyncio.sleep(PAUSE_SECONDS)
        raise AssertionError("the last attempt returns or raises")

    def _sas(self) -> str:
        now = datetime.now(UTC)
        if now > self._signed_until - SIGNED_FOR / 2:
            self._signed_until = now + SIGNED_FOR
            self._signature = generate_account_sas(
                self._account,
                self._key,
                ResourceTypes(container=True, object=True),
                AccountSasPermissions(read=True, write=True, create=True),
                self._signed_until,
            )
        return self._signature


def _check(answer: aiohttp.ClientResponse, accepted: int) -> None:
    if answer.status == NOT_FOUND:
        raise MissingError(f"HTTP {answer.status}")
    if not answer.ok and answer.status != accepted:
        raise StorageError(f"HTTP {answer.status}")


@asynccontextmanager
async def requesting(endpoint: str, account: str, key: str) -> AsyncIterator[BlobRequests]:
    """Keep connections to an account until the context ends."""
    options = {"timeout": PATIENCE, "auto_decompress": False, "trust_env": bool(getproxies())}
    async with aiohttp.ClientSession(**options) as session:  # type: ignore[arg-type]  # options of several types
        yield BlobRequests(session, endpoint, account, key)
