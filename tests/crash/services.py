"""Storage and a quantum workspace as processes that tests may end and start again."""

import asyncio
import json
import os
import shutil
import signal
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from tests.crash.relay import HttpMessage, relay

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

ROOT = Path(__file__).parents[2]
WORKSPACE_ACCOUNT = "workspace"
ACCOUNT_KEY = "c3RvcmFnZSBvZiBjcmFzaCB0ZXN0cw=="
SUBSCRIPTION = "00000000-0000-0000-0000-000000000001"
QUEUED, LATE = "ionq.qpu.aria-1", "ionq.qpu.forte-1"
# Jobs there wait for ever, as far as a test is concerned, and are looked at only when something happens.
SLOW = {"queueSeconds": 600, "averageQueueTime": 600}
SLOW_QUEUES = {QUEUED: SLOW, LATE: SLOW}


@dataclass
class Service:
    """A program on fixed ports that is ready when it takes connections."""

    command: list[str]
    ports: list[int]
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start it and wait until it listens."""
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *self.command,
                cwd=ROOT,
                env={**os.environ, **self.environment},
                stdout=log,
                stderr=log,
                start_new_session=True,  # `node` may be a wrapper whose child would outlive it
            )
        for port in self.ports:
            while not await listens(port):
                assert self.process.returncode is None, self.log.read_text()
                await asyncio.sleep(0.03)

    async def end(self, number: signal.Signals) -> None:
        """End it by a signal."""
        if self.process is not None and self.process.returncode is None:
            os.killpg(self.process.pid, number)
            await self.process.wait()


@dataclass
class Services:
    """One Azurite with an account for each lane, and one emulator for all."""

    azurite: Service
    workspace: Service
    storage_urls: dict[str, str]
    emulator: str
    owners: dict[str, Any] = field(default_factory=dict)

    @staticmethod
    def free_port() -> int:
        """Choose a port that nobody listens on."""
        return free_ports(1)[0]

    def connection_string(self, account: str, urls: Mapping[str, str] | None = None) -> str:
        """Name an account of this Azurite, as it can be reached at these addresses."""
        urls = urls or self.storage_urls
        return connection_string(account, urls)

    def settings(self, account: str, urls: Mapping[str, str], workspace: str) -> dict[str, str]:
        """Give the app's settings."""
        return {
            "AzureWebJobsStorage": self.connection_string(account, urls),
            "AZURE_QUANTUM_CONNECTION_STRING": f"SubscriptionId={SUBSCRIPTION};ResourceGroupName=local;"
            f"WorkspaceName={account};ApiKey=k;QuantumEndpoint={workspace}/;",
        }

    async def ledger(self) -> dict[str, dict[str, int]]:
        """Count the jobs made and the executions begun, by job id."""
        async with httpx.AsyncClient(base_url=self.emulator, timeout=30) as admin:
            ledger = (await admin.get("/admin/ledger")).json()
        counts: dict[str, dict[str, int]] = {}
        for column in ("jobs", "executions"):
            for entry in ledger[column]:
                of_job = counts.setdefault(entry["jobId"], {"jobs": 0, "executions": 0})
                of_job[column] += 1
        return counts


def connection_string(account: str, urls: Mapping[str, str]) -> str:
    """Name an account of an Azurite at these addresses."""
    endpoints = "".join(f"{name.title()}Endpoint={urls[name]}/{account};" for name in ("blob", "queue", "table"))
    return f"DefaultEndpointsProtocol=http;AccountName={account};AccountKey={ACCOUNT_KEY};{endpoints}"


@asynccontextmanager
async def running_services(folder: Path, accounts: list[str], targets: Mapping[str, Any]) -> AsyncIterator[Services]:
    """Start both on free ports, with targets that behave like this; everything that they keep is in the folder."""
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    blob, queue, table, port = free_ports(4)
    storage = {"blob": blob, "queue": queue, "table": table}
    azurite = Service(azurite_command(folder, storage), [*storage.values()], folder / "azurite.log")
    azurite.environment = {
        "AZURITE_ACCOUNTS": ";".join(f"{name}:{ACCOUNT_KEY}" for name in (WORKSPACE_ACCOUNT, *accounts))
    }
    urls = {name: f"http://127.0.0.1:{number}" for name, number in storage.items()}
    async with AsyncExitStack() as stack:
        await azurite.start()
        stack.push_async_callback(azurite.end, signal.SIGTERM)
        owners: dict[str, Any] = {}
        blobs = await stack.enter_async_context(relay(urls["blob"], lambda: by_owner(owners)))
        linked = connection_string(WORKSPACE_ACCOUNT, urls | {"blob": blobs})
        emulator = Service(emulator_command(folder, port, linked, targets), [port], folder / "emulator.log")
        await emulator.start()
        stack.push_async_callback(emulator.end, signal.SIGTERM)
        yield Services(azurite, emulator, urls, f"http://127.0.0.1:{port}", owners)


def by_owner(owners: Mapping[str, Any]) -> Any:
    """Let the lane that a job's container belongs to see what its host does there; the emulator itself has a key."""

    async def exchange(request: HttpMessage, answer: "Callable[[], Awaitable[HttpMessage]]") -> HttpMessage:
        container = request.target.split("?")[0].split("/")[2]
        if "sig=" in request.target and container in owners:
            answered: HttpMessage = await owners[container].guarded("job storage", request, answer)
            return answered
        return await answer()

    return exchange


def azurite_command(folder: Path, ports: Mapping[str, int]) -> list[str]:
    """Write the command that starts Azurite on these ports."""
    node = shutil.which("node", path=str(Path(sys.executable).parent)) or shutil.which("node") or "node"
    script = ROOT / "node_modules" / "azurite" / "dist" / "src" / "azurite.js"
    where = [word for name, port in ports.items() for word in (f"--{name}Port", str(port))]
    options = ["--skipApiVersionCheck", "--disableTelemetry", "--silent"]
    return [node, str(script), "--location", str(folder / "azurite"), *where, *options]


def emulator_command(folder: Path, port: int, storage: str, targets: Mapping[str, Any]) -> list[str]:
    """Write the command that starts the emulator on this port, with targets that behave like this."""
    configuration = folder / "emulator.json"
    configuration.write_text(json.dumps({"seed": 7, "targets": targets}))
    options = ["--port", str(port), "--storage", storage, "--state", str(folder / "emulator")]
    return [sys.executable, "-m", "quantum_emulator", *options, "--config", str(configuration), "--key", "k"]


def free_ports(number: int) -> list[int]:
    """Choose ports that nobody listens on."""
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(number)]
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


async def listens(port: int) -> bool:
    """Whether somebody takes connections there."""
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    await writer.wait_closed()
    return True
