"""Queues of answers that orders name: made when the first answer goes there, removed when nobody uses them any more.

How long a queue may be empty before it is removed stands in its own metadata, which whoever sends to it renews. Storage
cannot remove a queue on the condition that it is empty, so a queue stays a day longer than its metadata says: only an
answer that comes in the milliseconds between the last look at a queue that was idle for so long, and its removal, would
be lost, and the job that it tells of would not.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.storage.queue import BinaryBase64EncodePolicy, QueueProperties
from azure.storage.queue.aio import QueueClient, QueueServiceClient

from quantum.adapters.azure_errors import translated
from quantum.adapters.identity import credential
from quantum.adapters.retry_budget import STORAGE_CALLS
from quantum.jobs.errors import NotFoundError, RefusedError, ServiceUnavailableError
from quantum.settings import StorageSettings
from quantum.storage import ANSWERS_PREFIX
from quantum.wire import codec as wire

UNTIL = "emptyuntil"  # metadata: from then on the queue is of no use unless there is something in it
RENEWAL = timedelta(hours=1)  # so much later than its metadata says may be right, which saves a call for each answer
GRACE = timedelta(days=1)
MOST_REMEMBERED = 1_000
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class AzureAnswerQueues:
    """The AnswerQueues port on Azure Storage."""

    def __init__(self, settings: StorageSettings, now: Callable[[], datetime]) -> None:
        options: dict[str, Any] = STORAGE_CALLS
        if settings.connection_string:
            self._service = QueueServiceClient.from_connection_string(settings.connection_string, **options)
        else:
            who = credential(settings.client_id)
            self._service = QueueServiceClient(str(settings.queue), credential=who, **options)
        self._now = now
        self._renewed: dict[str, datetime] = {}

    async def send(self, name: str, message: bytes, keep: timedelta) -> None:
        """Send one message, which is gone after so long; a queue that is not there is made first."""
        queue = f"{ANSWERS_PREFIX}{name}"
        client = self._service.get_queue_client(queue, message_encode_policy=BinaryBase64EncodePolicy())
        try:
            with translated(f"The queue {queue}"):
                await self._send(client, message, keep)
        except (NotFoundError, RefusedError) as error:  # it is being removed, by its owner or by us
            raise ServiceUnavailableError(f"The queue {queue} cannot be used now.", code=error.code) from error

    async def _send(self, client: QueueClient, message: bytes, keep: timedelta) -> None:
        until = self._now() + keep
        if self._renewed.get(client.queue_name, LONG_AGO) < until - RENEWAL:
            await self._renew(client, until)
        try:
            await client.send_message(message, time_to_live=int(keep.total_seconds()))
        except ResourceNotFoundError:  # somebody has removed it since it was made
            await self._renew(client, until)
            await client.send_message(message, time_to_live=int(keep.total_seconds()))

    async def _renew(self, client: QueueClient, until: datetime) -> None:
        """Make the queue, or note on it how long it is of use."""
        metadata = {UNTIL: wire.timestamp(until)}
        try:
            await client.create_queue(metadata=metadata)
        except ResourceExistsError:
            await client.set_queue_metadata(metadata)
        if len(self._renewed) >= MOST_REMEMBERED:
            self._renewed.clear()
        self._renewed[client.queue_name] = until

    async def remove_unused(self, most: int) -> int:
        """Remove queues that are empty and were not used for a while; look closely at so many at most."""
        removed = 0
        with translated("The queues of answers"):
            async for listed in self._service.list_queues(ANSWERS_PREFIX, include_metadata=True):
                if not self._is_due(listed):
                    continue
                if most == 0:
                    break
                most -= 1
                removed += await self._remove_if_empty(self._service.get_queue_client(listed.name))
        return removed

    def _is_due(self, queue: QueueProperties) -> bool:
        """Whether a queue has had its time; one that says nothing of it is somebody else's, and stays."""
        until = (queue.metadata or {}).get(UNTIL, "")
        try:
            return wire.moment(until) + GRACE < self._now()
        except (ValueError, TypeError, OverflowError):  # none, or not as we write it
            return False

    async def _remove_if_empty(self, client: QueueClient) -> bool:
        try:
            queue = await client.get_queue_properties()
            if not self._is_due(queue):
                return False
            if queue.approximate_message_count:  # never fewer than there are
                await self._renew(client, self._now())  # so that others have their turn before it is looked at again
                return False
            self._renewed.pop(client.queue_name, None)
            await client.delete_queue()
        except ResourceNotFoundError:
            return False
        return True

    async def close(self) -> None:
        """Close the connections."""
        await self._service.close()
