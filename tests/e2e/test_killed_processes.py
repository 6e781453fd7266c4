"""Processes die in the middle of a job; the stack starts them again, and the job runs once and is answered once."""

import signal
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.e2e.real_stack import RealStack

TARGET = "ionq.qpu.aria-1"
BELL = 'OPENQASM 3.0;\ninclude "stdgates.inc";\nqubit[2] q;\nh q[0];\ncx q[0], q[1];\nbit[2] c = measure q;\n'
ORDER = {"name": "bell", "target": TARGET, "shots": 100, "input": {"format": "openqasm3", "text": BELL}}


@pytest_asyncio.fixture
async def slow(stack: RealStack) -> AsyncIterator[RealStack]:
    """The stack, with a target that takes seconds to begin and seconds to execute."""
    target = (await stack.admin.get(f"/admin/targets/{TARGET}")).json()
    await stack.behave(TARGET, queueSeconds=1.5, executionSeconds=1.5)
    yield stack
    await stack.behave(TARGET, **{name: target[name] for name in ("queueSeconds", "executionSeconds")})


async def assert_ran_once(stack: RealStack, job_id: str) -> None:
    """Check a job's answer, that it is the only one, and that the workspace ran one job for it, once."""
    job = await stack.answer_to(id=job_id)
    later = await stack.submit(ORDER | {"target": "ionq.simulator"})
    await stack.answer_to(id=later)  # by now a second answer to the first job would have come, too

    assert job["phase"] == "succeeded"
    assert set(job["result"]["counts"]) == {"00", "11"}
    assert sum(job["result"]["counts"].values()) == 100
    assert {answer["id"] for answer in stack.answers[job_id]} == {f"{job_id}-succeeded"}
    ledger = await stack.ledger(job_id)
    assert ledger.count("jobCreated") == 1
    assert ledger.count("executionStarted") == 1


@pytest.mark.parametrize("phase", ["accepted", "waiting", "executing"])
async def test_the_app_is_killed(slow: RealStack, phase: str) -> None:
    """Whatever a job was about to do when its host died, the next host does it, and does nothing again."""
    job_id = await slow.submit(ORDER)
    if phase != "accepted":
        await slow.job_in(job_id, phase)

    await slow.end_process("host", signal.SIGKILL)

    await assert_ran_once(slow, job_id)


async def test_the_workspace_is_killed_while_it_executes(slow: RealStack) -> None:
    """A workspace that is gone for a while is waited for, and goes on with what it was executing."""
    job_id = await slow.submit(ORDER)
    await slow.executing(job_id)

    await slow.end_process("emulator", signal.SIGKILL)

    await assert_ran_once(slow, job_id)
    assert "executionResumed" in await slow.ledger(job_id)


async def test_the_storage_is_started_again(slow: RealStack) -> None:
    """Queues, tables and blobs that are gone for a while are waited for."""
    job_id = await slow.submit(ORDER)
    await slow.job_in(job_id, "waiting")

    await slow.end_process("azurite", signal.SIGTERM)

    await assert_ran_once(slow, job_id)
