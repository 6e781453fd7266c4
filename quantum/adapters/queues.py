"""Outgoing storage queues, with messages in base64 as Functions' own queue bindings use it."""

from datetime import timedelta
from typing import Any

from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.storage.queue import BinaryBase64EncodePolicy
from azure.storage.queue.aio import QueueClient

from quantum.adapters.azure_errors import translated
from quantum.adapters.identity import credential
from quantum.adapters.retry_budget import STORAGE_CALLS
from quantum.settings import StorageSettings

FOREVER = -1


class AzureQueue:
    """The MessageQueue port on Azure Storage."""

    def __init__(self, settings: StorageSettings, name: str, lifetime: timedelta | None = None) -> None:
        options: dict[str, Any] = {"message_encode_policy": BinaryBase64EncodePolicy(), **STORAGE_CALLS}
        if settings.connection_string:
            self._client = QueueClient.from_connection_string(settings.connection_string, name, **options)
        else:
            who = credential(settings.client_id)
            self._client = QueueClient(str(settings.queue), name, credential=who, **options)
        self._what = f"The queue {name}"
        self._lifetime_seconds = int(lifetime.total_seconds()) if lifetime else FOREVER

    async def send(self, message: bytes, *, after: int = 0) -> None:
        """Send a message that becomes visible after `after` seconds, and expires if the queue's messages do."""
        when = {"visibility_timeout": after, "time_to_live": self._lifetime_seconds}
        with translated(self._what):
            try:
                await self._client.send_message(message, **when)
            except ResourceNotFoundError:
                await self._make_queue()
                await self._client.send_message(message, **when)

    async def check(self) -> None:
        """Raise if the queue cannot be used; the first message creates a missing queue."""
        with translated(self._what):
            try:
                await self._client.get_queue_properties()
            except ResourceNotFoundError:
                return

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def _make_queue(self) -> None:
        try:
            await self._client.create_queue()
        except ResourceExistsError:
            return
