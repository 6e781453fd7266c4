"""One Bell order: from POST to the answer on the queue, and where the time goes on the way."""

import asyncio
import json
import time
import uuid
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import httpx
from azure.storage.queue import TextBase64DecodePolicy
from azure.storage.queue.aio import QueueClient

from benchmarks.children import p95
from benchmarks.figures import Figure
from local.setup.checkout import ROOT
from local.stack import Stack
from quantum.storage import ANSWERS_QUEUE

ORDERS = 20
PROGRAM = (ROOT / "local" / "programs" / "bell.qasm").read_text(encoding="utf-8")
PARTS = {
    "compile": "door: check, compile, keep, claim, start",
    "stage_input": "upload: stage_input",
    "submit_job": "submit: submit_job",
    "check_job": "look: check_job, all looks",
    "pause": "wait: pauses between looks",
    "collect_result": "collect: collect_result",
    "send_answer": "announce: send_answer, with the record of the end",
    "rest": "the durable engine, and the queue",
}


@dataclass(frozen=True)
class Door:
    """A caller's access to a running stack: HTTP with both keys, and the answers' queue."""

    http: httpx.AsyncClient
    system_key: str
    answers: QueueClient


async def measure() -> Sequence[Figure]:
    """Send orders one after the other to a local stack whose target has no queue."""
    with TemporaryDirectory() as folder:
        async with Stack(Path(folder)) as stack, AsyncExitStack() as closing:
            door = await opened(stack, closing)
            first = (await spent_on(door))["all"]
            orders = [await spent_on(door) for _ in range(ORDERS)]
    totals = [order["all"] for order in orders]
    return [
        Figure("POST to answer, p95", p95(totals), "s", at_most=2.5),
        Figure("POST to answer, median", median(totals), "s"),
        Figure("POST to answer, the first order of all", first, "s"),
        *(Figure(f"  {text}", median(order[part] for order in orders) * 1000, "ms") for part, text in PARTS.items()),
    ]


async def opened(stack: Stack, closing: AsyncExitStack) -> Door:
    """Connect to a stack as its callers do; the system key opens the histories of the durable engine."""
    where = stack.endpoints
    http = httpx.AsyncClient(base_url=where.api, headers={"x-functions-key": where.function_key}, timeout=30)
    await closing.enter_async_context(http)
    decoded = TextBase64DecodePolicy()
    answers = QueueClient.from_connection_string(where.storage, ANSWERS_QUEUE, message_decode_policy=decoded)
    await closing.enter_async_context(answers)
    return Door(http, stack.system_key, answers)


async def spent_on(door: Door) -> Mapping[str, float]:
    """Send one order, wait for its answer, and return the seconds of each part."""
    order = {"name": "bell", "target": "ionq.simulator", "shots": 1000}
    posted, began = datetime.now(UTC), time.perf_counter()
    document = order | {"input": {"format": "openqasm3", "text": PROGRAM}}
    accepted = await door.http.post("/api/jobs", json=document, headers={"Idempotency-Key": str(uuid.uuid4())})
    assert accepted.status_code == 202, accepted.text
    answer = await answer_of(door.answers, accepted.json()["id"])
    total = time.perf_counter() - began
    assert answer["type"] == "quantumjobs.job.succeeded", answer
    spent = seconds_by_part(posted, await history_of(door, answer["subject"]))
    return spent | {"rest": total - sum(spent.values()), "all": total}


async def answer_of(answers: QueueClient, job_id: str) -> Any:
    """Wait for a job's answer on the queue."""
    async with asyncio.timeout(60):
        while True:
            async for message in answers.receive_messages(max_messages=1):
                await answers.delete_message(message)
                answer = json.loads(message.content)
                if answer["subject"] == job_id:
                    return answer
            await asyncio.sleep(0.01)


async def history_of(door: Door, job_id: str) -> Sequence[Mapping[str, Any]]:
    """Read an orchestration's history, once it has recorded the end."""
    url = f"/runtime/webhooks/durabletask/instances/{job_id}?showHistory=true"
    async with asyncio.timeout(10):
        while True:
            reply = await door.http.get(url, headers={"x-functions-key": door.system_key})
            if reply.status_code == 200:
                return list(reply.json()["historyEvents"])
            await asyncio.sleep(0.05)


def seconds_by_part(posted: datetime, history: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """Add up the time before the orchestration began, of each activity from call to outcome, and of the pauses."""
    spent = dict.fromkeys(PARTS, 0.0)
    former = posted
    for event in history:
        at = datetime.fromisoformat(event["Timestamp"])
        if event["EventType"] == "TaskCompleted":
            began = datetime.fromisoformat(event["ScheduledTime"])
            spent[event["FunctionName"]] += (at - began).total_seconds()
        elif event["EventType"] == "ExecutionStarted":
            spent["compile"] = (at - posted).total_seconds()
        elif event["EventType"] == "TimerFired":
            spent["pause"] += (at - former).total_seconds()
        former = at
    return spent
