"""The product with a container of orders of which Event Grid alone tells, and an Event Grid that tests hold in hand.

The host lists no container. The timer does not ring: a test keeps house, as if some minutes had passed.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from azure.storage.blob.aio import BlobServiceClient
from azure.storage.queue import TextBase64DecodePolicy
from azure.storage.queue.aio import QueueClient

from functions_host.clock import VirtualClock
from functions_host.durable.client_binding import client_binding
from functions_host.host import Host
from local.setup.checkout import ROOT
from local.stack.provision import provision
from quantum import wiring
from quantum.app import App
from quantum.service.housekeeping import keep_house
from quantum.service.lost_uploads import LostUploads
from quantum.settings import read_settings
from quantum.storage import ANSWERS_QUEUE, ORDERS_CONTAINER
from quantum_emulator.server import running
from quantum_emulator.settings import Settings as EmulatorSettings
from tests.support.builders import no_step
from tests.support.faulty import PROGRAM, SIMULATOR

AT_ONCE = 8
RETENTION, REACH = timedelta(days=30), timedelta(days=7)
UNREACHABLE = 503  # what the front end answers where no host listens
OUTPUT = "/blobServices/default/containers/job-{}/blobs/outputData"


@dataclass
class Uploads:
    """The container of orders and its events, the app that can be stopped, and what it answers."""

    storage: str
    state: Path
    settings: Mapping[str, str]
    clock: VirtualClock
    admin: httpx.AsyncClient
    blobs: BlobServiceClient
    answered: QueueClient
    host: Host | None = None
    answers: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    @asynccontextmanager
    async def app(self) -> AsyncIterator[None]:
        """Run the app inside this block; outside of it, nobody listens."""
        async with Host(ROOT, settings=self.settings, state_dir=self.state, clock=self.clock) as self.host:
            yield
        self.host = None

    async def upload(self, name: str, program: str = PROGRAM) -> None:
        """Upload a program; its event is the test's to deliver."""
        blob = self.blobs.get_blob_client(ORDERS_CONTAINER, name)
        await blob.upload_blob(program, metadata={"shots": "10"}, overwrite=True)

    async def change(self, name: str) -> None:
        """Change an upload's metadata: it has another ETag, and there is no event."""
        blob = self.blobs.get_blob_client(ORDERS_CONTAINER, name)
        await blob.set_blob_metadata({"shots": "10", "mtime": "1"})

    async def deliver(self, name: str, *, refused: int | None = None) -> int:
        """Deliver the event of an upload, or have it refused in a way, and give what Event Grid is answered."""
        subject = f"/blobServices/default/containers/{ORDERS_CONTAINER}/blobs/{name}"
        return await self.announce("blobs", "start_from_blob", subject, refused=refused)

    async def announce(self, trigger: str, function: str, subject: str, *, refused: int | None = None) -> int:
        """Deliver an event to a webhook; 401 and 404 are the words of the host, 403 and 503 those before it."""
        if self.host is None:
            return UNREACHABLE
        if refused in {403, UNREACHABLE}:
            return int(refused)
        key = "not the key" if refused == 401 else self.host.system_key
        called = "nobody" if refused == 404 else function
        event = {"subject": subject, "eventType": "Microsoft.Storage.BlobCreated", "data": {"api": "PutBlob"}}
        event |= {"id": "1", "topic": "t", "eventTime": "2026-11-01T08:00:00Z", "dataVersion": ""}
        async with httpx.AsyncClient(timeout=60) as client:
            answer = await client.post(
                f"{self.host.url}/runtime/webhooks/{trigger}?functionName={called}",
                json=[event],
                headers={"x-functions-key": key, "aeg-event-type": "Notification"},
            )
        return answer.status_code

    async def keep_house(self, after: timedelta) -> int:
        """Keep house as if so much time had passed, by the storage's time; gives how many uploads were found."""
        assert self.host is not None
        services = replace(wiring.app().services, now=lambda: datetime.now(UTC) + after)
        binding = client_binding(self.host.url, self.host.hub.settings.hub_name, self.host.system_key)
        lost = LostUploads(App.from_services(services).intake, REACH)
        await keep_house(services, wiring.orchestrations(binding), RETENTION, no_step, lost)
        return lost.handed_over

    async def answers_to(self, names: Sequence[str], seconds: float) -> list[dict[str, Any]]:
        """Wait until each of these uploads is answered; give the jobs as their first answers tell them."""
        paths = [f"{ORDERS_CONTAINER}/{name}" for name in names]
        async with asyncio.timeout(seconds):
            while not self.answers.keys() >= set(paths):
                if not await self._receive():
                    await asyncio.sleep(0.1)
        return [self.answers[path][0] for path in paths]

    async def _receive(self) -> bool:
        got = False
        async for message in self.answered.receive_messages(max_messages=32, visibility_timeout=60):
            got = True
            data = json.loads(message.content)["data"]
            self.answers.setdefault(data["source"]["blob"], []).append(data)
            await self.answered.delete_message(message)
        return got

    async def executions(self) -> list[str]:
        """The ids of the jobs that the workspace has executed, once for each time."""
        ledger = (await self.admin.get("/admin/ledger")).json()
        return [entry["jobId"] for entry in ledger["executions"]]

    async def together(self, *calls: Any) -> list[Any]:
        """Do several things, a few at a time."""
        few = asyncio.Semaphore(AT_ONCE)

        async def one(call: Any) -> Any:
            async with few:
                return await call

        return await asyncio.gather(*map(one, calls))


@asynccontextmanager
async def serve_uploads(storage: str, state: Path) -> AsyncIterator[Uploads]:
    """Bring up everything but the app."""
    await provision(storage)
    clock = VirtualClock(datetime.now(UTC))
    emulated = EmulatorSettings(storage, key="k", settle=True, seed=7, now=clock.now)
    policy = TextBase64DecodePolicy()
    async with (
        running(emulated) as emulator,
        httpx.AsyncClient(base_url=emulator.url) as admin,
        BlobServiceClient.from_connection_string(storage) as blobs,
        QueueClient.from_connection_string(storage, ANSWERS_QUEUE, message_decode_policy=policy) as answered,
    ):
        settings = {
            "AzureWebJobsStorage": storage,
            "FUNCTIONS_KEY": "uploads",
            "FUNCTIONS_HOST_LISTS_BLOBS": "false",
            "AzureWebJobs.housekeeping.Disabled": "true",
            "AZURE_QUANTUM_CONNECTION_STRING": "SubscriptionId=00000000-0000-0000-0000-000000000001;"
            f"ResourceGroupName=local;WorkspaceName=uploads;ApiKey=k;QuantumEndpoint={emulator.url}/;",
        }
        async with wiring.connected(read_settings(settings), clock.now) as services:
            with wiring.standing_in(services):
                yield Uploads(storage, state, settings, clock, admin, blobs, answered)


def a_name(number: int) -> str:
    """The name of an upload."""
    return f"{SIMULATOR}/{number:03}.json"
