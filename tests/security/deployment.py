"""A deployment to attack: storage, the workspace and the app's host as real processes, the host logging at DEBUG.

Every secret that it is given can be recognised, so that a test can look for it wherever it should not be.
"""

import asyncio
import json
import os
import re
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from azure.storage.blob.aio import BlobServiceClient
from azure.storage.queue import TextBase64DecodePolicy
from azure.storage.queue.aio import QueueClient

from embedded_server.azurite import ACCOUNT_KEY
from embedded_server.files import write_privately
from local.stack.stack import Stack
from tests.support.vaulted import APP, GUEST, GUEST_SECRET, TENANT, vaulted

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 60
COMPILE_SECONDS = 2
LAST_LINE = b"send_answer: activity\n"  # of what the host says once it serves
FUNCTION_KEY, MASTER_KEY, SYSTEM_KEY = (f"canary.{name}-key/with+signs=" for name in ("function", "master", "system"))
CLIENT_SECRET = "canary.client~secret"

BELL = 'OPENQASM 3.0;\ninclude "stdgates.inc";\nqubit[2] q;\nbit[2] c;\nh q[0];\ncx q[0], q[1];\nc = measure q;\n'
ANY_ID = "0c6f3a52-5f5e-5a1c-9d7e-7a2f1b0c4d11"
IN_PIECES: dict[str, Any] = {"max_single_put_size": 2**20, "max_block_size": 2**20}  # aiohttp warns above
FLIP = json.dumps({"qubits": 1, "circuit": [{"gate": "x", "target": 0}]})
FINAL = {"succeeded", "failed", "cancelled", "rejected", "expired"}


def bell(**changes: Any) -> dict[str, Any]:
    """An order for a Bell pair, with some of its fields changed."""
    order = {"name": "bell", "target": "ionq.simulator", "shots": 10, "input": {"format": "openqasm3", "text": BELL}}
    return order | changes


def deed(words: str) -> dict[str, Any]:
    """An order whose program is what the stand-in in the compiler's place is to do; see `tests/stand_in_compiler`."""
    return bell(input={"format": "openqasm2", "text": words})


def flip(**changes: Any) -> dict[str, Any]:
    """An order that needs no compiler: where only its neighbours are of interest, and on a busy machine."""
    return bell(name="flip", input={"format": "ionq.circuit.v1", "text": FLIP}) | changes


@dataclass(repr=False)
class Deployment:
    """The deployment as its callers and its owner have it.

    `log` is all that the host ever wrote, `heard` all that `api` was ever answered, headers and bodies, `answered` what
    came out of the queue of answers.
    """

    state: Path
    settings: Mapping[str, str]
    storage: str
    workspace_key: str
    url: str
    pid: int
    greeting: str
    log: Path
    api: httpx.AsyncClient
    admin: httpx.AsyncClient
    blobs: BlobServiceClient
    orders: QueueClient
    answers: QueueClient
    responses: list[str]
    answered: list[str] = field(default_factory=list)

    @property
    def secrets(self) -> Mapping[str, str]:
        """Everything that nobody should ever read, by what it is."""
        return {
            "storage account key": ACCOUNT_KEY,
            "workspace key": self.workspace_key,
            "function key": FUNCTION_KEY,
            "master key": MASTER_KEY,
            "system key": SYSTEM_KEY,
            "tenant secret": CLIENT_SECRET,
            "own workspace's secret": GUEST_SECRET,
        }

    @property
    def routes(self) -> list[tuple[str, str]]:
        """The methods and paths of all HTTP functions, as the host itself lists them; PATCH stands for any method."""
        listed = re.findall(r"^  \w+: \[(.+)\] (/\S+)$", self.greeting, re.MULTILINE)
        methods_and_paths = [(methods.replace("any method", "PATCH"), path) for methods, path in listed]
        return [
            (method, path.replace("{id}", ANY_ID).replace("{*path}", "nowhere"))
            for methods, path in methods_and_paths
            for method in methods.split(", ")
        ]

    async def post(self, order: Mapping[str, Any] | bytes, **headers: str) -> httpx.Response:
        """Hand in an order, or anything else, by HTTP."""
        body = order if isinstance(order, bytes) else json.dumps(order).encode()
        return await self.api.post("/api/jobs", content=body, headers=headers)

    def own(self, **changes: Any) -> dict[str, Any]:
        """A workspace as its owner adds it."""
        place = "/subscriptions/00000000-0000-0000-0000-000000000002/resourceGroups/lab/providers/Microsoft.Quantum"
        endpoint = self.settings["WORKSPACE_ENDPOINTS"]
        who = {"tenantId": TENANT, "clientId": GUEST, "clientSecret": GUEST_SECRET}
        return {"resourceId": f"{place}/Workspaces/canary", "endpoint": endpoint, **who} | changes

    async def logged(self, *parts: str) -> str:
        """Wait until the log has all of these, in any case, and return it: a request is logged after its response."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not all(part.lower() in self.log.read_text().lower() for part in parts):  # noqa: ASYNC110
                await asyncio.sleep(0.05)  # what another process writes cannot be waited for
        return self.log.read_text()

    async def ended(self, job_id: str) -> dict[str, Any]:
        """Wait for the end of a job."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while (job := (await self.api.get(f"/api/jobs/{job_id}")).json())["phase"] not in FINAL:  # noqa: ASYNC110
                await asyncio.sleep(0.1)  # the API has no long poll
        ended: dict[str, Any] = job
        return ended

    async def answer_to(self, **source: str) -> dict[str, Any]:
        """Wait for the answer about a job, by its id or by what its `source` says."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                for text in self.answered:
                    data: dict[str, Any] = json.loads(text)["data"]
                    if source.items() <= {"id": data["id"], **data["source"]}.items():
                        return data
                await self._receive()

    async def _receive(self) -> None:
        """Take answers off the queue, and keep them as they came."""
        async for message in self.answers.receive_messages(max_messages=32):
            self.answered.append(message.content)
            await self.answers.delete_message(message)

    async def answers_about(self, job_id: str) -> int:
        """How many answers there are about a job by now."""
        await self._receive()
        return sum(json.loads(text)["subject"] == job_id for text in self.answered)

    def memory(self, kind: str = "VmRSS") -> float:
        """The host's resident memory in MiB; `VmHWM` is the most that it ever was."""
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(f"{kind}:")) / 1024

    def forget_peak(self) -> None:
        """Let `VmHWM` begin anew."""
        Path(f"/proc/{self.pid}/clear_refs").write_text("5")

    def processor_seconds(self) -> float:
        """The processor time that the host itself has used; unlike the clock's, it is the same on a busy machine."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def templates(self) -> list[int]:
        """The processes that the host has started and that still run: at most the compiler's template."""
        return children_of(self.pid)

    def compilers(self) -> list[int]:
        """The programs that are under way in the compiler's box."""
        return [child for template in self.templates() for child in children_of(template)]


def children_of(pid: int) -> list[int]:
    """The processes that a process has started and that still run."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


@asynccontextmanager
async def deployed(state: Path) -> AsyncIterator[Deployment]:
    """Bring it up on free ports, with its state in a folder."""
    async with Stack(state, app=None) as stack, vaulted(state / "vault", token_key=stack.token_key) as vault:
        where = stack.endpoints
        vault.directory.add(APP, CLIENT_SECRET, may_use_vault=True)
        settings = {
            "AzureWebJobsStorage": where.storage,
            "AZURE_QUANTUM_CONNECTION_STRING": where.workspace.connection_string,
            "FUNCTIONS_KEY": FUNCTION_KEY,
            "AZURE_CLIENT_SECRET": CLIENT_SECRET,
            "AZURE_CLIENT_ID": APP,
            "AZURE_TENANT_ID": TENANT,
            "AZURE_AUTHORITY_HOST": vault.url,
            "KEY_VAULT_URL": vault.url,
            "TLS_CA_FILE": str(vault.ca_file),
            "WORKSPACE_ENDPOINTS": where.own.endpoint,
            "COMPILE_SECONDS": str(COMPILE_SECONDS),
            "PYTHONPATH": str(ROOT),
        }
        (state / "host").mkdir()
        keys = {"function": "not used", "master": MASTER_KEY, "system": SYSTEM_KEY}
        write_privately(state / "host" / "keys.json", json.dumps(keys))
        log, responses = state / "logs" / "host.log", list[str]()

        async def hear(response: httpx.Response) -> None:
            body = (await response.aread()).decode(errors="replace")
            responses.append(f"{response.headers.raw}\n{body}")

        policy = TextBase64DecodePolicy()
        async with (
            _host(state / "host", log, settings) as (process, greeting),
            _caller(_url(greeting), hear) as api,
            httpx.AsyncClient(base_url=where.workspace.endpoint) as admin,
            BlobServiceClient.from_connection_string(where.storage, **IN_PIECES) as blobs,
            QueueClient.from_connection_string(where.storage, "job-orders") as orders,
            QueueClient.from_connection_string(where.storage, "job-answers", message_decode_policy=policy) as answers,
        ):
            yield Deployment(
                state=state,
                settings=settings,
                storage=where.storage,
                workspace_key=where.workspace.key,
                url=_url(greeting),
                pid=process.pid,
                greeting=greeting,
                log=log,
                api=api,
                admin=admin,
                blobs=blobs,
                orders=orders,
                answers=answers,
                responses=responses,
            )


def _url(greeting: str) -> str:
    return greeting.splitlines()[0].removeprefix("Serving on ")


def _caller(url: str, hear: Callable[[httpx.Response], Awaitable[None]]) -> httpx.AsyncClient:
    headers, hooks = {"x-functions-key": FUNCTION_KEY}, {"response": [hear]}
    return httpx.AsyncClient(base_url=url, headers=headers, timeout=PATIENCE_SECONDS, event_hooks=hooks)


@asynccontextmanager
async def _host(state: Path, log: Path, settings: Mapping[str, str]) -> AsyncIterator[tuple[Process, str]]:
    command = [
        sys.executable,
        str(Path(__file__).with_name("host_at_debug.py")),
        "run",
        str(ROOT),
        "--verbose",
        "--port",
        "0",
    ]
    with log.open("wb") as written:
        process = await asyncio.create_subprocess_exec(
            *command, "--state", str(state), env={**os.environ, **settings}, stdout=PIPE, stderr=written
        )
        assert process.stdout is not None
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                greeting = (await process.stdout.readuntil(LAST_LINE)).decode()
            assert greeting.startswith("Serving on "), log.read_text()[-2000:]  # noqa: ASYNC240
            yield process, greeting
        finally:
            if process.returncode is None:
                process.terminate()
            output, _ = await process.communicate()
            written.write(output)
