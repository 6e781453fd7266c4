"""A burst of orders that need no compiler: throughput, processor time, the callers' waiting, and the order of answers.

Against the harness that gave the figures of the older revision: no call has a key, so that work left by a call
that was shed is seen; the host's time includes the processes that it has started; both revisions run in turn. Sixteen
callers send one order after the other. That harness had all orders wait for one of sixteen connections from the start,
which was most of the 11 s that its 95th percentile took; so the promise, a twentieth of them, is in seconds here.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from benchmarks.measuring.figures import Figure, p95
from benchmarks.measuring.orders import CHEAP, callers
from benchmarks.measuring.stacks import RunningStack, Stacks

ORDERS, LARGE = 200, 2_000
AT_ONCE = 16
TURNS = 2
WARM_UP = 10
PATIENCE_SECONDS = 600.0


@dataclass(frozen=True)
class Burst:
    """A burst of so many orders: seconds from its first call, processor seconds by part, and what callers saw."""

    orders: int
    answers: Sequence[float]
    spent: dict[str, float]
    posting: Sequence[float]
    shed_share: float
    left_over: int

    @property
    def a_second(self) -> float:
        """The rate of answers over the whole burst."""
        return len(self.answers) / self.answers[-1]

    @property
    def half_after(self) -> float:
        """The share of the whole time after which half of the orders have an answer."""
        return self.answers[self.orders // 2 - 1] / self.answers[-1]

    def milliseconds(self, part: str) -> float:
        """Processor time of a part for an order."""
        return self.spent[part] / self.orders * 1000


async def measure(stacks: Stacks) -> AsyncIterator[Figure]:
    """Send bursts of 200 to both revisions in turn."""
    for stack in stacks.sides:
        await burst(stack, WARM_UP)
    turns = [[await burst(stack, ORDERS) for stack in stacks.sides] for _ in range(TURNS)]
    ours, former = [turn[0] for turn in turns], [turn[1] for turn in turns if len(turn) > 1]
    for figure in compared(ours, former):
        yield figure


async def measure_large(stacks: Stacks) -> AsyncIterator[Figure]:
    """Send a burst of 2,000 to both revisions, one after the other."""
    for stack in stacks.sides:
        await burst(stack, WARM_UP)
    ours, *former = [await burst(stack, LARGE) for stack in stacks.sides]
    for figure in compared([ours], former):
        yield figure


def compared(ours: Sequence[Burst], former: Sequence[Burst]) -> list[Figure]:
    """Compare the medians of bursts."""

    def figure(measure: str, number: Callable[[Burst], float], unit: str = "", **promise: float) -> Figure:
        before = median(map(number, former)) if former else None
        limits: dict[str, Any] = promise
        return Figure(measure, median(map(number, ours)), unit, former=before, **limits)

    return [
        figure("orders a second", lambda each: each.a_second, at_least=3.0, relative=True),
        figure("the app's processor time for an order", lambda each: each.milliseconds("host"), "ms", **at_most(0.35)),
        figure("  Azurite's", lambda each: each.milliseconds("azurite"), "ms"),
        figure("  the workspace's", lambda each: each.milliseconds("emulator"), "ms"),
        figure("POST to its 202, retries included, p95", lambda each: p95(each.posting), "s", at_most=0.05 * 11),
        figure("POST to its 202, retries included, median", lambda each: median(each.posting), "s"),
        figure("calls shed", lambda each: each.shed_share * 100, "%", at_most=20.0),
        figure("jobs left by shed calls", lambda each: each.left_over, at_most=0.0),
        figure("orders without an answer", lambda each: each.orders - len(each.answers), at_most=0.0),
        figure("half is answered after this share of the time", lambda each: each.half_after, at_most=0.6),
    ]


def at_most(limit: float) -> Mapping[str, float]:
    """Promise a ratio to the older revision."""
    return {"at_most": limit, "relative": True}


async def burst(stack: RunningStack, orders: int) -> Burst:
    """Send so many orders at once to an idle stack, and wait for all answers."""
    async with callers(stack, AT_ONCE) as door:
        jobs_before, spent_before, began = len(await door.jobs_in_workspace()), stack.spent, time.time()
        receiving = asyncio.create_task(door.receive(orders, PATIENCE_SECONDS))
        await door.post_all(CHEAP, orders, AT_ONCE)
        await receiving
        spent = {part: seconds - spent_before[part] for part, seconds in stack.spent.items()}
        answers = sorted(at - began for job_id, at in door.answered.items() if job_id in door.posted)
        left_over = len(await door.jobs_in_workspace()) - jobs_before - orders
    assert set(door.phases.values()) == {"succeeded"}, door.phases
    return Burst(orders, answers, spent, door.posting, door.shed / door.calls, left_over)
