"""Deadlines and fallbacks: the caller hears in time, and no two targets ever execute the same order."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

from tests.support.product import OTHER_QPU, PATIENCE_SECONDS, QPU, Product, circuit, phases_of

TEN_MINUTES = timedelta(minutes=10)


def took(data: dict[str, Any]) -> timedelta:
    """How long a job took to its end."""
    return datetime.fromisoformat(data["history"][-1]["at"]) - datetime.fromisoformat(data["createdAt"])


async def test_an_order_expires_at_its_deadline_though_the_workspace_is_down(product: Product) -> None:
    """Nothing was sent, so nobody has to be asked."""
    await product.add_fault(operation="*", effect="status", status=503, times=None)

    data = await product.ended(circuit(deadline="PT10M"))

    assert (phases_of(data), took(data)) == (["accepted", "staging", "expired"], TEN_MINUTES)
    assert (await product.ledger(data["id"]))["jobs"] == []


async def test_a_job_that_may_have_been_submitted_expires_only_when_the_workspace_says_so(product: Product) -> None:
    """The reply to its submission was lost and then all went silent: it is found, and cancelled, later."""
    await product.set_target(QPU, queueSeconds=7200)
    await product.add_fault(operation="create_job", effect="dropAfter")
    with product.time_held():
        job = await product.submit(circuit(target=QPU, deadline="PT1M"))
        async with asyncio.timeout(PATIENCE_SECONDS):
            while await product.calls("create_job") == 0:
                pass
        await product.add_fault(operation="get_job", effect="status", status=503, times=20)

    data = (await product.answer_to(id=job["id"]))["data"]

    ledger = await product.ledger(data["id"])
    assert (data["phase"], data["azureStatus"]) == ("expired", "Cancelled")
    assert (len(ledger["jobs"]), len(ledger["executions"])) == (1, 0)


async def test_a_job_that_executes_at_its_deadline_is_cancelled_and_expires(product: Product) -> None:
    """As soon as the workspace has stopped it."""
    await product.set_target(QPU, queueSeconds=20, executionSeconds=7200)

    data = await product.ended(circuit(target=QPU, deadline="PT2M"))

    assert (data["phase"], data["azureStatus"]) == ("expired", "Cancelled")
    assert "executing" in phases_of(data)
    assert timedelta(minutes=2) <= took(data) < timedelta(minutes=2, seconds=30)


async def test_a_job_that_the_provider_will_not_stop_at_its_deadline_succeeds_late(product: Product) -> None:
    """What was paid for is not thrown away."""
    await product.set_target(QPU, queueSeconds=20, executionSeconds=180, refuseCancelWhenExecuting=True)

    data = await product.ended(circuit(target=QPU, deadline="PT2M"))

    assert (data["phase"], data["result"]["counts"]) == ("succeeded", {"100": 10})
    assert any("bill" in warning for warning in data["warnings"])
    assert "cancelRequested" not in data


async def test_a_target_that_becomes_unavailable_behind_our_back_gives_way_to_the_next(product: Product) -> None:
    """Our list says that it is there; the workspace refuses, the list is read anew, and the next target runs it."""
    await product.api.get("/targets")
    with product.time_held():
        await product.set_target(QPU, availability="Unavailable")
        job = await product.submit(circuit(target=QPU, fallbackTargets=[OTHER_QPU]))

    data = (await product.answer_to(id=job["id"]))["data"]

    assert (data["phase"], data["target"]) == ("succeeded", OTHER_QPU)
    assert (await product.ledger(job["id"]))["jobs"] == []
    assert len((await product.ledger(data["remoteId"]))["executions"]) == 1


async def test_a_target_that_begins_at_the_very_moment_that_its_share_ends_keeps_the_order(product: Product) -> None:
    """Whichever of them runs it, the other does not."""
    await product.set_target(QPU, queueSeconds=120, executionSeconds=60, refuseCancelWhenExecuting=True)

    data = await product.ended(circuit(target=QPU, fallbackTargets=[OTHER_QPU], deadline="PT4M"))

    executions = (await product.ledger(data["id"], data.get("remoteId", "")))["executions"]
    assert data["phase"] == "succeeded"
    assert [execution["target"] for execution in executions] == [data["target"]]
