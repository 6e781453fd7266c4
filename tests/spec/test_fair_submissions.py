"""Submissions with limits by key: never too many starts in a period, and no tenant waits behind the line of another."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
import pytest_asyncio

from tests.spec.test_own_workspaces import own, removed
from tests.support.budgets import fill
from tests.support.product import Product, circuit, serve_product
from tests.support.vaulted import GUEST, GUEST_SECRET

STARTS, PERIOD = 10, timedelta(minutes=1)
WINDOW = PERIOD * 1.1  # a start counts a tenth of the period longer
LIMITS = f'{{"target": {{"*": {{"starts": {STARTS}, "period": "PT1M"}}}}}}'


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def served_product(storage_account: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Product]:
    """Serve the app with few starts in a minute."""
    settings = {"SUBMISSION_LIMITS": LIMITS}
    async with serve_product(storage_account, tmp_path_factory.mktemp("product"), settings=settings) as product:
        yield product


@pytest.fixture
async def small(product: Product) -> AsyncIterator[str]:
    """The workspace of another tenant."""
    fill()
    product.vault.directory.add(GUEST, GUEST_SECRET)
    assert (await product.api.post("/workspaces", json=own(product, "small"))).status_code == 201
    yield "small"
    await product.come_to_rest()
    await removed(product, "small")


def moment(job: dict[str, Any], phase: str) -> datetime:
    """When a job came into a phase."""
    return next(datetime.fromisoformat(entry["at"]) for entry in job["history"] if entry["phase"] == phase)


def waited(job: dict[str, Any]) -> timedelta:
    """How long a job waited until it was submitted."""
    return moment(job, "waiting") - moment(job, "accepted")


async def test_a_small_tenant_waits_two_windows_at_most(product: Product, small: str, *, chaos: bool) -> None:
    """One has many orders in line, the other comes later with ten; fewer without `chaos`."""
    with product.time_held():
        large = [await product.submit(circuit()) for _ in range(300 if chaos else 4 * STARTS)]
        few = [await product.submit(circuit(workspace=small)) for _ in range(10)]
    ends = {job["id"]: (await product.answer_to(id=job["id"]))["data"] for job in (*large, *few)}
    starts = sorted(moment(job, "staging") for job in ends.values())

    assert {job["phase"] for job in ends.values()} == {"succeeded"}
    assert max(waited(ends[job["id"]]) for job in few) <= 2 * WINDOW
    assert max(waited(ends[job["id"]]) for job in large) > 3 * PERIOD
    assert all(later - first > PERIOD for first, later in zip(starts, starts[STARTS:], strict=False))
    assert len((await product.ledger(*ends))["executions"]) == len(ends)


async def test_the_urgent_order_is_submitted_first(product: Product) -> None:
    """Of those that wait for the same period; `low` comes last."""
    with product.time_held():
        first = [await product.submit(circuit()) for _ in range(STARTS)]
        others = [await product.submit(circuit(urgency=word)) for word in ("low", None, "high") for _ in range(STARTS)]
    ends = {job["id"]: (await product.answer_to(id=job["id"]))["data"] for job in (*first, *others)}
    low, normal, high = (
        [moment(ends[job["id"]], "staging") for job in others[place : place + STARTS]]
        for place in range(0, 3 * STARTS, STARTS)
    )

    assert all(max(sooner) < min(later) for sooner, later in pairwise((high, normal, low)))
    assert ends[others[0]["id"]]["urgency"] == "low"
