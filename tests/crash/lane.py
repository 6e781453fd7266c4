"""A host with storage of its own, whose every durable step is seen and may be its last: a lane of the matrix."""

import asyncio
import json
import sqlite3
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from socket import SO_PEERCRED, SOL_SOCKET
from typing import Any

from azure.core.exceptions import ResourceNotFoundError
from azure.storage.blob.aio import BlobServiceClient
from azure.storage.queue import TextBase64DecodePolicy, TextBase64EncodePolicy
from azure.storage.queue.aio import QueueClient, QueueServiceClient

from functions_host.durable.records import FINISHED
from quantumjobs import AsyncQuantumJobs
from tests.crash.chronicle import Chronicle, Point
from tests.crash.host import KillableHost
from tests.crash.relay import HostKilledError, HttpMessage, relay
from tests.crash.services import Services

PATIENCE_SECONDS = 300
KEY = "crash"


class UnfinishedError(Exception):
    """An order that does not come to its end."""


@dataclass
class Lane:
    """The doors of one host, the points that were seen, and those that are to kill it."""

    host: KillableHost
    client: AsyncQuantumJobs
    orders: QueueClient
    answered: QueueClient
    blobs: BlobServiceClient
    queues: QueueServiceClient
    chronicle: Chronicle = field(default_factory=Chronicle)
    seen: dict[Point, None] = field(default_factory=dict)
    armed: set[Point] = field(default_factory=set)
    fired: list[Point] = field(default_factory=list)
    answers: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    own_queues: list[QueueClient] = field(default_factory=list)
    uploads: int = 0

    def begin(self, armed: set[Point]) -> None:
        """Begin an order: nothing has been done for it, and these points will kill its host."""
        self.chronicle = Chronicle(self.chronicle.habits)
        self.seen, self.armed, self.fired = {}, set(armed), []

    def reach(self, steps: Sequence[str], side: str) -> None:
        """Note that points are reached; raises HostKilledError where one of them was the host's last."""
        points = [Point(step, side) for step in steps]
        self.seen.update(dict.fromkeys(points))
        if hit := self.armed.intersection(points):
            self.armed -= hit
            self.fired += hit
            self.chronicle.host_died()
            self.host.kill()
            raise HostKilledError

    async def guarded(
        self, service: str, request: HttpMessage, answer: Callable[[], Awaitable[HttpMessage]]
    ) -> HttpMessage:
        """Pass a request on, unless the host dies before, and its answer, unless the host dies after."""
        host, poll = self.host.pid, is_poll(request)
        step = self.chronicle.request(service, request.method, request.target)
        if not poll:
            self.reach([step], "before")
        answered = await answer()
        if self.host.pid == host and (not poll or b"<MessageId>" in answered.body):
            self.reach([step], "after")
        return answered

    def has_done(self, function: str) -> bool:
        """Whether an activity's outcome has been committed for this order."""
        return self.chronicle.finished[function] > 0

    async def until(self, condition: Callable[[], Awaitable[bool] | bool], what: str) -> None:
        """Wait for something in another process."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while True:
                    met = condition()
                    if met if isinstance(met, bool) else await met:
                        return
                    await asyncio.sleep(0.05)
        except TimeoutError as error:
            last = "\n".join(map(str, list(self.seen)[-12:]))
            details = f"killed: {', '.join(map(str, self.fired))}\nlast points:\n{last}\nhost:\n{self.host.log()}"
            raise UnfinishedError(f"in vain: {what}\n{details}") from error

    async def finished(self, job_id: str) -> None:
        """Wait until an order has its answer, its orchestration has ended, and nothing of it is left to do."""
        await self.until(lambda: self._has_ended(job_id), f"the end of the orchestration of {job_id}")
        await self.until(lambda: self._is_answered(job_id), f"the answer to {job_id}")
        await self.until(self._door_is_clear, "the door's own note that the order was taken")

    async def _is_answered(self, job_id: str) -> bool:
        await self.receive()
        return job_id in self.answers

    async def receive(self) -> None:
        """Take what answers there are off the queues; one that an order names is not there before its first answer."""
        for queue in (self.answered, *self.own_queues):
            with suppress(ResourceNotFoundError):
                async for message in queue.receive_messages(max_messages=32, visibility_timeout=30):
                    answer = json.loads(message.content)
                    self.answers.setdefault(answer["subject"], []).append(answer)
                    await queue.delete_message(message)

    def expect_answers_in(self, queue: str) -> None:
        """Look for answers in a queue that an order names, too."""
        policy = TextBase64DecodePolicy()
        self.own_queues.append(self.queues.get_queue_client(queue, message_decode_policy=policy))

    async def _door_is_clear(self) -> bool:
        properties = await self.orders.get_queue_properties()
        receipts = self.journal("SELECT value FROM receipts WHERE key LIKE 'blob:%'")
        done = sum(json.loads(value)["done"] for (value,) in receipts)
        return properties.approximate_message_count == 0 and done == self.uploads and not self.chronicle.running

    def _has_ended(self, job_id: str) -> bool:
        rows = self.journal("SELECT status FROM instances WHERE instance_id = ?", job_id)
        return bool(rows) and rows[0][0] in FINISHED and not self.left_over()

    def left_over(self) -> list[tuple[Any, ...]]:
        """What the journal still means to do, for any order."""
        return [row for table in ("work", "timers", "inbox") for row in self.journal(f"SELECT * FROM {table}")]  # noqa: S608

    def journal(self, query: str, *values: str) -> list[tuple[Any, ...]]:
        """Look into the host's journal."""
        address = f"file:{self.host.state / 'journal.sqlite'}?mode=ro"
        with closing(sqlite3.connect(address, uri=True)) as db:
            return db.execute(query, values).fetchall()


@asynccontextmanager
async def open_lane(services: Services, account: str, state: Path) -> AsyncIterator[Lane]:
    """Run a host on an account of its own, with a relay before everything that it speaks to."""
    async with AsyncExitStack() as stack:
        lane_of: list[Lane] = []
        relays = {
            name: await stack.enter_async_context(relay(url, partial(watched, name, lane_of, services)))
            for name, url in (*services.storage_urls.items(), ("workspace", services.emulator))
        }
        socket_path = state / "points.sock"
        await asyncio.to_thread(state.mkdir, parents=True)
        server = await asyncio.start_unix_server(lambda r, w: listen(lane_of[0], r, w), socket_path)
        stack.callback(server.close)
        host_settings = {
            **services.settings(account, relays, relays["workspace"]),
            "CRASH_POINTS": str(socket_path),
            "FUNCTIONS_KEY": KEY,
            "FUNCTIONS_HOST_QUEUE_LEASE_SECONDS": "5",
            "AzureWebJobs.housekeeping.Disabled": "true",  # what it would repair is to need no repair
        }
        host = KillableHost(host_settings, state, services.free_port())
        lane = await stack.enter_async_context(doors(host, services.connection_string(account)))
        lane_of.append(lane)
        await stack.enter_async_context(host)
        yield lane


@asynccontextmanager
async def doors(host: KillableHost, storage: str) -> AsyncIterator[Lane]:
    """Open the doors to a host, as its callers have them: without relays."""
    options: dict[str, Any] = {
        **PATIENT,
        "message_encode_policy": TextBase64EncodePolicy(),
        "message_decode_policy": TextBase64DecodePolicy(),
    }
    async with (
        AsyncQuantumJobs(f"http://127.0.0.1:{host.port}", KEY) as client,
        QueueClient.from_connection_string(storage, "job-orders", **options) as orders,
        QueueClient.from_connection_string(storage, "job-answers", **options) as answered,
        QueueServiceClient.from_connection_string(storage, **options) as queues,
        BlobServiceClient.from_connection_string(storage, **PATIENT) as blobs,
    ):
        for queue in (orders, answered):
            await queue.create_queue()
        await blobs.create_container("orders")
        yield Lane(host, client, orders, answered, blobs, queues)


# The SDK's own pauses are 15 s and more.
PATIENT: Mapping[str, Any] = {"retry_total": 20, "initial_backoff": 0.2, "increment_base": 1}


async def listen(lane: Lane, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Hear of each point that a host reaches, and let it go on, or not."""
    with suppress(HostKilledError, OSError):
        while line := await reader.readline():
            if peer_of(writer) != lane.host.pid:
                break  # the last words of a host that was killed meanwhile
            report = json.loads(line)
            lane.reach(lane.chronicle.report(report["kind"], report["steps"], report["side"]), report["side"])
            writer.write(b"\n")
    writer.close()


def peer_of(writer: asyncio.StreamWriter) -> int:
    """Tell which process is at the other end of a Unix socket."""
    size = struct.calcsize("3i")
    pid: int = struct.unpack("3i", writer.get_extra_info("socket").getsockopt(SOL_SOCKET, SO_PEERCRED, size))[0]
    return pid


def watched(service: str, lane_of: list[Lane], services: Services) -> Any:
    """Give what a relay asks about each request of this lane's host."""

    lane, host = lane_of[0], lane_of[0].host.pid

    async def exchange(request: HttpMessage, answer: Callable[[], Awaitable[HttpMessage]]) -> HttpMessage:
        if lane.host.pid != host:  # in flight when its host was killed: it arrives
            return await answer()
        if b'"containerName"' in request.body:
            services.owners[json.loads(request.body)["containerName"]] = lane
        return await lane.guarded(service, request, answer)

    return exchange


def is_poll(request: HttpMessage) -> bool:
    """Whether a request only asks whether there is something to do."""
    path, _, query = request.target.partition("?")
    return request.method == "GET" and (path.endswith("/messages") or "comp=list" in query)
