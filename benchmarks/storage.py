"""Requests to the app's storage for an order, and rows of its tables, in the layout for Azure; and its durable steps.

The orders come one after the other, from POST to answer. Not among the requests: the host's polls of empty
queues and of uploads (in Azure the latter are events), the workspace's own storage, and the caller's receiving.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measuring.checkouts import Checkout, former_or_none, this
from benchmarks.measuring.counting import SERVICES, Counted, counting
from benchmarks.measuring.figures import Figure
from benchmarks.measuring.journal import steps_of
from benchmarks.measuring.orders import CHEAP, Callers, callers
from benchmarks.measuring.stacks import RunningStack, running_stack

ORDERS = 20
WARM_UP = 2
PATIENCE_SECONDS = 60.0


@dataclass(frozen=True)
class Counts:
    """Counts for an order: requests by operation, rows of tables, turns, activities, the app's processor seconds."""

    requests: Mapping[str, float]
    rows_written: float
    rows_read: float
    turns: float
    activities: float
    processor: float

    @property
    def total(self) -> float:
        """All requests, without the polls of empty queues."""
        return sum(self.of(service) for service in SERVICES)

    def of(self, service: str) -> float:
        """The requests to one service."""
        return sum(number for name, number in self.requests.items() if name.startswith(f"{service} "))


async def measure() -> AsyncIterator[Figure]:
    """Count the same orders in both revisions."""
    earlier = former_or_none()
    ours, before = await counts_of(this()), await counts_of(earlier) if earlier else None
    rows, requests = (None, None) if before is None else (before.rows_written, before.total)
    yield Figure("requests to the app's storage", ours.total, at_most=0.4, former=requests, relative=True)
    yield Figure("rows written to tables", ours.rows_written, at_most=0.4, former=rows, relative=True)
    yield Figure("rows read from tables", ours.rows_read, former=before.rows_read if before else None)
    for name in sorted(ours.requests.keys() | (before.requests.keys() if before else ())):
        yield Figure(f"  {name}", ours.requests.get(name, 0), former=before.requests.get(name) if before else None)
    yield Figure("turns of orchestrators", ours.turns, former=before.turns if before else None)
    yield Figure("activities", ours.activities, former=before.activities if before else None)


async def counts_of(checkout: Checkout) -> Counts:
    """Run a stack whose app reaches its storage through a proxy, and count for each order."""
    with TemporaryDirectory() as folder:
        state = Path(folder)
        with running_stack(checkout, state, None) as alone:  # chooses the ports that the whole stack then has
            storage = alone.storage
        counted = Counted()
        async with counting(storage, counted) as connection:
            running = running_stack(checkout, state, {"AzureWebJobsStorage": connection})
            stack = await asyncio.to_thread(running.__enter__)
            try:
                return await counts_on(stack, counted)
            finally:
                await asyncio.to_thread(running.__exit__, None, None, None)


async def counts_on(stack: RunningStack, counted: Counted) -> Counts:
    """Send orders, each after the answer to the last, and count their requests."""
    async with callers(stack) as caller:
        for _ in range(WARM_UP):
            await send_one(caller)
        before, spent = counted.copy(), stack.spent["host"]
        ids = [await send_one(caller) for _ in range(ORDERS)]
        await asyncio.sleep(1)  # an orchestration's last requests may come after its answer
        spent = stack.spent["host"] - spent
    seen = counted.since(before)
    turns, activities = steps_of(stack.journal, ids)
    requests = {name: number / ORDERS for name, number in seen.requests.items()}
    return Counts(requests, seen.rows_written / ORDERS, seen.rows_read / ORDERS, turns, activities, spent / ORDERS)


async def send_one(caller: Callers) -> str:
    """Send an order and wait for its answer; return its id."""
    job_id = await caller.post(CHEAP)
    await caller.receive(len(caller.answered) + 1, PATIENCE_SECONDS)
    assert caller.phases.get(job_id) == "succeeded", caller.phases
    return job_id
