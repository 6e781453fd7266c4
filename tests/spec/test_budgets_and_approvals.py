"""A budget is kept however many orders come at once, and what costs more than it lets pass waits for a decision."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

from tests.support.product import QPU, Product, circuit

COST = 97.5022  # of ten shots of one gate, as the table of prices has it
ROOM = 7
ORDERS = 40  # the ledger itself is tried with a hundred: tests/contract/ports


@asynccontextmanager
async def a_budget(product: Product, **limits: Any) -> AsyncIterator[str]:
    """A budget of the workspace, for a while; gives its name."""
    name = f"lab-{uuid4()}"
    lab = {"name": name, "scope": "workspace", "of": "default", "unit": "USD", "period": "total", "limit": 1_000_000}
    await put(product, lab | limits)
    try:
        yield name
    finally:
        await put(product)


async def put(product: Product, *budgets: dict[str, Any]) -> None:
    """Replace all budgets."""
    version = (await product.api.get("/budgets")).json()["version"]
    answer = await product.api.put("/budgets", json={"budgets": budgets, "version": version})
    assert answer.status_code == 200, answer.text


async def state(product: Product, name: str) -> dict[str, Any]:
    """What the deployment says of a budget."""
    document = (await product.api.get("/budgets")).json()
    return next(budget for budget in document["budgets"] if budget["name"] == name)


async def decide(product: Product, job_id: str, verb: str, **body: Any) -> int:
    """Approve or deny a job; gives the status of the answer."""
    return (await product.api.post(f"/jobs/{job_id}/{verb}", json=body)).status_code


async def test_orders_at_once_and_room_for_seven(product: Product) -> None:
    """Seven run; the others are refused by name, and the ledger has what the seven have cost."""
    async with a_budget(product, limit=ROOM * COST + 1) as name:
        jobs = await asyncio.gather(*(product.submit(circuit(target=QPU)) for _ in range(ORDERS)))
        answers = await asyncio.gather(*(product.answer_to(id=job["id"]) for job in jobs))
        ended = [answer["data"] for answer in answers]

        assert sum(job["phase"] == "succeeded" for job in ended) == ROOM
        refused = [job for job in ended if job["phase"] == "rejected"]
        assert len(refused) == ORDERS - ROOM
        assert {job["error"]["code"] for job in refused} == {"OverBudget"}
        spent = sum((job["cost"] or {}).get("estimated", 0) for job in ended if job["phase"] == "succeeded")
        budget = await state(product, name)
        assert (budget["reserved"], round(budget["spent"], 3)) == (0, round(spent, 3))


async def test_what_did_not_run_gives_its_money_back(product: Product) -> None:
    """A cancelled job, and one that fails: the next one has room."""
    await product.set_target(QPU, queueSeconds=600)
    async with a_budget(product, limit=COST + 1) as name:
        job = await product.submit(circuit(target=QPU))
        await product.job_in(job["id"], "waiting")
        assert (await state(product, name))["reserved"] == COST
        await product.cancel(job["id"])
        await product.answer_to(id=job["id"])
        budget = await state(product, name)
        assert (budget["reserved"], budget["spent"]) == (0, 0)
        await product.set_target(QPU, queueSeconds=0)
        assert (await product.ended(circuit(target=QPU)))["phase"] == "succeeded"


async def test_an_approved_job_runs(product: Product) -> None:
    """Who approved it, and why, is in its view; a second decision is a conflict."""
    async with a_budget(product, approveAbove=50) as name:
        with product.time_held():
            job = await product.submit(circuit(target=QPU))
            waiting = await product.job_in(job["id"], "awaitingApproval")
            assert (waiting["approval"]["budget"], waiting["approval"]["amount"]) == (name, COST)
            assert (await state(product, name))["reserved"] == 0
            first = await decide(product, job["id"], "approve", why="it is worth it")
            again = await decide(product, job["id"], "deny")
        ended = (await product.answer_to(id=job["id"]))["data"]

        assert (first, again) == (202, 409)
        assert ended["phase"] == "succeeded"
        assert (ended["approval"]["verdict"], ended["approval"]["why"]) == ("approved", "it is worth it")
        assert await decide(product, job["id"], "approve") == 409


async def test_a_denied_job_is_rejected(product: Product) -> None:
    """Its answer has the reason."""
    async with a_budget(product, approveAbove=50):
        with product.time_held():
            job = await product.submit(circuit(target=QPU))
            await product.job_in(job["id"], "awaitingApproval")
            await decide(product, job["id"], "deny", why="too much")
        ended = (await product.answer_to(id=job["id"]))["data"]

    assert (ended["phase"], ended["error"]["code"]) == ("rejected", "ApprovalDenied")
    assert ended["error"]["message"].endswith("denied it: too much")


async def test_no_answer_is_a_denial(product: Product) -> None:
    """At the deadline of the order; a job that waits can be cancelled before, and is never overdue."""
    async with a_budget(product, approveAbove=50):
        late = await product.ended(circuit(target=QPU, deadline="PT2H"))
        with product.time_held():
            job = await product.submit(circuit(target=QPU))
            await product.job_in(job["id"], "awaitingApproval")
            await product.keep_house(after=timedelta(hours=12))
            await product.cancel(job["id"])
        cancelled = (await product.answer_to(id=job["id"]))["data"]

    assert (late["phase"], late["error"]["code"]) == ("expired", "NotApproved")
    assert (cancelled["phase"], cancelled["history"][-2]["phase"]) == ("cancelled", "awaitingApproval")


async def test_a_batch_runs_what_fits_into_its_limit(product: Product) -> None:
    """The members that would go over it are rejected, and the rest runs."""
    order = {name: value for name, value in circuit(target=QPU).items() if name != "name"}
    request = {"order": order, "sweep": {"params": [{}] * 4}, "maxCost": {"USD": 2 * COST + 1}}
    answer = await product.api.post("/batches", json=request)
    assert answer.status_code == 202, answer.text
    batch_id = answer.json()["id"]
    await product.host.hub.wait_for(batch_id)
    batch = (await product.api.get(f"/batches/{batch_id}")).json()

    assert (batch["phase"], batch["byPhase"]) == ("partly", {"succeeded": 2, "rejected": 2})
    refused = await product.api.get(f"/batches/{batch_id}/members?phase=rejected")
    job = await product.job(refused.json()["members"][0]["id"])
    assert job["error"]["code"] == "OverBudget"
    assert "maxCost of its batch" in job["error"]["message"]
