"""Programs that hurt the compiler are ended in time, two at a time, and nobody else notices.

A stand-in of ours is in the compiler's place, whose children do what the program says.
"""

import asyncio
import time
from collections.abc import Sequence

import pytest

from tests.security.deployment import COMPILE_SECONDS, Deployment, deed

COMPILERS_AT_ONCE = 2
STARTING_SECONDS = 5  # what a child takes to start on a busy machine, and its queue's fair share
DEEDS = {
    "loop": f"more than {COMPILE_SECONDS} s of a processor",
    "allocate": "MiB of memory",
    "descend": "nested too deeply",
    "die 11": "nested too deeply",
    "die 9": "MiB of memory",
    "leave 3": "broke down",
    "give_up": "gave up",
    "answer_with nonsense": "broke down",
    f"grow {2**27}": "larger than 64 MiB",
}


@pytest.mark.parametrize("words", DEEDS)
async def test_what_hurts_the_compiler_is_a_fault_of_the_program(deployment: Deployment, words: str) -> None:
    """The compiler's limits end it, the caller is told so, and no process is left behind."""
    before, began = deployment.memory(), time.monotonic()

    answer = await deployment.post(deed(words))

    assert answer.status_code == 400, answer.text
    assert [fault["field"] for fault in answer.json()["errors"]] == ["input"]
    assert DEEDS[words] in answer.json()["errors"][0]["reason"]
    assert time.monotonic() - began < 10 + STARTING_SECONDS
    await nothing_runs(deployment)
    assert deployment.memory() - before < 50


async def test_several_loops_hold_one_compiler_and_disturb_nobody(deployment: Deployment, *, chaos: bool) -> None:
    """What is known to take long has all places but one; what needs no compiler is answered as ever meanwhile."""
    await refused(deployment)
    slowest, worked, started = 0.0, deployment.processor_seconds(), time.monotonic()

    async with asyncio.TaskGroup() as group:
        posted = [group.create_task(refused(deployment)) for _ in range(10 if chaos else 4)]
        most = group.create_task(most_at_once(deployment, posted))
        while not all(one.done() for one in posted):
            began = time.monotonic()
            assert (await deployment.api.get("/api/jobs?top=1")).status_code == 200
            slowest = max(slowest, time.monotonic() - began)
            await asyncio.sleep(0.05)

    assert {one.result() for one in posted} == {(400, "input")}
    assert most.result() == COMPILERS_AT_ONCE - 1
    assert len(deployment.templates()) == 1
    assert slowest < 1
    assert deployment.processor_seconds() - worked < (time.monotonic() - started) / 2


async def most_at_once(deployment: Deployment, posted: Sequence[asyncio.Task[object]]) -> int:
    """Count the compilers again and again until all orders are answered, and give the most that there were."""
    most = 0
    while not all(one.done() for one in posted):
        most = max(most, len(deployment.compilers()))
        await asyncio.sleep(0.01)
    return most


async def nothing_runs(deployment: Deployment) -> None:
    """Wait until no program is under way; one whose answer was too large is ended when nobody reads on."""
    async with asyncio.timeout(5):
        while deployment.compilers():  # noqa: ASYNC110 - what another process ends cannot be waited for
            await asyncio.sleep(0.01)


async def refused(deployment: Deployment) -> tuple[int, str]:
    """Hand in a program that never ends, again while it is said that others hold the compilers; return its answer."""
    while (answer := await deployment.post(deed("loop"))).status_code == 503:
        assert "Retry-After" in answer.headers
    return answer.status_code, answer.json()["errors"][0]["field"]
