"""Tells a webhook of every output that has appeared, as Event Grid tells subscribers of a storage account's blobs.

Events are hints: each is tried a few times, none holds up a job, and those still on their way when the process ends
are lost. The webhook's address may carry a key and is never logged.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from uuid import uuid4

import aiohttp

from quantum_emulator.jobs import Addresses, Job, Json, instant

log = logging.getLogger(__name__)

HEADERS = {"aeg-event-type": "Notification"}
PAUSES_SECONDS = (0.5, 2.0, 10.0)  # between the tries; Event Grid's own are longer and more
TOPIC = "/subscriptions/local/resourceGroups/local/providers/Microsoft.Storage/storageAccounts/local"
PATIENCE = aiohttp.ClientTimeout(total=30)


class Events:
    """Sends to one webhook, or nowhere."""

    def __init__(self, url: str | None, session: aiohttp.ClientSession, addresses: Addresses) -> None:
        self._url = url
        self._session = session
        self._addresses = addresses
        self._sending: set[asyncio.Task[None]] = set()

    def tell(self, job: Job, size: int, at: datetime) -> None:
        """Begin to tell that a job's output has appeared."""
        if self._url is not None:
            event = blob_created(job, size, at, self._addresses)
            task = asyncio.create_task(self._deliver(self._url, event), name=f"event of {job.id}")
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)

    async def close(self) -> None:
        """Give up what is still on its way."""
        for task in self._sending:
            task.cancel()
        await asyncio.gather(*self._sending, return_exceptions=True)

    async def _deliver(self, url: str, event: Json) -> None:
        outcome = await self._try(url, event)
        for pause in PAUSES_SECONDS:
            if outcome is None or outcome.startswith("4"):
                break
            await asyncio.sleep(pause)
            outcome = await self._try(url, event)
        if outcome is not None:
            log.warning("nobody took the event of %s: %s", event["subject"], outcome)

    async def _try(self, url: str, event: Json) -> str | None:
        """Deliver once; what went wrong, or None."""
        try:
            async with self._session.post(url, json=[event], headers=HEADERS) as reply:
                return None if reply.ok else f"{reply.status} {reply.reason}"
        except (aiohttp.ClientError, TimeoutError) as error:
            return type(error).__name__


def blob_created(job: Job, size: int, at: datetime, addresses: Addresses) -> Json:
    """The event in the Event Grid schema, as `Microsoft.Storage.BlobCreated` is documented."""
    return {
        "id": str(uuid4()),
        "topic": TOPIC,
        "subject": f"/blobServices/default/containers/{job.container}/blobs/{job.output_blob}",
        "eventType": "Microsoft.Storage.BlobCreated",
        "eventTime": instant(at),
        "dataVersion": "",
        "metadataVersion": "1",
        "data": {
            "api": "PutBlob",
            "contentType": "application/octet-stream",
            "contentLength": size,
            "blobType": "BlockBlob",
            "url": addresses.blob(job.container, job.output_blob),
        },
    }


@asynccontextmanager
async def telling(url: str | None, addresses: Addresses) -> AsyncIterator[Events]:
    """Tell a webhook, or nobody where there is none, until the context ends."""
    async with aiohttp.ClientSession(timeout=PATIENCE) as session:
        events = Events(url, session, addresses)
        try:
            yield events
        finally:
            await events.close()
