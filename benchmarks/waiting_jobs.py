"""Jobs that wait in a provider's queue: what their waiting costs the workspace, the durable engine and the app.

A thousand jobs wait in both revisions at the same time, so that both have the same load beside them. Ten thousand wait
in this one alone, after a hundred: their memory and processor time are compared.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from tempfile import TemporaryDirectory

from benchmarks.measuring.checkouts import this
from benchmarks.measuring.figures import TIMES, Figure
from benchmarks.measuring.journal import Turns
from benchmarks.measuring.orders import CHEAP, Callers, callers
from benchmarks.measuring.processes import in_proc
from benchmarks.measuring.stacks import RunningStack, Stacks, running_stack
from benchmarks.steady import ends

JOBS = 1_000
FEW, MANY = 100, 10_000
AT_ONCE = 16
WAIT_SECONDS, LONG_WAIT_SECONDS = 600.0, 86_400.0
SETTLE_SECONDS, WINDOW_SECONDS, SAMPLE_SECONDS = 30.0, 60.0, 10.0
PATIENCE_SECONDS = 900.0


@dataclass(frozen=True)
class Waited:
    """The cost of waiting for a job and minute, and the seconds from each output to its answer."""

    requests: float
    turns: float
    host_share: float
    delays: list[float]


async def measure(stacks: Stacks) -> AsyncIterator[Figure]:
    """Let the same number of jobs wait in both revisions, then end."""
    ours, *others = await asyncio.gather(*(waited_on(stack, JOBS) for stack in stacks.sides))
    former = others[0] if others else None
    yield Figure(
        f"{JOBS:,} waiting jobs: requests to the workspace, a job and minute",
        ours.requests,
        at_most=0.05,
        former=former.requests if former else None,
        relative=True,
    )
    yield Figure(
        "  turns of orchestrators, a job and minute",
        ours.turns,
        at_most=0.05,
        former=former.turns if former else None,
        relative=True,
    )
    yield Figure("  of a core", ours.host_share * 100, "%", former=former.host_share * 100 if former else None)
    before = mean(former.delays) if former else None
    yield Figure("  mean from output to answer", mean(ours.delays), "s", at_most=1.0, former=before, relative=True)
    yield Figure("  jobs without an answer", JOBS - len(ours.delays), at_most=0)


async def measure_many() -> AsyncIterator[Figure]:
    """Let a hundred jobs wait, then ten thousand, which nothing changes."""
    with TemporaryDirectory() as folder, running_stack(this(), Path(folder), {}) as stack:
        async with callers(stack, AT_ONCE) as caller:
            await caller.change_target(queueSeconds=LONG_WAIT_SECONDS)
            await caller.post_all(CHEAP, FEW, AT_ONCE)
            await asyncio.sleep(SETTLE_SECONDS)
            few = in_proc(stack.pids["host"], "VmRSS")
            await caller.post_all(CHEAP, MANY - FEW, AT_ONCE)
            await until_all_wait(caller, MANY)
            await asyncio.sleep(SETTLE_SECONDS)
            many = in_proc(stack.pids["host"], "VmRSS")
            before = stack.spent["host"]
            await asyncio.sleep(WINDOW_SECONDS)
            share = (stack.spent["host"] - before) / WINDOW_SECONDS
    yield Figure(f"{MANY:,} waiting jobs: memory of the app", many / 1024, "MiB")
    yield Figure(f"  against {FEW} waiting jobs", many / few, TIMES, at_most=2.0)
    yield Figure("  of a core when nothing changes", share * 100, "%", at_most=5.0)


async def waited_on(stack: RunningStack, jobs: int) -> Waited:
    """Post jobs that wait, count over a minute in which all of them do, and receive their answers."""
    async with callers(stack, AT_ONCE) as caller:
        await caller.change_target(queueSeconds=WAIT_SECONDS)
        receiving = asyncio.create_task(caller.receive(jobs, WAIT_SECONDS + PATIENCE_SECONDS))
        await caller.post_all(CHEAP, jobs, AT_ONCE)
        await until_all_wait(caller, jobs)
        await asyncio.sleep(SETTLE_SECONDS)
        requests, turns, share = await counted(stack, caller)
        await receiving
        await caller.change_target(queueSeconds=0)
        ended = await ends(caller)
        delays = [at - ended[job_id] for job_id, at in caller.answered.items() if job_id in caller.posted]
    minutes = WINDOW_SECONDS / 60
    return Waited(requests / jobs / minutes, turns / jobs / minutes, share, delays)


async def counted(stack: RunningStack, caller: Callers) -> tuple[int, int, float]:
    """Count requests, turns and the share of a core in a window of time."""
    turns = Turns(stack.journal)
    requests, before, spent = await caller.requests_to_workspace(), turns.sample(), stack.spent["host"]
    for _ in range(int(WINDOW_SECONDS / SAMPLE_SECONDS)):
        await asyncio.sleep(SAMPLE_SECONDS)
        after = turns.sample()
    assert not caller.answered, "jobs ended before the count was over: let them wait longer"
    share = (stack.spent["host"] - spent) / WINDOW_SECONDS
    return await caller.requests_to_workspace() - requests, after - before, share


async def until_all_wait(caller: Callers, jobs: int) -> None:
    """Wait until the workspace has all jobs."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while len(set(await caller.jobs_in_workspace()) & caller.posted.keys()) < jobs:  # noqa: ASYNC110  # no event
            await asyncio.sleep(1)
