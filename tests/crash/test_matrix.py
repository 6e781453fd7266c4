"""SIGKILL of the host before and after every durable step, on every way that an order can take.

Nobody lists the steps: an order that meets no crash shows them, by what its host commits, calls and asks of others.
`make chaos` tries every point of the way through the HTTP door, every point that only another way has, and of what
is the same on the other ways a share that changes from day to day, with a few kills to an order; CRASH_MATRIX=full
makes that every point of every way, with one kill to an order. Any other run tries a few points a lane, which change
from day to day. CRASH_MATRIX_SEED repeats a day's choice, and CRASH_MATRIX_WAYS names some of the ways.
"""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from itertools import chain
from pathlib import Path
from random import Random

import pytest
import pytest_asyncio

from functions_host.crash_points import TRANSACTIONS
from tests.crash.lane import Lane, open_lane
from tests.crash.paths import WAYS, Way
from tests.crash.services import SLOW_QUEUES, Services, running_services
from tests.crash.sweep import Sweep, faults_of

FULL = os.environ.get("CRASH_MATRIX") == "full"
SEED = int(os.environ.get("CRASH_MATRIX_SEED") or time.time() // 86_400)
SHARE = 1.0 if FULL else 0.05
SAMPLE = 4  # points of a lane, where not the whole matrix is tried
CLAIM = ("POST jobsopen", "POST jobs")
PLACES = "PUT places(PartitionKey='submissions',RowKey='places')"
UNTRIED = {
    "purge_instances": "housekeeping forgets what has ended: if it is not forgotten today, it is tomorrow",
    "drop_messages": "takes stale messages out of an inbox; what is not taken out is stale the next time, too",
}


def ways() -> list[Way]:
    """The ways to go."""
    names = os.environ.get("CRASH_MATRIX_WAYS", "").split(",")
    return [way for way in WAYS if way.name in names] or list(WAYS)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def services(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Services]:
    """Storage with an account for each lane, and one workspace."""
    accounts = [account(way, number) for way in WAYS for number in range(way.lanes)]
    async with running_services(tmp_path_factory.mktemp("services"), accounts, SLOW_QUEUES) as running:
        yield running


async def test_a_kill_at_any_point_costs_nothing(
    services: Services, tmp_path: Path, say_aloud: Callable[[str], None], chaos: object
) -> None:
    """Every order comes to its end, by one job, one execution and one logical answer, wherever its host was killed."""
    began = time.monotonic()
    is_whole = bool(chaos) or FULL
    chosen = ways() if is_whole else [replace(way, lanes=1) for way in ways()]
    sweeps = [Sweep(way, 1 if FULL else way.kills, most=None if is_whole else SAMPLE) for way in chosen]

    async with AsyncExitStack() as stack:
        lanes = [await stack.enter_async_context(open_lanes(sweep.way, services, tmp_path)) for sweep in sweeps]
        await asyncio.gather(*(sweep.record(of_way) for sweep, of_way in zip(sweeps, lanes, strict=True)))
        for sweep in sweeps:
            elsewhere = sweeps[0].seen if sweep is not sweeps[0] else ()
            sweep.choose(SHARE, elsewhere, Random(f"{SEED} {sweep.way.name}"))  # noqa: S311 - no secret
        async with asyncio.TaskGroup() as working:
            for sweep, of_way in zip(sweeps, lanes, strict=True):
                for lane in of_way:
                    working.create_task(sweep.work(lane))
        for lane in chain(*lanes):
            await lane.receive()  # an answer that was sent again may come late
        answers = {job_id: sent for lane in chain(*lanes) for job_id, sent in lane.answers.items()}

    ledger = await services.ledger()
    kinds = {point.kind for sweep in sweeps for point in sweep.killed}
    for sweep in sweeps:
        say_aloud(str(sweep))
        way = sweep.way
        assert faults_of(sweep.orders, way.phase, answers, ledger, must_submit=way.must_submit, parts=way.parts) == []
        missed = sweep.unreached(kinds)
        if missed:
            say_aloud(f"  missed: {', '.join(sorted(map(str, missed)))}")
        # A request is named after the call that makes it; where two run at once, that is a guess, and may differ.
        assert len(missed) <= max(1, len(sweep.killed) // 10)
    say_aloud(f"in {time.monotonic() - began:.0f} s; {'every point' if FULL else f'CRASH_MATRIX_SEED={SEED}'}")
    if is_whole:
        assert_whole(sweeps, kinds)
    else:
        say_aloud("a sample: the whole matrix is left to `make chaos`")


def assert_whole(sweeps: Sequence[Sweep], kinds: set[str]) -> None:
    """Assert that no write of a claim or a place and no transaction of the journal was left out."""
    assert kinds >= around_the_rows_of_a_claim(sweeps) | around_the_row_of_places(sweeps)
    if len(sweeps) == len(WAYS):
        committed = {point.step.split(" ")[0] for sweep in sweeps for point in sweep.killed}
        assert committed >= TRANSACTIONS - UNTRIED.keys()


def around_the_rows_of_a_claim(sweeps: Sequence[Sweep]) -> set[str]:
    """Name the points between the writes of a claim, on the way of which every point is tried, if it is gone."""
    tried = [sweep.way for sweep in sweeps if sweep.way.name == "http"]
    sides = ("before", "after")
    return {f"{side} start_from_{way.name}: table {row}" for way in tried for row in CLAIM for side in sides}


def around_the_row_of_places(sweeps: Sequence[Sweep]) -> set[str]:
    """Name the points around the writes of places, on the way of which every point is tried."""
    is_tried = any(sweep.way.name == "http" for sweep in sweeps)
    steps = ("stage_input", "submit_job") if is_tried else ()
    return {f"{side} {step}: table {PLACES}" for step in steps for side in ("before", "after")}


@asynccontextmanager
async def open_lanes(way: Way, services: Services, folder: Path) -> AsyncIterator[list[Lane]]:
    """Open the lanes of one way."""
    async with AsyncExitStack() as stack:
        names = [account(way, number) for number in range(way.lanes)]
        yield [await stack.enter_async_context(open_lane(services, name, folder / name)) for name in names]


def account(way: Way, number: int) -> str:
    """Name the storage account of a lane."""
    return f"{way.name}{number}"
