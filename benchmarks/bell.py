"""One Bell order on an idle stack: from POST to the answer on the queue, and where the time goes on the way."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime
from statistics import median
from typing import Any

import httpx

from benchmarks.measuring.figures import Figure, p95
from benchmarks.measuring.orders import BELL, Callers, callers
from benchmarks.measuring.stacks import RunningStack, Stacks

ORDERS = 20
PATIENCE_SECONDS = 60.0
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


async def measure(stacks: Stacks) -> AsyncIterator[Figure]:
    """Send orders to both revisions in turn, the next one when the last has its answer."""
    firsts = [await seconds_on(stack) for stack in stacks.sides]
    turns = [[await seconds_on(stack) for stack in stacks.sides] for _ in range(ORDERS)]
    totals, *former = ([turn[side] for turn in turns] for side in range(len(firsts)))
    before = median(former[0]) if former else None
    yield Figure("POST to answer, median", median(totals), "s", at_most=0.5, former=before, relative=True)
    yield Figure("POST to answer, p95", p95(totals), "s", at_most=2.5)
    yield Figure("POST to answer, the first order of all", firsts[0], "s", former=firsts[1] if former else None)
    spent = [await spent_on(stacks.ours) for _ in range(ORDERS // 2)]
    for part in dict.fromkeys([*PARTS, *(part for order in spent for part in order)]):
        yield Figure(f"  {PARTS.get(part, part)}", median(order.get(part, 0.0) for order in spent) * 1000, "ms")


async def seconds_on(stack: RunningStack) -> float:
    """Send one order, and wait for its answer."""
    async with callers(stack) as caller:
        return (await answered(caller))[1]


async def answered(caller: Callers) -> tuple[str, float]:
    """Send one order on a connection that is open; return its id and the seconds to its answer."""
    await caller.http.get("/api/health")
    receiving = asyncio.create_task(caller.receive(1, PATIENCE_SECONDS))
    began = time.time()
    job_id = await caller.post(BELL)
    await receiving
    assert caller.phases == {job_id: "succeeded"}, caller.phases
    return job_id, caller.answered[job_id] - began


async def spent_on(stack: RunningStack) -> Mapping[str, float]:
    """Send one order, wait for its answer, and return the seconds of each part."""
    async with callers(stack) as caller:
        job_id, total = await answered(caller)
        posted = datetime.fromtimestamp(caller.posted[job_id], UTC)
        spent = seconds_by_part(posted, await history_of(stack, caller.http, job_id))
    return spent | {"rest": total - sum(spent.values())}


async def history_of(stack: RunningStack, http: httpx.AsyncClient, job_id: str) -> Sequence[Mapping[str, Any]]:
    """Read an orchestration's history, once it has recorded the end."""
    url = f"/runtime/webhooks/durabletask/instances/{job_id}?showHistory=true"
    key = json.loads((stack.state / "stack.json").read_text(encoding="utf-8"))["systemKey"]
    async with asyncio.timeout(10):
        while True:
            reply = await http.get(url, headers={"x-functions-key": key})
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
            name = event["FunctionName"]
            spent[name] = spent.get(name, 0.0) + (at - began).total_seconds()
        elif event["EventType"] == "ExecutionStarted":
            spent["compile"] = (at - posted).total_seconds()
        elif event["EventType"] == "TimerFired":
            spent["pause"] += (at - former).total_seconds()
        former = at
    return spent
