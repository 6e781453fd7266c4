"""Sends orders and receives answers as any caller does, with httpx and the storage SDKs."""

import base64
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx
from azure.storage.blob.aio import BlobServiceClient
from azure.storage.queue.aio import QueueServiceClient

from local.demo.samples import Sample
from local.stack import Endpoints
from quantum.storage import ANSWERS_QUEUE, ORDERS_CONTAINER, ORDERS_QUEUE


class DoorError(Exception):
    """A door refused an order."""


class Caller:
    """A caller with a key of the app and access to its storage account."""

    def __init__(self, api: httpx.AsyncClient, blobs: BlobServiceClient, queues: QueueServiceClient) -> None:
        """Take the clients; `calling` makes them."""
        self._api = api
        self._blobs = blobs
        self._orders = queues.get_queue_client(ORDERS_QUEUE)
        self._answers = queues.get_queue_client(ANSWERS_QUEUE)

    async def send(self, sample: Sample) -> None:
        """Send the sample to its door; raise `DoorError` if the door refuses it."""
        if sample.door == "HTTP":
            await self._post(sample)
        elif sample.door == "blob":
            await self._upload(sample)
        else:
            await self._enqueue(sample)

    async def phases(self) -> Mapping[str, str]:
        """Return the phase of every job, by its name."""
        listed = await self._api.get("/api/jobs")
        _expect(listed, 200)
        return {job["name"]: job["phase"] for job in listed.json()["jobs"]}

    async def take_answers(self) -> list[Mapping[str, Any]]:
        """Receive the available answers, each once."""
        answers = []
        async for message in self._answers.receive_messages():
            answers.append(json.loads(base64.b64decode(message.content)))
            await self._answers.delete_message(message)
        return answers

    async def _post(self, sample: Sample) -> None:
        accepted = await self._api.post("/api/jobs", json=sample.order)
        _expect(accepted, 202)

    async def _upload(self, sample: Sample) -> None:
        blob = self._blobs.get_blob_client(ORDERS_CONTAINER, f"{sample.target}/{sample.file}")
        await blob.upload_blob(sample.text.encode(), metadata={"shots": str(sample.shots)})

    async def _enqueue(self, sample: Sample) -> None:
        await self._orders.send_message(base64.b64encode(json.dumps(sample.order).encode()).decode())


@asynccontextmanager
async def calling(endpoints: Endpoints) -> AsyncIterator[Caller]:
    """Connect to a stack as any caller would."""
    async with (
        httpx.AsyncClient(
            base_url=endpoints.api,
            headers={"x-functions-key": endpoints.function_key},
            timeout=30,
            trust_env=False,  # a proxy cannot reach this machine
        ) as api,
        BlobServiceClient.from_connection_string(endpoints.storage) as blobs,
        QueueServiceClient.from_connection_string(endpoints.storage) as queues,
    ):
        yield Caller(api, blobs, queues)


def _expect(answer: httpx.Response, status: int) -> None:
    if answer.status_code != status:
        raise DoorError(f"{answer.request.method} {answer.request.url.path}: {answer.status_code} {answer.text}")
