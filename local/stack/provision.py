"""Creates the app's containers and queues in a storage account, as the templates in `infra/` do in Azure."""

import asyncio
from contextlib import suppress

from azure.core.exceptions import ResourceExistsError
from azure.storage.blob.aio import BlobServiceClient
from azure.storage.queue.aio import QueueServiceClient

from quantum.storage import ANSWERS_QUEUE, INPUTS_CONTAINER, ORDERS_CONTAINER, ORDERS_QUEUE


async def provision(storage: str) -> None:
    """Create the containers and queues that are not there yet."""
    async with (
        BlobServiceClient.from_connection_string(storage) as blobs,
        QueueServiceClient.from_connection_string(storage) as queues,
        asyncio.TaskGroup() as making,
    ):
        making.create_task(_make_container(blobs, ORDERS_CONTAINER))
        making.create_task(_make_container(blobs, INPUTS_CONTAINER))
        making.create_task(_make_queue(queues, ORDERS_QUEUE))
        making.create_task(_make_queue(queues, ANSWERS_QUEUE))


async def _make_container(blobs: BlobServiceClient, name: str) -> None:
    with suppress(ResourceExistsError):
        await blobs.create_container(name)


async def _make_queue(queues: QueueServiceClient, name: str) -> None:
    with suppress(ResourceExistsError):
        await queues.create_queue(name)
