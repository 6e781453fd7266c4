"""Wake-ups: the delay from output to answer, with the storage's events and with all of them dropped."""

import asyncio
import json
import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory

import httpx
from azure.storage.queue.aio import QueueClient

from benchmarks.bell import Door, opened
from benchmarks.children import p95
from benchmarks.figures import Figure
from local.stack import Stack

JOBS = 30
# On average: at regular intervals either every job or none would end as another one begins.
CALM_SECONDS = 3.0
BUSY_SECONDS = 1.0  # the stack and its storage keep two cores half busy
EXECUTES_SECONDS = 10.0  # by then the app pauses for two seconds: an immediate answer shows a wake-up
PATIENCE_SECONDS = 60.0
CIRCUIT = json.dumps(
    {"qubits": 2, "circuit": [{"gate": "h", "target": 0}, {"gate": "cnot", "control": 0, "target": 1}]}
)
ORDER = {
    "name": "wake-up",
    "target": "ionq.simulator",
    "shots": 100,
    "input": {"format": "ionq.circuit.v1", "text": CIRCUIT},
}
DEAF = {"AzureWebJobs.wake_from_event.Disabled": "true"}


async def measure() -> Sequence[Figure]:
    """Run the same orders on a stack with events, also three times as fast, and on one without."""
    woken, busy, unheard = await delays_with({}), await delays_with({}, BUSY_SECONDS), await delays_with(DEAF)
    return [
        Figure("output to answer, p95", p95(woken) * 1000, "ms", at_most=250),
        Figure("output to answer, median", median(woken) * 1000, "ms"),
        Figure("output to answer, an order a second, p95", p95(busy) * 1000, "ms"),
        Figure("output to answer, an order a second, median", median(busy) * 1000, "ms"),
        Figure("jobs lost with all events dropped", JOBS - len(unheard), at_most=0),
        Figure("output to answer with all events dropped, p95", p95(unheard) * 1000, "ms"),
    ]


async def delays_with(settings: Mapping[str, str], every_seconds: float = CALM_SECONDS) -> list[float]:
    """Return the seconds from output to answer of every job with an answer."""
    with TemporaryDirectory() as folder:
        async with Stack(Path(folder), settings=settings) as stack, AsyncExitStack() as closing:
            door = await opened(stack, closing)
            workspace = httpx.AsyncClient(base_url=stack.endpoints.workspace.endpoint)
            await closing.enter_async_context(workspace)
            change = {"executionSeconds": EXECUTES_SECONDS}
            (await workspace.patch("/admin/targets/ionq.simulator", json=change)).raise_for_status()
            answered = await answers_to_orders(door, every_seconds)
            ended = await ends(workspace)
    return [at - ended[job_id] for job_id, at in answered.items()]


async def answers_to_orders(door: Door, every_seconds: float) -> Mapping[str, float]:
    """Send the orders at intervals; return the time of each answer by id."""
    random = Random(1)  # noqa: S311  # no secret
    receiving = asyncio.create_task(receive(door.answers))
    for _ in range(JOBS):
        accepted = await door.http.post("/api/jobs", json=ORDER)
        assert accepted.status_code == 202, accepted.text
        await asyncio.sleep(random.uniform(0, 2 * every_seconds))
    return await receiving


async def receive(answers: QueueClient) -> Mapping[str, float]:
    """Receive answers until there is one for each order, or the time is up."""
    received: dict[str, float] = {}
    try:
        async with asyncio.timeout(JOBS * CALM_SECONDS + PATIENCE_SECONDS):
            while len(received) < JOBS:
                async for message in answers.receive_messages(messages_per_page=32):
                    answer = json.loads(message.content)
                    assert answer["type"] == "quantumjobs.job.succeeded", answer
                    received.setdefault(answer["subject"], time.time())
                    await answers.delete_message(message)
                await asyncio.sleep(0.02)
    except TimeoutError:
        pass  # the figures show how many are missing
    return received


async def ends(workspace: httpx.AsyncClient) -> Mapping[str, float]:
    """Return the time of each job's output, by the emulator's ledger."""
    entries = (await workspace.get("/admin/ledger")).raise_for_status().json()["entries"]
    return {
        entry["jobId"]: datetime.fromisoformat(entry["at"]).timestamp()
        for entry in entries
        if entry["event"] == "executionEnded"
    }
