"""Outgoing storage queues, with messages in base64 as Functions' own queue bindings use it."""

import base64
from datetime import timedelta
from typing import Any

from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.storage.queue.aio import QueueClient

from quantum.adapters.azure_errors import translated
from quantum.adapters.identity import credential
from quantum.adapters.object_service import ObjectService
from quantum.adapters.retry_budget import STORAGE_CALLS
from quantum.adapters.storage_account import account_of
from quantum.adapters.storage_session import Request
from quantum.settings import StorageSettings

FOREVER = -1
MISSING = 404
HEADERS = {"x-ms-version": "2021-08-06", "Content-Type": "application/xml"}
MESSAGE = b"<QueueMessage><MessageText>%b</MessageText></QueueMessage>"


class AzureQueue:
    """The MessageQueue port on Azure Storage."""

    def __init__(self, settings: StorageSettings, name: str, lifetime: timedelta | None = None) -> None:
        options: dict[str, Any] = STORAGE_CALLS
        if settings.connection_string:
            self._client = QueueClient.from_connection_string(settings.connection_string, name, **options)
        else:
            who = credential(settings.client_id)
            self._client = QueueClient(str(settings.queue), name, credential=who, **options)
        self._name = name
        self._account = account_of(settings, "queue")
        self._service = ObjectService()
        self._what = f"The queue {name}"
        self._lifetime_seconds = int(lifetime.total_seconds()) if lifetime else FOREVER

    async def send(self, message: bytes, *, after: int = 0) -> None:
        """Send a message that becomes visible after `after` seconds, and expires if the queue's messages do."""
        query = f"visibilitytimeout={after}&messagettl={self._lifetime_seconds}"
        body = MESSAGE % base64.b64encode(message)
        request = Request("POST", f"{self._name}/messages", query, body, HEADERS)
        if (await self._service.send(self._account, request, self._what, {MISSING})).status == MISSING:
            with translated(self._what):
                await self._make_queue()
            await self._service.send(self._account, request, self._what)

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
        await self._service.close()
        await self._account.close()

    async def _make_queue(self) -> None:
        try:
            await self._client.create_queue()
        except ResourceExistsError:
            return
