"""Callers of a stack: they post orders over HTTP, wait after 429 and 503 for `Retry-After`, and receive the answers.

No call, not even a retry, has an `Idempotency-Key`: work that is left by a shed call is then a job too many.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from azure.storage.queue import TextBase64DecodePolicy
from azure.storage.queue.aio import QueueClient

from benchmarks.measuring.stacks import RunningStack
from local.setup.checkout import ROOT
from quantum.storage import ANSWERS_QUEUE

SHEDS = (429, 503)
LEAST_PAUSE_SECONDS = 0.1
AT_A_TIME = 32  # messages in a request: the most
TARGET = "ionq.simulator"
CIRCUIT = {"qubits": 2, "circuit": [{"gate": "h", "target": 0}, {"gate": "cnot", "control": 0, "target": 1}]}
CHEAP = {
    "name": "burst",
    "target": TARGET,
    "shots": 100,
    "input": {"format": "ionq.circuit.v1", "text": json.dumps(CIRCUIT)},
}  # a circuit that no compiler sees
BELL = {
    "name": "bell",
    "target": TARGET,
    "shots": 1000,
    "input": {"format": "openqasm3", "text": (ROOT / "local" / "programs" / "bell.qasm").read_text(encoding="utf-8")},
}

type Sleep = Callable[[float], Awaitable[object]]


@dataclass
class Callers:
    """What callers have seen: moments are of `time.time()`, durations in seconds."""

    http: httpx.AsyncClient
    answers: QueueClient
    workspace: httpx.AsyncClient
    calls: int = 0
    shed: int = 0
    posting: list[float] = field(default_factory=list)
    posted: dict[str, float] = field(default_factory=dict)
    answered: dict[str, float] = field(default_factory=dict)
    phases: dict[str, str] = field(default_factory=dict)

    async def post(self, order: Mapping[str, Any], sleep: Sleep = asyncio.sleep) -> str:
        """Post an order until it is accepted, and return its id."""
        began = time.time()
        while (reply := await self._call(order)).status_code in SHEDS:
            self.shed += 1
            await sleep(max(float(reply.headers.get("Retry-After", 0)), LEAST_PAUSE_SECONDS))
        assert reply.status_code == 202, reply.text
        job_id = str(reply.json()["id"])
        self.posting.append(time.time() - began)
        self.posted[job_id] = began
        return job_id

    async def post_all(self, order: Mapping[str, Any], count: int, at_once: int) -> None:
        """Post the same order so many times, by callers that each have one call open."""
        places = asyncio.Semaphore(at_once)

        async def one() -> None:
            async with places:
                await self.post(order)

        await asyncio.gather(*(one() for _ in range(count)))

    async def receive(self, count: int, seconds: float) -> None:
        """Receive answers until so many jobs have one, or the time is up: the figures show what is missing."""
        try:
            async with asyncio.timeout(seconds):
                while len(self.answered) < count:
                    if not await self._receive_some():
                        await asyncio.sleep(0.02)
        except TimeoutError:
            return

    async def jobs_in_workspace(self) -> list[str]:
        """Return the ids of all jobs that the workspace was ever sent."""
        ledger = (await self.workspace.get("/admin/ledger")).raise_for_status().json()
        return [job["jobId"] for job in ledger["jobs"]]

    async def requests_to_workspace(self) -> int:
        """Count the requests that the workspace has seen."""
        return int((await self.workspace.get("/admin/requests")).raise_for_status().json()["total"])

    async def change_target(self, **changes: float) -> None:
        """Change how long the target's queue and executions take."""
        (await self.workspace.patch(f"/admin/targets/{TARGET}", json=changes)).raise_for_status()

    async def _call(self, order: Mapping[str, Any]) -> httpx.Response:
        self.calls += 1
        return await self.http.post("/api/jobs", json=order)

    async def _receive_some(self) -> int:
        """Receive what is there; later messages of a job count as one answer."""
        messages = [message async for message in self.answers.receive_messages(max_messages=AT_A_TIME)]
        now = time.time()
        for message in messages:
            answer = json.loads(message.content)
            self.answered.setdefault(answer["subject"], now)
            self.phases[answer["subject"]] = answer["type"].rpartition(".")[2]
        await asyncio.gather(*(self.answers.delete_message(message) for message in messages))
        return len(messages)


@asynccontextmanager
async def callers(stack: RunningStack, connections: int = 16) -> AsyncIterator[Callers]:
    """Connect callers to a stack."""
    limits = httpx.Limits(max_connections=connections)
    headers = {"x-functions-key": stack.function_key}
    decoded = TextBase64DecodePolicy()
    async with (
        httpx.AsyncClient(base_url=stack.api, headers=headers, timeout=120, limits=limits) as http,
        QueueClient.from_connection_string(stack.storage, ANSWERS_QUEUE, message_decode_policy=decoded) as answers,
        httpx.AsyncClient(base_url=stack.workspace["endpoint"], timeout=30) as workspace,
    ):
        yield Callers(http, answers, workspace)
