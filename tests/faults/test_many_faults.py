"""Many orders while much fails, or everything: nothing is lost, nothing runs twice, and no storm breaks loose."""

from collections import Counter
from collections.abc import Awaitable, Callable

import pytest

from benchmarks.faults import calls_of_short_jobs, calls_of_waiting_jobs
from tests.support.faulty import EIGHT_WAYS, Faulty, at_random

JOBS = 100


async def test_one_call_in_five_fails(faulty: Faulty) -> None:
    """All orders succeed, each executed once and answered with its result."""
    faulty.rule = at_random(seed=5, share=0.2, ways=EIGHT_WAYS)

    jobs = await faulty.run([f"random-{number}" for number in range(JOBS)], seconds=600)

    executions = await faulty.executions()
    assert Counter(job["phase"] for job in jobs) == {"succeeded": JOBS}
    assert {executions[job["id"]] for job in jobs} == {1}
    assert [job["id"] for job in jobs if job["result"]["counts"] != {"1": 10}] == []


@pytest.mark.parametrize("measured", [calls_of_short_jobs, calls_of_waiting_jobs])
async def test_an_outage_is_no_storm(faulty: Faulty, measured: Callable[..., Awaitable[int]]) -> None:
    """When every call fails, about as many are made as when none does; afterwards every order finishes, once."""
    healthy = await measured(faulty, "well", fails=False)

    failing = await measured(faulty, "failing", fails=True)

    assert healthy > 0
    assert failing <= 1.2 * healthy
