"""Sends an event for every new output to a webhook, as Event Grid does for a storage account's blobs.

Events are hints: each gets a few attempts, none delays a job, and those in flight when the process ends are lost.
The webhook's address may hold a key and is never logged.
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
PAUSES_SECONDS = (0.5, 2.0, 10.0)  # between attempts; Event Grid makes more, with longer pauses
TOPIC = "/subscriptions/local/resourceGroups/local/providers/Microsoft.Storage/storageAccounts/local"
PATIENCE = aiohttp.ClientTimeout(total=30)


class Events:
    """Sends events to one webhook, or to none."""

    def __init__(self, url: str | None, session: aiohttp.ClientSession, addresses: Addresses) -> None:
        self._url = url
        self._session = session
        self._addresses = addresses
        self._sending: set[asyncio.Task[None]] = set()

    def tell(self, job: Job, size: int, at: datetime) -> None:
        """Start to send the event for a job's output."""
        if self._url is not None:
            event = blob_created(job, size, at, self._addresses)
            task = asyncio.create_task(self._deliver(self._url, event), name=f"event of {job.id}")
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)

    async def close(self) -> None:
        """Cancel events in flight."""
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
            log.warning("the event of %s was not delivered: %s", event["subject"], outcome)

    async def _try(self, url: str, event: Json) -> str | None:
        """Deliver once; return the failure, or None."""
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
    """Send events to a webhook, if there is one, until the context ends."""
    async with aiohttp.ClientSession(timeout=PATIENCE) as session:
        events = Events(url, session, addresses)
        try:
            yield events
        finally:
            await events.close()
