"""The whole product in one process, for stories about it: the app on the embedded host, the emulator, real Azurite.

Time is virtual and shared: it stands still while anything is in flight and skips what would be waited for.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from azure.core.exceptions import ResourceExistsError
from azure.storage.blob.aio import BlobServiceClient
from azure.storage.queue import TextBase64DecodePolicy, TextBase64EncodePolicy
from azure.storage.queue.aio import QueueClient

from functions_host.clock import VirtualClock
from functions_host.durable.client_binding import client_binding
from functions_host.durable.errors import InstanceNotFoundError
from functions_host.durable.status import Filter
from functions_host.host import Host
from quantum import wiring
from quantum.ports import Orchestrations
from quantum.service.housekeeping import keep_house
from quantum.settings import read_settings
from quantum.telemetry.names import NoopTelemetry, Telemetry
from quantum_emulator.server import running
from quantum_emulator.settings import Settings as EmulatorSettings
from quantum_emulator.vault.server import Running as Vault
from tests.support.builders import no_step
from tests.support.vaulted import APP, APP_SECRET, TENANT, TOKEN_KEY, vaulted

ROOT = Path(__file__).parents[2]
START = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)
RETENTION = timedelta(days=30)
NOTIFICATION = {"aeg-event-type": "Notification"}
PATIENCE_SECONDS = 60  # of real time, for what takes a fraction of it

BELL = 'OPENQASM 3.0;\ninclude "stdgates.inc";\nqubit[2] q;\nbit[2] c;\nh q[0];\ncx q[0], q[1];\nc = measure q;\n'
ONE_OF_THREE = json.dumps({"qubits": 3, "circuit": [{"gate": "x", "target": 0}]})
SIMULATOR, QPU, OTHER_QPU = "ionq.simulator", "ionq.qpu.aria-1", "ionq.qpu.forte-1"


def circuit(**changes: Any) -> dict[str, Any]:
    """An order that needs no compiler: one of three qubits is flipped."""
    flipped = {"name": "circuit", "shots": 10, "input": {"format": "ionq.circuit.v1", "text": ONE_OF_THREE}}
    return bell(**flipped | changes)


def bell(**changes: Any) -> dict[str, Any]:
    """An order for a Bell pair, with some of its fields changed."""
    order = {"name": "bell", "target": SIMULATOR, "shots": 100, "input": {"format": "openqasm3", "text": BELL}}
    return order | changes


@dataclass
class Product:
    """The doors, as the people who use them have them."""

    host: Host
    clock: VirtualClock
    api: httpx.AsyncClient
    admin: httpx.AsyncClient
    orders: QueueClient
    answered: QueueClient
    blobs: BlobServiceClient
    vault: Vault
    answers: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def time_held(self) -> AbstractContextManager[None]:
        """Keep time from passing inside this block."""
        return self.clock.busy()

    async def at(self, when: datetime, action: Callable[[], Awaitable[object]]) -> None:
        """Do something when a moment has come, while time stands still."""
        await self.clock.wait_until(when)
        with self.clock.busy():
            await action()

    @property
    def orchestrations(self) -> Orchestrations:
        """The durable engine, through the SDK's own client."""
        binding = client_binding(self.host.url, self.host.hub.settings.hub_name, self.host.system_key)
        return wiring.orchestrations(binding)

    async def keep_house(
        self, after: timedelta = timedelta(minutes=3), retention: timedelta = RETENTION
    ) -> Mapping[str, int]:
        """Keep house as if so much time had passed, without the timer."""
        later = replace(wiring.app().services, now=lambda: self.clock.now() + after)
        return await keep_house(later, self.orchestrations, retention, no_step)

    async def kill(self, job_id: str) -> None:
        """End a job's orchestration as an operator can."""
        await self.host.hub.terminate(job_id, "killed")
        await self.host.hub.wait_for(job_id)

    async def come_to_rest(self) -> None:
        """Wait until no orchestration runs, so that the next story meets none of this one's orders."""
        for status in self.host.hub.list(Filter(statuses=["Pending", "Running"])).statuses:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self.host.hub.wait_for(status["instanceId"])

    async def announce(self, trigger: str, function: str, *events: Any, **headers: str) -> httpx.Response:
        """Deliver events to a webhook of the host (`blobs` or `EventGrid`), as Event Grid does."""
        address = f"{self.host.url}/runtime/webhooks/{trigger}?functionName={function}"
        headers = {"x-functions-key": self.host.system_key} | (headers or NOTIFICATION)
        return await self.api.post(address, json=events, headers=headers)

    async def submit(self, order: Mapping[str, Any], key: str | None = None) -> dict[str, Any]:
        """Hand in an order by HTTP and give its job."""
        answer = await self.post(order, key)
        assert answer.status_code == 202, answer.text
        job: dict[str, Any] = answer.json()
        return job

    async def post(self, order: Mapping[str, Any] | bytes, key: str | None = None) -> httpx.Response:
        """Hand in an order, or anything else, by HTTP."""
        body = order if isinstance(order, bytes) else json.dumps(order).encode()
        return await self.api.post("/jobs", content=body, headers={"Idempotency-Key": key} if key else {})

    async def send(self, message: str) -> str:
        """Put a message on the queue of orders and give its id."""
        sent = await self.orders.send_message(message)
        return str(sent.id)

    async def upload(self, name: str, content: bytes | str, **metadata: str) -> None:
        """Upload a file to the container of orders."""
        await self.blobs.get_blob_client("orders", name).upload_blob(content, metadata=metadata, overwrite=True)

    async def job(self, job_id: str) -> dict[str, Any]:
        """Look a job up."""
        answer = await self.api.get(f"/jobs/{job_id}")
        assert answer.status_code == 200, answer.text
        job: dict[str, Any] = answer.json()
        return job

    async def job_in(self, job_id: str, *phases: str, step: timedelta = timedelta()) -> dict[str, Any]:
        """Wait until a job is in one of these phases; where time is held, a step of it may pass with every look."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while (job := await self.job(job_id))["phase"] not in phases:
                self.clock.advance(step)
        return job

    async def cancel(self, job_id: str) -> httpx.Response:
        """Ask for a job to be cancelled."""
        return await self.api.post(f"/jobs/{job_id}/cancel")

    async def answer_to(self, **source: str) -> dict[str, Any]:
        """Wait for the answer about a job, by its id, its phase or what its `source` says."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while (answer := self._received(source)) is None:
                with suppress(InstanceNotFoundError):
                    # Before that it is not sent, and a look at the queue takes as much work as a step of the app.
                    await self.host.hub.wait_for(source.get("id", ""))
                await self.receive()
        return answer

    def _received(self, source: Mapping[str, str]) -> dict[str, Any] | None:
        for answers in self.answers.values():
            data = answers[0]["data"]
            if source.items() <= {"id": data["id"], "phase": data["phase"], **data["source"]}.items():
                return answers[0]
        return None

    async def receive(self) -> None:
        """Take what answers there are off the queue."""
        async for message in self.answered.receive_messages(max_messages=32, visibility_timeout=30):
            answer = json.loads(message.content)
            self.answers.setdefault(answer["id"], []).append(answer)
            await self.answered.delete_message(message)

    async def ended(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """Run an order to its end and give the job as its answer tells it."""
        job = await self.submit(order)
        answer = await self.answer_to(id=job["id"])
        data: dict[str, Any] = answer["data"]
        return data

    async def set_target(self, target: str, **behaviour: Any) -> None:
        """Change how a target of the workspace behaves."""
        answer = await self.admin.patch(f"/admin/targets/{target}", json=behaviour)
        assert answer.status_code == 200, answer.text

    async def add_fault(self, **fault: Any) -> None:
        """Make the next calls that fit go wrong."""
        answer = await self.admin.post("/admin/faults", json=fault)
        assert answer.status_code == 200, answer.text

    async def calls(self, operation: str) -> int:
        """How often the workspace was asked for an operation."""
        counted = (await self.admin.get("/admin/requests")).json()["operations"]
        return int(counted.get(operation, 0))

    async def ledger(self, *job_ids: str) -> dict[str, list[dict[str, Any]]]:
        """What the workspace has created and executed, of these jobs or of all."""
        ledger = (await self.admin.get("/admin/ledger")).json()
        return {
            name: [entry for entry in ledger[name] if not job_ids or entry["jobId"] in job_ids]
            for name in ("jobs", "executions")
        }


@asynccontextmanager
async def serve_product(
    storage: str, state_dir: Path, telemetry: Telemetry | None = None, settings: Mapping[str, str] | None = None
) -> AsyncIterator[Product]:
    """Bring the product up on free ports, with time that starts at START."""
    clock = VirtualClock(START)
    emulator_settings = EmulatorSettings(storage, key="k", token_key=TOKEN_KEY, settle=True, seed=7, now=clock.now)
    # azure-identity lives in the machine's time: where ours flies, no token may end of its own accord.
    vault_served = vaulted(state_dir / "vault", clock.now, lifetime=10 * 366 * 86_400)
    async with running(emulator_settings) as emulator, vault_served as vault:
        app_settings = {
            "KEY_VAULT_URL": vault.url,
            "AZURE_AUTHORITY_HOST": vault.url,
            "TLS_CA_FILE": str(vault.ca_file),
            "WORKSPACE_ENDPOINTS": emulator.url,
            "AZURE_TENANT_ID": TENANT,  # who the app is towards the vault
            "AZURE_CLIENT_ID": APP,
            "AZURE_CLIENT_SECRET": APP_SECRET,
            "AzureWebJobsStorage": storage,
            "FUNCTIONS_KEY": "spec",
            "AZURE_QUANTUM_CONNECTION_STRING": "SubscriptionId=00000000-0000-0000-0000-000000000001;"
            f"ResourceGroupName=local;WorkspaceName=spec;ApiKey=k;QuantumEndpoint={emulator.url}/;",
            **(settings or {}),
        }
        async with (
            _adapters(app_settings, clock, telemetry or NoopTelemetry()),
            Host(ROOT, settings=app_settings, state_dir=state_dir, clock=clock) as host,
            httpx.AsyncClient(base_url=f"{host.url}/api", headers={"x-functions-key": "spec"}, timeout=30) as api,
            httpx.AsyncClient(base_url=emulator.url) as admin,
            _queue(storage, "job-orders") as orders,
            _queue(storage, "job-answers") as answered,
            BlobServiceClient.from_connection_string(storage) as blobs,
        ):
            yield Product(host, clock, api, admin, orders, answered, blobs, vault)


@asynccontextmanager
async def _adapters(settings: Mapping[str, str], clock: VirtualClock, telemetry: Telemetry) -> AsyncIterator[None]:
    """Give the app adapters for as long as anything of it runs, which is longer than the test."""
    async with wiring.connected(read_settings(settings), clock.now) as services:
        with wiring.standing_in(replace(services, telemetry=telemetry)):
            yield


@asynccontextmanager
async def _queue(storage: str, name: str) -> AsyncIterator[QueueClient]:
    policies = {"message_encode_policy": TextBase64EncodePolicy(), "message_decode_policy": TextBase64DecodePolicy()}
    async with QueueClient.from_connection_string(storage, name, **policies) as queue:
        try:
            await queue.create_queue()
        except ResourceExistsError:
            await queue.clear_messages()
        yield queue


def phases_of(job: Mapping[str, Any]) -> list[str]:
    """The phases that a job went through, in order."""
    return [entry["phase"] for entry in job["history"]]


def minutes(number: float) -> timedelta:
    """So many minutes."""
    return timedelta(minutes=number)
