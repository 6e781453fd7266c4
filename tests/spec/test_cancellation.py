"""Cancelling, at every point of a job's way: only the workspace ends what was submitted, and it ends as it says."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest

from quantum import wiring
from quantum.contract.workspaces import DEFAULT
from quantum.jobs.errors import ServiceUnavailableError
from quantum.ports import Blob, Workspace, Workspaces
from quantum.workspaces.remote import RemoteJob
from tests.support.product import QPU, Product, circuit, minutes, phases_of

SECOND = timedelta(seconds=1)


async def test_a_job_cancelled_while_staging_never_reaches_the_workspace(product: Product) -> None:
    """It need not wait for a workspace that is down, and the caller hears at the next try."""
    await product.add_fault(operation="*", effect="status", status=503, times=None)
    with product.time_held():
        job = await product.submit(circuit())
        await product.job_in(job["id"], "staging")
        await product.cancel(job["id"])

    data = (await product.answer_to(id=job["id"]))["data"]

    assert (phases_of(data), data["azureStatus"]) == (["accepted", "staging", "cancelled"], None)
    assert (await product.ledger(job["id"]))["jobs"] == []


async def test_a_job_cancelled_while_it_waits_is_cancelled_once(product: Product) -> None:
    """However often it is asked for, and by however many at once."""
    with product.time_held():
        job = await product.submit(circuit(target=QPU))
        await product.job_in(job["id"], "waiting")
        replies = await asyncio.gather(*(product.cancel(job["id"]) for _ in range(10)))

    answer = await product.answer_to(id=job["id"])
    await product.receive()

    assert [reply.status_code for reply in replies] == [202] * 10
    assert (answer["data"]["phase"], answer["data"]["azureStatus"]) == ("cancelled", "Cancelled")
    assert await product.calls("cancel_job") == 1
    assert len(product.answers[answer["id"]]) == 1
    assert (await product.ledger(job["id"]))["executions"] == []


async def test_a_job_cancelled_while_it_executes_takes_the_time_that_the_provider_needs(product: Product) -> None:
    """Until the workspace says so it is cancelling, no more."""
    await product.set_target(QPU, queueSeconds=0, executionSeconds=600, cancelSeconds=60)
    with product.time_held():
        job = await product.submit(circuit(target=QPU))
        await product.job_in(job["id"], "executing", step=SECOND)
        await product.cancel(job["id"])
        await product.job_in(job["id"], "cancelling")

    data = (await product.answer_to(id=job["id"]))["data"]

    assert phases_of(data)[-3:] == ["executing", "cancelling", "cancelled"]
    assert (data["cancelRequested"], data.get("warnings")) == (True, None)


class HeldOutput:
    """A workspace whose outputs cannot be fetched until they are released."""

    def __init__(self, inner: Workspace) -> None:
        self._inner = inner
        self.released = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def open_output(self, job_id: str) -> tuple[RemoteJob, Blob]:
        """Fail, or begin to read."""
        if not self.released:
            raise ServiceUnavailableError("not yet")
        return await self._inner.open_output(job_id)


class HeldWorkspaces:
    """Workspaces of which the deployment's own is held."""

    def __init__(self, inner: Workspaces, own: HeldOutput) -> None:
        self._inner = inner
        self._own = own

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def get(self, name: str) -> Workspace:
        """Give the one that is held, or another."""
        return cast("Workspace", self._own) if name == DEFAULT else await self._inner.get(name)


@pytest.fixture
async def held_output() -> AsyncIterator[HeldOutput]:
    """The app's workspace, whose outputs are held."""
    services = wiring.app().services
    held = HeldOutput(await services.workspaces.get(DEFAULT))
    workspaces = cast("Workspaces", HeldWorkspaces(services.workspaces, held))
    with wiring.standing_in(replace(services, workspaces=workspaces)):
        yield held


async def test_a_job_cancelled_while_its_output_is_fetched_has_succeeded(
    product: Product, held_output: HeldOutput
) -> None:
    """It ran, so it is reported as it ended, and the caller is reminded of the bill."""
    with product.time_held():
        job = await product.submit(circuit())
        await product.job_in(job["id"], "collecting", step=SECOND)
        await product.cancel(job["id"])
        held_output.released = True

    data = (await product.answer_to(id=job["id"]))["data"]

    assert (data["phase"], data["cancelRequested"], data["result"]["counts"]) == ("succeeded", True, {"100": 10})
    assert any("bill" in warning for warning in data["warnings"])


async def test_a_cancellation_at_the_instant_of_success_comes_too_late(product: Product) -> None:
    """The workspace knows which of the two was first: one ending, one answer, and a note that it may be billed."""
    await product.set_target(QPU, queueSeconds=30, executionSeconds=30)
    with product.time_held():
        job = await product.submit(circuit(target=QPU))
        await product.job_in(job["id"], "waiting")
        product.clock.advance(minutes(1))
        await asyncio.gather(product.cancel(job["id"]), product.cancel(job["id"]))

    answer = await product.answer_to(id=job["id"])
    await product.receive()

    data = answer["data"]
    assert (data["phase"], data["azureStatus"], data["cancelRequested"]) == ("succeeded", "Succeeded", True)
    assert any("bill" in warning for warning in data["warnings"])
    assert [key for key in product.answers if key.startswith(job["id"])] == [answer["id"]]
