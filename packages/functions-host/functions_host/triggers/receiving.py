"""Receives a queue's messages: in batches, or one by one while the service fails to deliver one of them.

A storage emulator accepts texts that its own XML cannot carry (control characters, say), and then fails every request
whose response would hold one, with all other messages of the batch. One by one, only that message fails.
"""

import asyncio
import logging

from azure.core.exceptions import AzureError, HttpResponseError
from azure.storage.queue import QueueMessage
from azure.storage.queue.aio import QueueClient

from functions_host.settings import QueueSettings

log = logging.getLogger("functions_host")
INTERNAL_ERROR = 500
LEASES_ONE_BY_ONE = 10  # a message that failed is visible again after each lease


class Receiver:
    """Receives one queue's messages, invisible to others for a lease."""

    def __init__(self, queue: QueueClient, settings: QueueSettings) -> None:
        self._queue = queue
        self._size = settings.batch_size
        self._lease_seconds = settings.lease.total_seconds()
        self._one_by_one_until = 0.0

    async def receive(self) -> list[QueueMessage]:
        """Receive a batch at most; raises AzureError where the service delivers nothing at all."""
        if _now() < self._one_by_one_until:
            return await self._singles()
        try:
            return await self._take(self._size)
        except AzureError as error:
            if not _cannot_be_handed_over(error):
                raise
        log.error(
            "the storage service fails to deliver messages of the queue %s: from now on they are received one by one. "
            "One that it cannot deliver is skipped until it expires; clearing the queue removes it",
            self._queue.queue_name,
        )
        self._stay_careful()
        return await self._singles()

    async def _singles(self) -> list[QueueMessage]:
        messages: list[QueueMessage] = []
        for _ in range(self._size):
            try:
                batch = await self._take(1)
            except AzureError as error:
                if _cannot_be_handed_over(error):
                    self._stay_careful()
                    continue
                if not messages:
                    raise
                break
            if not batch:
                break
            messages += batch
        return messages

    def _stay_careful(self) -> None:
        self._one_by_one_until = _now() + LEASES_ONE_BY_ONE * self._lease_seconds

    async def _take(self, count: int) -> list[QueueMessage]:
        # Not retried by the SDK: each attempt would hide more messages, and this listener polls again anyway.
        pages = self._queue.receive_messages(
            messages_per_page=count, max_messages=count, visibility_timeout=int(self._lease_seconds), retry_total=0
        )
        return [message async for message in pages]


def _cannot_be_handed_over(error: AzureError) -> bool:
    return isinstance(error, HttpResponseError) and error.status_code == INTERNAL_ERROR


def _now() -> float:
    return asyncio.get_running_loop().time()
