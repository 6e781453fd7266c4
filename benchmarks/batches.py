"""Batches: what a member costs in a small batch, in a large one and as an order sent alone; memory and history of many.

The members repeat one order, a rotation by one angle, so that one compilation does for them; orders that are sent
alone are compiled one by one. A sweep compiles the rotation for each angle, too: its figure stands beside, without a
promise.
"""

import asyncio
import sqlite3
import time
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.measuring.checkouts import this
from benchmarks.measuring.figures import TIMES, Figure
from benchmarks.measuring.orders import TARGET, Callers, callers
from benchmarks.measuring.processes import forget_peak, in_proc
from benchmarks.measuring.stacks import RunningStack, running_stack

FEW, SOME, MANY, MOST = 20, 500, 2_000, 10_000  # members
SMALL_BATCHES = 5  # whose members are counted together
SHORT, ALONE = 100, 100
WINDOW, AT_ONCE = 50, 16
PATIENCE_SECONDS = 3_600.0
SAMPLE_SECONDS = 1.0
ROTATION = """
OPENQASM 3.0;
include "stdgates.inc";
input float theta;
qubit[2] q;
bit[2] c;
ry(theta) q[0];
cx q[0], q[1];
c = measure q;
"""
ORDER = {"shots": 100, "target": TARGET, "input": {"format": "openqasm3", "text": ROTATION}}
ANGLE = {"arguments": [1.0]}
EVENTS = "SELECT count(*) FROM history WHERE instance_id = ?"


@dataclass(frozen=True)
class Cost:
    """What members took: processor seconds of the app and seconds in all, for one of them."""

    processor: float
    seconds: float


async def measure() -> AsyncIterator[Figure]:
    """Compare members of small batches, of a larger one, and orders sent alone, within a minute or so."""
    async for figure in compared(SHORT, 1.2, 0.8):
        yield figure


async def measure_large() -> AsyncIterator[Figure]:
    """Compare them with two thousand members; five hundred stand against orders sent alone."""
    async for figure in compared(MANY, 1.2, 0.8, beside=SOME):
        yield figure


async def compared(large: int, against_small: float, against_alone: float, beside: int = 0) -> AsyncIterator[Figure]:
    """Measure on one stack, which has run a batch and orders before."""
    with TemporaryDirectory() as folder, running_stack(this(), Path(folder), {}) as stack:
        async with callers(stack, AT_ONCE) as caller:
            await batch_of(stack, caller, FEW)
            await orders_alone(stack, caller, FEW)
            small = await mean_of_small(stack, caller)
            alone = await orders_alone(stack, caller, ALONE)
            swept = await batch_of(stack, caller, SHORT, is_swept=True)
            middle = await batch_of(stack, caller, beside) if beside else None
            many = await batch_of(stack, caller, large)
            twice = len(await caller.jobs_in_workspace()) - len(set(await caller.jobs_in_workspace()))
    yield Figure(f"the app's processor time for a member of {FEW}", small.processor * 1000, "ms")
    yield Figure(f"  of {large:,}", many.processor * 1000, "ms")
    yield Figure(f"  of {large:,} against {FEW}", many.processor / small.processor, TIMES, at_most=against_small)
    yield Figure("  for the same order sent alone", alone.processor * 1000, "ms")
    shared = middle or many
    measure = f"  of {beside or large:,} against an order alone"
    yield Figure(measure, shared.processor / alone.processor, TIMES, at_most=against_alone)
    yield Figure(f"  of a sweep of {SHORT} angles", swept.processor * 1000, "ms")
    yield Figure(f"members of {large:,} a second", 1 / many.seconds)
    yield Figure("members that ran twice", twice, at_most=0)


async def mean_of_small(stack: RunningStack, caller: Callers) -> Cost:
    """Run small batches one after the other."""
    costs = [await batch_of(stack, caller, FEW) for _ in range(SMALL_BATCHES)]
    return Cost(sum(cost.processor for cost in costs) / len(costs), sum(cost.seconds for cost in costs) / len(costs))


async def measure_memory() -> AsyncIterator[Figure]:
    """Run ten thousand members after five hundred, and compare the app's memory and the history of the batch."""
    with TemporaryDirectory() as folder, running_stack(this(), Path(folder), {}) as stack:
        async with callers(stack, AT_ONCE) as caller:
            few = await sampled(stack, caller, SOME)
            many = await sampled(stack, caller, MOST)
    yield Figure(f"{MOST:,} members: peak memory of the app", many.memory / 1024, "MiB")
    yield Figure(f"  against {SOME} members", many.memory / few.memory, TIMES, at_most=1.5)
    yield Figure("  longest history of the batch", many.events, "events", at_most=50)
    yield Figure("  a second", MOST / many.seconds)


@dataclass(frozen=True)
class Peak:
    """The most memory of the app (KiB) and the longest history of the batch while it ran, and its seconds."""

    memory: int
    events: int
    seconds: float


async def sampled(stack: RunningStack, caller: Callers, members: int) -> Peak:
    """Run a batch, and look at the journal again and again."""
    forget_peak(stack.pids["host"])
    began, events = time.perf_counter(), 0
    batch_id = await posted(caller, members)
    receiving = asyncio.create_task(caller.receive(len(caller.answered) + 1, PATIENCE_SECONDS))
    while not receiving.done():
        events = max(events, events_of(stack.journal, batch_id))
        await asyncio.wait([receiving], timeout=SAMPLE_SECONDS)
    assert caller.phases.get(batch_id) == "succeeded", caller.phases.get(batch_id, "no answer in time")
    return Peak(in_proc(stack.pids["host"], "VmHWM"), events, time.perf_counter() - began)


def events_of(journal: Path, instance: str) -> int:
    """Count the events in the history of an orchestration, as it is now."""
    with closing(sqlite3.connect(f"file:{journal}?mode=ro", uri=True)) as rows:
        return int(rows.execute(EVENTS, [instance]).fetchone()[0])


async def batch_of(stack: RunningStack, caller: Callers, members: int, *, is_swept: bool = False) -> Cost:
    """Run a batch to its answer."""
    before, began = stack.spent["host"], time.perf_counter()
    batch_id = await posted(caller, members, is_swept=is_swept)
    await caller.receive(len(caller.answered) + 1, PATIENCE_SECONDS)
    assert caller.phases.get(batch_id) == "succeeded", caller.phases.get(batch_id, "no answer in time")
    return Cost((stack.spent["host"] - before) / members, (time.perf_counter() - began) / members)


async def posted(caller: Callers, members: int, *, is_swept: bool = False) -> str:
    """Post a batch of the same order so many times, or of one with as many angles."""
    grid = {"grid": {"theta": {"from": 0, "to": 3.14, "count": members}}}
    order, sweep = (ORDER, grid) if is_swept else (ORDER | ANGLE, {"params": [{}] * members})
    request: Mapping[str, Any] = {"name": "rotation", "order": order, "sweep": sweep, "window": WINDOW}
    reply = await caller.http.post("/api/batches", json=request, headers={"Idempotency-Key": str(uuid.uuid4())})
    assert reply.status_code == 202, reply.text
    return str(reply.json()["id"])


async def orders_alone(stack: RunningStack, caller: Callers, count: int) -> Cost:
    """Send the same orders one by one, each with its angle, and wait for all answers."""
    before, began, places = stack.spent["host"], time.perf_counter(), asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> None:
        async with places:
            await caller.post({**ORDER, **ANGLE, "name": f"rotation {number}"})

    receiving = asyncio.create_task(caller.receive(len(caller.answered) + count, PATIENCE_SECONDS))
    await asyncio.gather(*map(one, range(count)))
    await receiving
    return Cost((stack.spent["host"] - before) / count, (time.perf_counter() - began) / count)
