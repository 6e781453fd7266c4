"""Takes messages off a queue: many at once, or one by one while there is a message that the service cannot hand over.

A storage emulator takes texts that its own XML cannot carry (control characters, say), and then fails every request
whose answer would hold one, with all messages that it has hidden for it. Alone, such a message fails alone.
"""

import asyncio
import logging

from azure.core.exceptions import AzureError, HttpResponseError
from azure.storage.queue import QueueMessage
from azure.storage.queue.aio import QueueClient

from functions_host.settings import QueueSettings

log = logging.getLogger("functions_host")
INTERNAL_ERROR = 500
LEASES_ONE_BY_ONE = 10  # what was not handed over is seen again after each lease


class Receiver:
    """Receives one queue's messages, hidden from others for a lease."""

    def __init__(self, queue: QueueClient, settings: QueueSettings) -> None:
        self._queue = queue
        self._size = settings.batch_size
        self._lease_seconds = settings.lease.total_seconds()
        self._one_by_one_until = 0.0

    async def receive(self) -> list[QueueMessage]:
        """Take what is there, a batch at most; raises AzureError where the service gives nothing at all."""
        if _now() < self._one_by_one_until:
            return await self._singles()
        try:
            return await self._take(self._size)
        except AzureError as error:
            if not _cannot_be_handed_over(error):
                raise
        log.error(
            "the storage service fails to hand over messages on the queue %s: from now on they are taken one by one. "
            "One that it cannot put into an answer is passed by until it expires; clearing the queue removes it",
            self._queue.queue_name,
        )
        self._stay_careful()
        return await self._singles()

    async def _singles(self) -> list[QueueMessage]:
        found: list[QueueMessage] = []
        for _ in range(self._size):
            try:
                taken = await self._take(1)
            except AzureError as error:
                if _cannot_be_handed_over(error):
                    self._stay_careful()
                    continue
                if not found:
                    raise
                break
            if not taken:
                break
            found += taken
        return found

    def _stay_careful(self) -> None:
        self._one_by_one_until = _now() + LEASES_ONE_BY_ONE * self._lease_seconds

    async def _take(self, count: int) -> list[QueueMessage]:
        # Not repeated by the SDK: each try would hide more messages, and this listener asks again by itself.
        pages = self._queue.receive_messages(
            messages_per_page=count, max_messages=count, visibility_timeout=int(self._lease_seconds), retry_total=0
        )
        return [message async for message in pages]


def _cannot_be_handed_over(error: AzureError) -> bool:
    return isinstance(error, HttpResponseError) and error.status_code == INTERNAL_ERROR


def _now() -> float:
    return asyncio.get_running_loop().time()
