"""The storage queue that answers are sent to, base64 as Functions' own queue bindings write it."""

import json
from collections.abc import Mapping
from typing import Any

from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.storage.queue import TextBase64EncodePolicy
from azure.storage.queue.aio import QueueClient

from quantum.adapters.azure_errors import STORAGE_RETRIES, translated
from quantum.adapters.identity import credential
from quantum.settings import ANSWERS_QUEUE, StorageSettings

WHAT = "The answer queue"
FOREVER = -1


class AzureAnswerQueue:
    """The AnswerQueue port on Azure Storage."""

    def __init__(self, settings: StorageSettings) -> None:
        options: dict[str, Any] = {"message_encode_policy": TextBase64EncodePolicy(), **STORAGE_RETRIES}
        if settings.connection_string:
            self._client = QueueClient.from_connection_string(settings.connection_string, ANSWERS_QUEUE, **options)
        else:
            who = credential(settings.client_id)
            self._client = QueueClient(str(settings.queue), ANSWERS_QUEUE, credential=who, **options)

    async def send(self, answer: Mapping[str, Any]) -> None:
        """Send one CloudEvents envelope; it stays until somebody takes it."""
        text = json.dumps(answer, separators=(",", ":"))
        with translated(WHAT):
            try:
                await self._client.send_message(text, time_to_live=FOREVER)
            except ResourceNotFoundError:
                await self._make_queue()
                await self._client.send_message(text, time_to_live=FOREVER)

    async def check(self) -> None:
        """Raise if the queue cannot be used; one that is not there yet is made by the first answer."""
        with translated(WHAT):
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
