"""Waiting is cheap: thousands of timers need no threads, and a hundred waiting callers do not slow other requests."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import httpx

from benchmarks.measuring.children import host
from benchmarks.measuring.figures import Figure, p95
from benchmarks.measuring.processes import in_proc

TIMERS = 2_000
CALLERS = 100
QUESTIONS = 200
ROUNDS = 5
API = "/runtime/webhooks/durabletask"


async def measure() -> AsyncIterator[Figure]:
    """Start 2,000 orchestrations on timers, let 100 callers wait for others, and request statuses meanwhile."""
    limits = httpx.Limits(max_connections=CALLERS + 20)
    with TemporaryDirectory() as state, host("patterns", Path(state)) as running:
        key = {"code": running.system_key}
        async with httpx.AsyncClient(base_url=running.url, params=key, limits=limits, timeout=120) as http:
            for figure in await figures(http, running.pid):
                yield figure


async def figures(http: httpx.AsyncClient, pid: int) -> Sequence[Figure]:
    """Measure on a running host."""
    ids = await start(http, "wait_for_a_day", TIMERS)
    await until_all_hang(http, TIMERS)
    threads = in_proc(pid, "Threads")
    callers = [asyncio.create_task(wait_for_end(http, f"caller-{number}")) for number in range(CALLERS)]
    await until_all_hang(http, TIMERS + CALLERS)
    samples = [random.choices(ids, k=QUESTIONS) for _ in range(ROUNDS)]  # noqa: S311  # no secret
    rounds = [[await seconds_of(http, instance) for instance in sample] for sample in samples]
    threads = max(threads, in_proc(pid, "Threads"))
    woken = await wake(http, callers)
    return [
        Figure(f"threads with {TIMERS:,} pending timers", threads, at_most=32),
        Figure(f"status while {CALLERS} callers wait, p95", median(map(p95, rounds)) * 1000, "ms", at_most=10),
        Figure(f"{CALLERS} waiting callers woken at once, the last", woken * 1000, "ms"),
        Figure(f"memory with {TIMERS:,} pending timers", in_proc(pid, "VmRSS") / 1024, "MiB"),
    ]


async def start(http: httpx.AsyncClient, name: str, count: int) -> list[str]:
    """Start many orchestrations, a few at a time."""
    few = asyncio.Semaphore(10)

    async def one() -> str:
        async with few:
            answer = await http.post(f"{API}/orchestrators/{name}")
            return str(answer.raise_for_status().json()["id"])

    return await asyncio.gather(*(one() for _ in range(count)))


async def until_all_hang(http: httpx.AsyncClient, count: int) -> None:
    """Wait until so many orchestrations are waiting."""
    async with asyncio.timeout(60):
        while await hanging(http) < count:  # noqa: ASYNC110  # the public API has no event for it
            await asyncio.sleep(0.2)


async def hanging(http: httpx.AsyncClient) -> int:
    """Count the orchestrations with the custom status `hangs`."""
    answer = (await http.get(f"{API}/instances", params={"top": 10_000})).raise_for_status()
    return sum(status["customStatus"] == "hangs" for status in answer.json())


async def wait_for_end(http: httpx.AsyncClient, instance: str) -> float:
    """Start an orchestration and wait for its output on one request; return the time of the response."""
    params = {"timeout": 100, "pollingInterval": 1}
    answer = await http.post(f"{API}/orchestrators/wait_for_word/{instance}", params=params)
    assert (answer.status_code, answer.json()) == (200, "go"), answer.text
    return time.perf_counter()


async def seconds_of(http: httpx.AsyncClient, instance: str) -> float:
    """Request one status; return the duration."""
    began = time.perf_counter()
    answer = await http.get(f"{API}/instances/{instance}")
    assert answer.json()["runtimeStatus"] == "Running", answer.text
    return time.perf_counter() - began


async def wake(http: httpx.AsyncClient, callers: Sequence["asyncio.Task[float]"]) -> float:
    """Raise the event for all; return the time until the last caller's response."""
    began = time.perf_counter()
    words = [http.post(f"{API}/instances/caller-{number}/raiseEvent/word", json="go") for number in range(len(callers))]
    await asyncio.gather(*words)
    return max(await asyncio.gather(*callers)) - began
