"""A message stays ours while its function runs, and its newest pop receipt is the one that counts."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from azure.core.exceptions import ResourceNotFoundError
from azure.storage.queue import QueueMessage

from functions_host.triggers.queue import Lease


@dataclass
class InMemoryQueue:
    """The two calls of a queue client that a lease makes; each update gives a new receipt."""

    receipt: str = "r0"
    gone: bool = False
    updates: list[int] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    renewed: asyncio.Event = field(default_factory=asyncio.Event)

    async def update_message(self, _id: str, receipt: str, *, visibility_timeout: int) -> QueueMessage:
        """Hide the message for a while."""
        if self.gone or receipt != self.receipt:
            raise ResourceNotFoundError("no such message")
        self.updates.append(visibility_timeout)
        self.receipt = f"r{len(self.updates)}"
        self.renewed.set()
        return a_message(self.receipt)

    async def delete_message(self, _id: str, receipt: str) -> None:
        """Remove the message."""
        if self.gone or receipt != self.receipt:
            raise ResourceNotFoundError("no such message")
        self.deleted.append(receipt)


def a_message(receipt: str) -> QueueMessage:
    """Make a message as it was received."""
    message = QueueMessage()
    message.id, message.pop_receipt = "m", receipt
    return message


def a_lease(queue: Any, seconds: float) -> Lease:
    """Take a lease of so many seconds."""
    return Lease(queue, a_message("r0"), seconds)


async def test_a_long_function_keeps_its_message() -> None:
    """The lease is renewed at half its time, and the message is deleted by the newest receipt."""
    queue = InMemoryQueue()
    lease = a_lease(queue, seconds=0.02)

    await queue.renewed.wait()
    await lease.delete()

    assert queue.updates
    assert queue.deleted == [queue.receipt]


async def test_a_short_function_renews_nothing() -> None:
    """What ends in time costs no extra call."""
    queue = InMemoryQueue()

    await a_lease(queue, seconds=60).delete()

    assert (queue.updates, queue.deleted) == ([], ["r0"])


async def test_a_failed_message_is_given_back() -> None:
    """The message is visible again after the requested time."""
    queue = InMemoryQueue()

    await a_lease(queue, seconds=60).give_back(5)

    assert (queue.updates, queue.deleted) == ([5], [])


async def test_a_message_that_another_took_is_no_error() -> None:
    """Neither deleting nor giving back a lost message raises: the other one's work counts."""
    queue = InMemoryQueue(gone=True)

    await a_lease(queue, seconds=60).delete()
    await a_lease(queue, seconds=60).give_back(5)

    assert (queue.updates, queue.deleted) == ([], [])
