"""The sample app that has one function per trigger, as its callers see it."""

import asyncio
import json
from base64 import b64decode
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from azure.core.exceptions import ResourceNotFoundError
from azure.storage.blob.aio import BlobServiceClient
from azure.storage.queue.aio import QueueServiceClient

from functions_host.clock import VirtualClock
from functions_host.host import Host

TRIGGERS_APP = Path(__file__).parents[1] / "samples" / "triggers"
WAIT_SECONDS = 15


@dataclass
class Queues:
    """The app's queues as its callers see them: plain texts in and out."""

    service: QueueServiceClient
    unclaimed: list[tuple[str, str]] = field(default_factory=list)

    async def send(self, queue: str, content: str) -> str:
        """Put a message on a queue, as the service's own text, and give its id."""
        return (await self.service.get_queue_client(queue).send_message(content)).id

    async def find(self, queue: str, part: str) -> str:
        """Wait for the message on a queue that holds a text, and take it."""
        async with asyncio.timeout(WAIT_SECONDS):
            while True:
                for message in [one for one in self.unclaimed if one[0] == queue and part in one[1]]:
                    self.unclaimed.remove(message)
                    return message[1]
                await self._take(queue)

    async def _take(self, queue: str) -> None:
        client = self.service.get_queue_client(queue)
        try:
            async for message in client.receive_messages(max_messages=32):
                self.unclaimed.append((queue, _decoded(message.content)))
                await client.delete_message(message)
        except ResourceNotFoundError:
            return

    async def assert_empty(self, queue: str) -> None:
        """Wait until a queue has no message, seen or hidden; none of it may have been left by `find`."""
        async with asyncio.timeout(WAIT_SECONDS):
            while (await self.service.get_queue_client(queue).get_queue_properties()).approximate_message_count:
                pass
        assert [text for name, text in self.unclaimed if name == queue] == []

    async def seen(self, queue: str, part: str) -> dict[str, Any]:
        """Wait for a function's report that holds a text."""
        report: dict[str, Any] = json.loads(await self.find(queue, part))
        return report


def _decoded(content: str) -> str:
    try:
        return b64decode(content, validate=True).decode()
    except ValueError:
        return content


@dataclass(frozen=True)
class Served:
    """A running host, and what its callers use."""

    host: Host
    clock: VirtualClock
    http: httpx.AsyncClient
    queues: Queues
    blobs: BlobServiceClient
    orders_queue: str
