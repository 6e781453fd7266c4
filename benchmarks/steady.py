"""Orders at a steady rate: from output to answer, the list meanwhile, and answers without the storage's events."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.measuring.checkouts import this
from benchmarks.measuring.figures import Figure, p95
from benchmarks.measuring.orders import CHEAP, Callers, callers
from benchmarks.measuring.stacks import RunningStack, Stacks, running_stack

JOBS = 30
EVERY_SECONDS = 1.0  # on average: at regular intervals either every job or none would end as another one begins
EXECUTES_SECONDS = 10.0  # by then the app pauses for two seconds: an immediate answer shows a wake-up
LISTS_EVERY_SECONDS = 0.25
PATIENCE_SECONDS = 150.0
DEAF = {"AzureWebJobs.wake_from_event.Disabled": "true"}


@dataclass(frozen=True)
class Seen:
    """Seconds from output to answer of each job that has one, of each list, and of each list on an idle stack."""

    delays: list[float] = field(default_factory=list)
    lists: list[float] = field(default_factory=list)
    idle: list[float] = field(default_factory=list)


async def measure(stacks: Stacks) -> AsyncIterator[Figure]:
    """Send the same orders to both revisions, one after the other."""
    seen = [await seen_on(stack) for stack in stacks.sides]
    ours, former = seen[0], seen[1] if len(seen) > 1 else None
    before = p95(former.delays) * 1000 if former else None
    measure = "output to answer, an order a second, p95"
    yield Figure(measure, p95(ours.delays) * 1000, "ms", at_most=0.5, former=before, relative=True)
    before = median(former.delays) * 1000 if former else None
    yield Figure("output to answer, an order a second, median", median(ours.delays) * 1000, "ms", former=before)
    yield Figure("orders without an answer", JOBS - len(ours.delays), at_most=0)
    before = p95(former.lists) * 1000 if former else None
    yield Figure("a list of 50 jobs meanwhile, p95", p95(ours.lists) * 1000, "ms", former=before)
    before = p95(former.idle) * 1000 if former else None
    yield Figure("a list of 50 jobs, idle, p95", p95(ours.idle) * 1000, "ms", former=before)


async def measure_deaf() -> AsyncIterator[Figure]:
    """Send the orders to a stack that drops every event: no job is lost."""
    with TemporaryDirectory() as folder, running_stack(this(), Path(folder), DEAF) as stack:
        delays = (await seen_on(stack)).delays
    yield Figure("jobs without an answer, all events dropped", JOBS - len(delays), at_most=0)
    yield Figure("output to answer, all events dropped, p95", p95(delays) * 1000, "ms")


async def seen_on(stack: RunningStack) -> Seen:
    """Send orders whose execution takes a while, and read lists until the last one has its answer."""
    seen = Seen()
    async with callers(stack, connections=4) as caller:
        await caller.change_target(executionSeconds=EXECUTES_SECONDS)
        receiving = asyncio.create_task(caller.receive(JOBS, PATIENCE_SECONDS))
        async with asyncio.TaskGroup() as sending:
            sending.create_task(post_at_intervals(caller))
            sending.create_task(read_lists(caller, seen.lists, receiving))
        await caller.change_target(executionSeconds=0)
        ended = await ends(caller)
        seen.delays.extend(at - ended[job_id] for job_id, at in caller.answered.items() if job_id in caller.posted)
        seen.idle.extend([await seconds_of_list(caller) for _ in range(JOBS)])
    return seen


async def post_at_intervals(caller: Callers) -> None:
    """Send the orders."""
    random = Random(1)  # noqa: S311  # no secret
    for _ in range(JOBS):
        await caller.post(CHEAP)
        await asyncio.sleep(random.uniform(0, 2 * EVERY_SECONDS))


async def read_lists(caller: Callers, seconds: list[float], until: "asyncio.Task[None]") -> None:
    """Read the newest jobs again and again."""
    while not until.done():
        seconds.append(await seconds_of_list(caller))
        await asyncio.sleep(LISTS_EVERY_SECONDS)


async def seconds_of_list(caller: Callers) -> float:
    """Read a page of the newest jobs."""
    began = time.perf_counter()
    (await caller.http.get("/api/jobs", params={"top": 50})).raise_for_status()
    return time.perf_counter() - began


async def ends(caller: Callers) -> Mapping[str, float]:
    """Return the time of each job's output, by the emulator's ledger."""
    entries = (await caller.workspace.get("/admin/ledger")).raise_for_status().json()["entries"]
    return {
        entry["jobId"]: datetime.fromisoformat(entry["at"]).timestamp()
        for entry in entries
        if entry["event"] == "executionEnded"
    }
