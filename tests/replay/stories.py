"""The stories that are recorded: each brings a job to one kind of end, and gives its id."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from quantum.contract.workspaces import DEFAULT
from quantum.jobs.ids import watcher_id
from tests.support.product import OTHER_QPU, PATIENCE_SECONDS, QPU, Product, bell

QVM = "rigetti.sim.qvm"

type Story = Callable[[Product], Awaitable[str]]


async def happy(product: Product) -> str:
    """Nothing goes wrong."""
    return await _ended(product, "happy")


async def throttled(product: Product) -> str:
    """Staging, submitting and looking are each told to come back later."""
    for operation, times in (("sas_uri", 1), ("create_job", 2), ("get_job", 2)):
        await product.add_fault(operation=operation, effect="status", status=429, retryAfter="90", times=times)
    return await _ended(product, "throttled")


async def many_rounds(product: Product) -> str:
    """More looks than one round has, through both queue and execution."""
    await product.set_target(QPU, queueSeconds=60, executionSeconds=300)
    return await _ended(product, "many_rounds", target=QPU)


async def woken(product: Product) -> str:
    """An event cuts a pause short; the round after it begins in the middle."""
    await product.set_target(QPU, queueSeconds=60)
    with product.time_held():
        job_id = await _waiting(product, "woken")
        product.clock.advance(timedelta(seconds=10))
        await product.host.hub.raise_event(job_id, "wake")
    await product.answer_to(id=job_id)
    return job_id


async def cancelled(product: Product) -> str:
    """The caller cancels while the job waits."""
    with product.time_held():
        job_id = await _waiting(product, "cancelled")
        await product.cancel(job_id)
    await product.answer_to(id=job_id)
    return job_id


async def cancelled_too_late(product: Product) -> str:
    """The caller cancels, the provider will not, and the result comes."""
    await product.set_target(QPU, queueSeconds=0, executionSeconds=300, refuseCancelWhenExecuting=True)
    with product.time_held():
        job_id = await _waiting(product, "cancelled_too_late")
        while (await product.job(job_id))["phase"] != "executing":
            product.clock.advance(timedelta(seconds=1))
        await product.cancel(job_id)
    await product.answer_to(id=job_id)
    return job_id


async def expired(product: Product) -> str:
    """The deadline passes in the queue."""
    await product.set_target(QPU, queueSeconds=3600)
    return await _ended(product, "expired", target=QPU, deadline="PT2M")


async def fallback_at_once(product: Product) -> str:
    """The first target is not available."""
    await product.set_target(QPU, availability="Unavailable")
    return await _ended(product, "fallback_at_once", target=QPU, fallbackTargets=[OTHER_QPU])


async def fallback_from_queue(product: Product) -> str:
    """The first target keeps the job for too long."""
    await product.set_target(QPU, queueSeconds=3600)
    return await _ended(product, "fallback_from_queue", target=QPU, fallbackTargets=[OTHER_QPU], deadline="PT4M")


async def failed(product: Product) -> str:
    """The job fails in the workspace."""
    await product.set_target(QPU, failure={"next": 1, "errorData": {"code": "Decohered", "message": "Too warm."}})
    return await _ended(product, "failed", target=QPU)


async def own_session(product: Product) -> str:
    """The job has a session to itself, which is closed at its end."""
    return await _ended(product, "own_session", session="own")


async def rejected(product: Product) -> str:
    """The workspace refuses the order."""
    await product.add_fault(operation="create_job", effect="status", status=400, code="InvalidJobDefinition")
    return await _ended(product, "rejected")


async def approved(product: Product) -> str:
    """The job costs more than a budget lets pass, and somebody approves it after a look in vain."""
    lab = {"name": "lab", "scope": "workspace", "of": DEFAULT, "unit": "USD", "period": "total", "limit": 1_000_000}
    await product.api.put("/budgets", json={"budgets": [lab | {"approveAbove": 1}], "version": 0})
    with product.time_held():
        job_id = await _submitted(product, "approved", target=QPU)
        await product.job_in(job_id, "awaitingApproval")
        await product.orchestrations.wake(job_id)
        await product.api.post(f"/jobs/{job_id}/approve")
    await product.answer_to(id=job_id)
    await product.api.put("/budgets", json={"budgets": [], "version": 1})
    return job_id


async def divided(product: Product) -> str:
    """The order has more shots than its target takes at once: its parts are one job."""
    quil = "DECLARE ro BIT[1]\nH 0\nMEASURE 0 ro[0]\n"
    order = {"target": QVM, "shots": 20_001, "input": {"format": "rigetti.quil.v1", "text": quil}}
    return await _ended(product, "divided", **order)


async def divided_in_vain(product: Product) -> str:
    """A part fails: the others are cancelled, and the job fails for its error."""
    await product.set_target(QPU, queueSeconds=60, failure={"next": 1})
    return await _ended(product, "divided_in_vain", target=QPU, shots=20_001)


async def equal_order(product: Product) -> str:
    """An equal order is on its way: the job waits for its end, and has its result then."""
    await product.set_target(QPU, queueSeconds=60)
    order = {"target": QPU, "reuseResult": {"hardware": True}}
    with product.time_held():
        first = await _submitted(product, "first_of_two", **order)
        await product.job_in(first, "waiting")
        job_id = await _submitted(product, "equal_order", **order)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not (await product.job(job_id)).get("waitsFor"):
                pass
    await product.answer_to(id=job_id)
    return job_id


async def watcher(product: Product) -> str:
    """A workspace's watcher, in which nothing waits: it pauses once, is woken from that, and ends."""
    with product.time_held():
        await product.orchestrations.start_watcher(DEFAULT)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not await product.calls("list_jobs"):
                pass
        await product.orchestrations.wake(watcher_id(DEFAULT))
    await product.host.hub.wait_for(watcher_id(DEFAULT))
    return watcher_id(DEFAULT)


async def batch(product: Product) -> str:
    """A batch of three, two at once: members that end wake it, and it ends with them."""
    order = bell()
    sweep = {"order": {name: order[name] for name in ("shots", "input", "target")}, "sweep": {"params": [{}] * 3}}
    answer = await product.api.post("/batches", json={**sweep, "window": 2}, headers={"Idempotency-Key": "recorded"})
    batch_id = str(answer.json()["id"])
    await product.host.hub.wait_for(batch_id)
    return batch_id


async def _ended(product: Product, key: str, **changes: Any) -> str:
    job_id = await _submitted(product, key, **changes)
    await product.answer_to(id=job_id)
    return job_id


async def _waiting(product: Product, key: str) -> str:
    job_id = await _submitted(product, key, target=QPU)
    await product.job_in(job_id, "waiting")
    return job_id


async def _submitted(product: Product, key: str, **changes: Any) -> str:
    return str((await product.submit(bell(**changes), key=f"recorded-{key}"))["id"])


STORIES: tuple[Story, ...] = (
    happy,
    throttled,
    many_rounds,
    woken,
    cancelled,
    cancelled_too_late,
    expired,
    fallback_at_once,
    fallback_from_queue,
    failed,
    own_session,
    rejected,
    approved,
    divided,
    divided_in_vain,
    equal_order,
    watcher,
    batch,
)
