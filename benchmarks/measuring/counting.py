"""Counts the requests to a storage account, and the rows in them, with a proxy before each of its services.

The app gets a connection string in the form of Azure's own, without the account's name in the paths, so that its tables
have the layout for Azure; the proxy names the account in `Host`, by which Azurite knows it just as well.
"""

import json
import re
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from aiohttp import ClientSession, DummyCookieJar, web
from yarl import URL

from quantum.storage import ORDERS_CONTAINER

HOST = "127.0.0.1"
SERVICES = ("Blob", "Queue", "Table")
HOP = frozenset(("connection", "content-length", "keep-alive", "transfer-encoding", "host"))
ADDED = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")  # headers that aiohttp would add; all are signed
CHANGE_IN_BATCH = re.compile(rb"^(?:POST|PUT|PATCH|MERGE|DELETE) http", re.MULTILINE)
CHANGES = frozenset(("POST", "PUT", "PATCH", "MERGE", "DELETE"))
POLLING = "polls of the triggers"


@dataclass(frozen=True)
class Call:
    """A request to a service, and what it answered."""

    service: str
    method: str
    url: str
    body: bytes
    answer: bytes


@dataclass
class Counted:
    """Requests by service and operation, and rows of tables that were written and read."""

    requests: Counter[str] = field(default_factory=Counter)
    rows_written: int = 0
    rows_read: int = 0

    def add(self, call: Call) -> None:
        """Count a request."""
        self.requests[operation(call)] += 1
        if call.service == "Table":
            self.rows_written += rows_written(call)
            self.rows_read += rows_read(call)

    def since(self, earlier: "Counted") -> "Counted":
        """Return what has been counted after an earlier copy."""
        written, read = self.rows_written - earlier.rows_written, self.rows_read - earlier.rows_read
        return Counted(self.requests - earlier.requests, written, read)

    def copy(self) -> "Counted":
        """Return a copy as of now."""
        return Counted(self.requests.copy(), self.rows_written, self.rows_read)

    def of(self, service: str) -> int:
        """Count the requests to one service, without the polls of the triggers."""
        return sum(number for name, number in self.requests.items() if name.startswith(f"{service} "))


def operation(call: Call) -> str:
    """Name the operation of a request: the service, and how Azure's price lists class it."""
    parts = urlsplit(call.url)
    query = parse_qs(parts.query, keep_blank_values=True)
    if call.service == "Table":
        return "Table transaction" if call.method == "POST" and parts.path.endswith("$batch") else _of_table(call)
    if call.service == "Queue":
        is_poll = call.method == "GET" and parts.path.endswith("/messages") and b"<QueueMessage>" not in call.answer
        return POLLING if is_poll else "Queue message" if "/messages" in parts.path else "Queue other"
    if "list" in query.get("comp", ()):
        return POLLING if parts.path.endswith(f"/{ORDERS_CONTAINER}") else "Blob list"
    if call.method == "PUT":
        return "Blob list" if "container" in query.get("restype", ()) else "Blob write"
    return "Blob read" if call.method in {"GET", "HEAD"} else "Blob delete"


def _of_table(call: Call) -> str:
    if call.method == "GET":
        return "Table get" if "RowKey=" in call.url else "Table query"
    return "Table write"


def rows_written(call: Call) -> int:
    """Count the rows that a request to the tables changes."""
    if urlsplit(call.url).path.endswith("$batch"):
        return len(CHANGE_IN_BATCH.findall(call.body))
    return int(call.method in CHANGES and not urlsplit(call.url).path.endswith("/Tables"))


def rows_read(call: Call) -> int:
    """Count the rows that the answer of the tables has."""
    if call.method != "GET" or not call.answer.startswith(b"{"):
        return 0
    document = json.loads(call.answer)
    return len(document["value"]) if "value" in document else int("RowKey" in document)


class CountingProxy:
    """Stands before one service of an Azurite."""

    def __init__(self, service: str, upstream: str, account: str, counted: Counted, session: ClientSession) -> None:
        """Take the service, its address with the account in the path, the account, the counts and the way there."""
        self._service = service
        self._upstream = upstream.removesuffix(f"/{account}")
        self._account = account
        self._host = f"{account}.{service.lower()}.localhost"
        self._counted = counted
        self._session = session

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Forward a request and count it."""
        headers = {name: text for name, text in request.headers.items() if name.lower() not in HOP}
        body = await request.read()
        async with self._session.request(
            request.method,
            URL(self._upstream + request.raw_path, encoded=True),
            headers={**headers, "Host": self._host},
            # In a transaction each part names its address, unsigned; Azurite reads the table behind the account there.
            data=body.replace(f"http://{request.host}/".encode(), f"{self._upstream}/{self._account}/".encode())
            or None,
            allow_redirects=False,
        ) as reply:
            answer = await reply.read()
            self._counted.add(Call(self._service, request.method, request.raw_path, body, answer))
            passed_on = {name: text for name, text in reply.headers.items() if name.lower() not in HOP}
            return web.Response(status=reply.status, headers=passed_on, body=answer)


@asynccontextmanager
async def counting(storage: str, counted: Counted) -> AsyncIterator[str]:
    """Count the requests to an Azurite; yield the connection string whose requests are counted."""
    words = dict(part.partition("=")[::2] for part in storage.split(";") if part)
    async with (
        ClientSession(auto_decompress=False, cookie_jar=DummyCookieJar(), skip_auto_headers=ADDED) as session,
        _listening(words, counted, session) as endpoints,
    ):
        yield ";".join(f"{name}={value}" for name, value in {**words, **endpoints}.items()) + ";"


@asynccontextmanager
async def _listening(
    words: Mapping[str, str], counted: Counted, session: ClientSession
) -> AsyncIterator[Mapping[str, str]]:
    runners, endpoints = [], {}
    try:
        for service in SERVICES:
            name = f"{service}Endpoint"
            proxy = CountingProxy(service, words[name], words["AccountName"], counted, session)
            runner = web.ServerRunner(web.Server(proxy.handle, access_log=None))
            runners.append(runner)
            await runner.setup()
            site = web.TCPSite(runner, HOST, 0)
            await site.start()
            endpoints[name] = f"http://{HOST}:{runner.addresses[0][1]}"
        yield endpoints
    finally:
        for runner in runners:
            await runner.cleanup()
