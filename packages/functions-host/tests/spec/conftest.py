"""The host, in this process, serving the sample app that has one function per trigger."""

import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest
import pytest_asyncio
from azure.storage.blob.aio import BlobServiceClient
from azure.storage.queue.aio import QueueServiceClient

from functions_host.clock import VirtualClock
from functions_host.host import Host
from host_support.triggers_app import TRIGGERS_APP, Queues, Served


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def served(storage_account: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    """Serve the triggers sample app on a virtual clock that tests move by hand."""
    orders_queue = f"orders-{uuid.uuid4().hex[:8]}"
    clock = VirtualClock(datetime(2026, 11, 1, 5, 0, tzinfo=UTC), auto_advance=False)
    settings = {"AzureWebJobsStorage": storage_account, "FUNCTIONS_KEY": "open sesame", "ORDERS_QUEUE": orders_queue}
    state_dir = tmp_path_factory.mktemp("state")
    async with (
        Host(TRIGGERS_APP, settings=settings, state_dir=state_dir, clock=clock) as host,
        httpx.AsyncClient(base_url=host.url) as http,
        QueueServiceClient.from_connection_string(storage_account) as queues,
        BlobServiceClient.from_connection_string(storage_account) as blobs,
    ):
        yield Served(host, clock, http, Queues(queues), blobs, orders_queue)
