"""Services that fail: a fifth of all calls, and all of them. No job is lost or runs twice, and retries stay bounded."""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measuring.figures import TIMES, Figure
from local.stack import Stack
from tests.support.fault_proxy import Call
from tests.support.faulty import EIGHT_WAYS, QPU, Faulty, at_random, no_fault, serve_faulty

JOBS, MANY = 1_000, 10_000
PATIENCE_SECONDS = 3_600.0
SHORT, WAITING = 10, 4
OUTAGE = timedelta(minutes=15)
QUEUE = timedelta(minutes=20)
FAILS = at_random(seed=3, share=1.0, ways=EIGHT_WAYS)


async def measure() -> AsyncIterator[Figure]:
    """Run the app in virtual time, with a proxy in front of each service."""
    with TemporaryDirectory() as folder, TemporaryDirectory() as state:
        async with Stack(Path(folder), app=None) as stack, serve_faulty(stack.endpoints.storage, Path(state)) as faulty:
            healthy = [await calls(faulty, "well", fails=False) for calls in OUTAGES]
            failing = [await calls(faulty, "failing", fails=True) for calls in OUTAGES]
            ratios = [bad / good for good, bad in zip(healthy, failing, strict=True)]
            before = asyncio.get_running_loop().time()
            succeeded, twice = await at_twenty_percent(faulty, JOBS)
            seconds = asyncio.get_running_loop().time() - before
    for figure in [
        Figure(f"20 % failing in 8 ways: of {JOBS:,} jobs succeed", succeeded * 100, "%", at_least=99.9),
        Figure("20 % failing in 8 ways: jobs that ran twice", twice, at_most=0),
        Figure("100 % failing: requests against healthy, short jobs", ratios[0], TIMES, at_most=1.2),
        Figure("100 % failing: requests against healthy, waiting jobs", ratios[1], TIMES, at_most=1.2),
        Figure(f"real time that {JOBS:,} jobs took with 20 % failing", seconds, "s"),
    ]:
        yield figure


async def measure_many() -> AsyncIterator[Figure]:
    """Run ten times as many jobs at twenty percent: each must have ended by the time that one may take."""
    with TemporaryDirectory() as folder, TemporaryDirectory() as state:
        async with Stack(Path(folder), app=None) as stack, serve_faulty(stack.endpoints.storage, Path(state)) as faulty:
            succeeded, twice = await at_twenty_percent(faulty, MANY)
    yield Figure(f"20 % failing in 8 ways: of {MANY:,} jobs succeed", succeeded * 100, "%", at_least=99.9)
    yield Figure("20 % failing in 8 ways: jobs that ran twice", twice, at_most=0)


async def at_twenty_percent(faulty: Faulty, count: int) -> tuple[float, int]:
    """Run jobs while a fifth of the calls fail; all end. Return the share that succeeded, and how many ran twice."""
    faulty.rule = at_random(seed=5, share=0.2, ways=EIGHT_WAYS)
    jobs = await faulty.run([f"random-{number}" for number in range(count)], PATIENCE_SECONDS)
    faulty.rule = no_fault
    executions = await faulty.executions()
    right = sum(job["phase"] == "succeeded" and job["result"]["counts"] == {"1": 10} for job in jobs)
    return right / count, sum(executions[job["id"]] > 1 for job in jobs)


async def calls_of_short_jobs(faulty: Faulty, name: str, *, fails: bool) -> int:
    """Count the calls of short jobs in a quarter of an hour in which every call fails once they are accepted."""
    before = faulty.calls
    faulty.rule = _first_step_fails if fails else no_fault
    with faulty.clock.busy():
        ids = await faulty.submit_all([f"short-{name}-{number}" for number in range(SHORT)])
        faulty.rule = FAILS if fails else no_fault
    return await _counted(faulty, ids, before, OUTAGE)


def _first_step_fails(call: Call) -> str | None:
    """Let jobs be accepted, and fail the first step of their orchestrations, which records the phase."""
    return "503" if call.method == "PATCH" and re.search("PartitionKey=(%27|')id", call.path) else None


async def calls_of_waiting_jobs(faulty: Faulty, name: str, *, fails: bool) -> int:
    """Count the calls in a quarter of an hour of jobs that wait in a queue for longer."""
    await faulty.admin.patch(f"/admin/targets/{QPU}", json={"queueSeconds": QUEUE.total_seconds()})
    with faulty.clock.busy():
        ids = await faulty.submit_all([f"waiting-{name}-{number}" for number in range(WAITING)], target=QPU)
        faulty.rule = FAILS if fails else no_fault
    return await _counted(faulty, ids, faulty.calls, OUTAGE)


async def _counted(faulty: Faulty, ids: Sequence[str], before: int, length: timedelta) -> int:
    """Advance virtual time and count the calls; then repair the services, and check that every job succeeds once."""
    await faulty.clock.wait_until(faulty.clock.now() + length)
    counted = faulty.calls - before
    faulty.rule = no_fault
    jobs = await faulty.answers_to(ids, PATIENCE_SECONDS)
    executions = await faulty.executions()
    assert {(job["phase"], executions[job["id"]]) for job in jobs} == {("succeeded", 1)}
    return counted


OUTAGES = (calls_of_short_jobs, calls_of_waiting_jobs)
