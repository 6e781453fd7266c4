"""The queue trigger: every message runs to success, or goes to `<queue>-poison` after `maxDequeueCount` attempts."""

import asyncio
import logging
from base64 import b64decode
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, ClassVar

from azure.core.exceptions import AzureError, ResourceExistsError, ResourceNotFoundError
from azure.storage.queue import QueueMessage
from azure.storage.queue.aio import QueueClient
from starlette.routing import BaseRoute

from functions_host.invocation import DEFAULT_CONNECTION
from functions_host.services import Services
from functions_host.waiting import background, happens
from functions_host.worker import Bytes, Completed, Function, Input, Text

from .receiving import Receiver

log = logging.getLogger("functions_host")
_FIRST_PAUSE_SECONDS = 0.1


class QueueTrigger:
    """Runs one listener per function."""

    kind: ClassVar[str] = "queueTrigger"

    def __init__(self, functions: Sequence[Function], services: Services) -> None:
        self._listeners = {function.name: Listener(function, services) for function in functions}
        self._tasks: list[asyncio.Task[None]] = []

    def describe(self, function: Function) -> str:
        """Describe the queue that starts this function."""
        return f"queue {self._listeners[function.name].queue_name}"

    def routes(self) -> Sequence[BaseRoute]:
        """List no routes."""
        return []

    async def start(self) -> None:
        """Listen to every queue."""
        await asyncio.gather(*(listener.create_queue() for listener in self._listeners.values()))
        self._tasks = [background(listener.run()) for listener in self._listeners.values()]

    async def stop(self) -> None:
        """Fetch no more messages, and wait for those that run."""
        for listener in self._listeners.values():
            listener.stopping.set()
        await asyncio.gather(*self._tasks, return_exceptions=True)


class Lease:
    """The lease of a message, renewed in the background; each renewal changes its pop receipt."""

    def __init__(self, queue: QueueClient, message: QueueMessage, seconds: float) -> None:
        self._seconds = seconds
        self._queue = queue
        self._id: str = message.id
        self._receipt: str | None = message.pop_receipt
        self._done = asyncio.Event()
        self._renewal = asyncio.create_task(self._renew())

    async def _renew(self) -> None:
        while not await happens(self._done, within=self._seconds / 2):
            await self._hide(self._seconds)

    async def _hide(self, seconds: float) -> None:
        try:
            hidden = await self._queue.update_message(self._id, self._receipt, visibility_timeout=int(seconds))
        except AzureError as error:
            log.warning("cannot keep message %s: %s", self._id, error.message)
        else:
            self._receipt = hidden.pop_receipt

    async def _stop_renewing(self) -> None:
        # Not cancelled: an interrupted renewal may have changed the receipt that the next call needs.
        self._done.set()
        await self._renewal

    async def delete(self) -> None:
        """Remove the message from its queue."""
        await self._stop_renewing()
        try:
            await self._queue.delete_message(self._id, self._receipt)
        except AzureError as error:
            log.warning("message %s succeeded, but cannot be deleted: %s", self._id, error.message)

    async def give_back(self, seconds: float) -> None:
        """Make the message visible again after so many seconds."""
        await self._stop_renewing()
        await self._hide(seconds)


class Listener:
    """Takes one function's messages off its queue."""

    def __init__(self, function: Function, services: Services) -> None:
        self.stopping = asyncio.Event()
        self.queue_name = services.settings.resolve(function.trigger["queueName"])
        self._function = function
        self._invoker = services.invoker
        self._settings = services.settings.queues
        self._lease_seconds = self._settings.lease.total_seconds()
        connection = function.trigger.get("connection") or DEFAULT_CONNECTION
        self._queue = services.storage.queue(connection, self.queue_name)
        self._receiver = Receiver(self._queue, self._settings)
        self._poison = services.storage.queue(connection, f"{self.queue_name}-poison")
        self._running: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Fetch and run messages until `stop`; then wait for those that run."""
        pause = _FIRST_PAUSE_SECONDS
        while not self.stopping.is_set():
            if len(self._running) > self._settings.new_batch_threshold:
                await asyncio.wait(self._running, return_when=asyncio.FIRST_COMPLETED)
            elif messages := await self._fetch():
                for message in messages:
                    self._begin(message)
                pause = _FIRST_PAUSE_SECONDS
            else:
                await happens(self.stopping, within=pause)
                pause = min(pause * 2, self._settings.max_polling_interval.total_seconds())
        await asyncio.gather(*self._running, return_exceptions=True)

    def _begin(self, message: QueueMessage) -> None:
        task = background(self._process(message))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _fetch(self) -> list[QueueMessage]:
        try:
            return await self._receiver.receive()
        except ResourceNotFoundError:
            await self.create_queue()
        except AzureError as error:
            log.warning("cannot read the queue %s: %s", self.queue_name, error.message)
        return []

    async def create_queue(self) -> None:
        """Create the queue where it is missing, so that callers can send to it."""
        try:
            await self._queue.create_queue()
        except ResourceExistsError:
            return
        except AzureError as error:
            log.warning("cannot create the queue %s: %s", self.queue_name, error.message)

    async def _process(self, message: QueueMessage) -> None:
        lease = Lease(self._queue, message, self._lease_seconds)
        if await self._succeeds(message):
            await lease.delete()
        elif (message.dequeue_count or 0) < self._settings.max_dequeue_count:
            await lease.give_back(self._settings.visibility_timeout.total_seconds())
        elif await self._copy_to_poison(message):
            await lease.delete()
        else:
            await lease.give_back(self._lease_seconds)

    async def _succeeds(self, message: QueueMessage) -> bool:
        if (message.dequeue_count or 0) > self._settings.max_dequeue_count:
            return False
        try:
            value = self._decoded(message.content)
        except ValueError:
            log.warning("message %s on %s is not base64", message.id, self.queue_name)
            return False
        outcome = await self._invoker.run(self._function, value, _metadata(message, value))
        return isinstance(outcome, Completed)

    def _decoded(self, content: str) -> Input:
        if self._settings.message_encoding == "none":
            return Text(content)
        body = b64decode(content, validate=True)
        try:
            return Text(body.decode())
        except UnicodeDecodeError:
            return Bytes(body)

    async def _copy_to_poison(self, message: QueueMessage) -> bool:
        try:
            with suppress(ResourceExistsError):
                await self._poison.create_queue()
            await self._poison.send_message(message.content)
        except AzureError as error:
            log.warning("cannot move message %s to %s-poison: %s", message.id, self.queue_name, error.message)
            return False
        log.error(
            "message %s on %s failed %s times and went to %s-poison",
            message.id,
            self.queue_name,
            message.dequeue_count,
            self.queue_name,
        )
        return True


def _metadata(message: QueueMessage, value: Input) -> dict[str, Any]:
    metadata = {
        "QueueTrigger": value.text if isinstance(value, Text) else "",
        "Id": message.id,
        "DequeueCount": message.dequeue_count,
        "InsertionTime": _iso(message.inserted_on),
        "ExpirationTime": _iso(message.expires_on),
        "NextVisibleTime": _iso(message.next_visible_on),
        "PopReceipt": message.pop_receipt,
    }
    return {name: fact for name, fact in metadata.items() if fact is not None}


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat()
