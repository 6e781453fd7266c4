"""A batch whose members together cost more than a budget lets pass waits for one decision about all of them."""

import asyncio
from datetime import timedelta
from typing import Any

from tests.spec.test_batches import answered, members, start
from tests.spec.test_budgets_and_approvals import COST, a_budget, state
from tests.support.product import PATIENCE_SECONDS, QPU, Product, circuit

ABOVE = 2 * COST + 1  # one member, or two, may pass
THREE = {"order": circuit(target=QPU), "sweep": {"params": [{}] * 3}, "maxCost": {"USD": 1000}}


async def waiting(product: Product, batch: dict[str, Any]) -> dict[str, Any]:
    """Wait until a batch waits for its approval."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while (view := (await product.api.get(f"/batches/{batch['id']}")).json())["phase"] == "accepted":
            pass
    assert view["phase"] == "awaitingApproval"
    assert view["byPhase"] == {"pending": 3}
    held: dict[str, Any] = view
    return held


async def decide(product: Product, batch: dict[str, Any], verb: str, **body: Any) -> int:
    """Approve, deny or cancel a batch; gives the status of the answer."""
    return (await product.api.post(f"/batches/{batch['id']}/{verb}", json=body)).status_code


async def test_an_approved_batch_runs(product: Product) -> None:
    """Nothing is reserved before, no member asks again, and a second decision is a conflict."""
    async with a_budget(product, approveAbove=ABOVE) as name:
        with product.time_held():
            batch = await start(product, THREE)
            view = await waiting(product, batch)
            assert (view["approval"]["budget"], view["approval"]["amount"]) == (name, round(3 * COST, 4))
            assert view["maxCost"] == {"USD": 1000}
            assert (await state(product, name))["reserved"] == 0
            first = await decide(product, batch, "approve", why="for the paper")
            again = await decide(product, batch, "approve")
        ended = (await answered(product, batch))["data"]

    assert (first, again) == (202, 409)
    assert (ended["phase"], ended["byPhase"]) == ("succeeded", {"succeeded": 3})
    assert (ended["approval"]["verdict"], ended["approval"]["why"]) == ("approved", "for the paper")


async def test_members_above_the_limit_do_not_ask_again(product: Product) -> None:
    """Each alone would wait; their batch was approved."""
    async with a_budget(product, approveAbove=COST / 2):
        with product.time_held():
            batch = await start(product, THREE)
            await waiting(product, batch)
            await decide(product, batch, "approve")
        ended = (await answered(product, batch))["data"]

    assert ended["byPhase"] == {"succeeded": 3}


async def test_a_denied_batch_starts_nothing(product: Product) -> None:
    """Its answer has the reason."""
    async with a_budget(product, approveAbove=ABOVE):
        with product.time_held():
            batch = await start(product, THREE)
            await waiting(product, batch)
            await decide(product, batch, "deny", why="too much")
        answer = await answered(product, batch)

    assert answer["type"] == "quantumjobs.batch.rejected"
    assert answer["data"]["error"]["code"] == "ApprovalDenied"
    assert answer["data"]["byPhase"] == {"leftOut": 3}
    assert {member.get("job") for member in await members(product, batch)} == {None}


async def test_a_batch_that_nobody_approves_ends(product: Product) -> None:
    """At the deadline of its members; it can be cancelled before, and housekeeping finds nothing wrong with it."""
    async with a_budget(product, approveAbove=ABOVE):
        late = await start(product, THREE | {"order": circuit(target=QPU, deadline="PT2H")})
        expired = (await answered(product, late))["data"]
        with product.time_held():
            batch = await start(product, THREE)
            await waiting(product, batch)
            await product.keep_house(after=timedelta(hours=12))
            assert await decide(product, batch, "cancel") == 202
        cancelled = (await answered(product, batch))["data"]

    assert (expired["phase"], expired["error"]["code"]) == ("expired", "NotApproved")
    assert (cancelled["phase"], cancelled["byPhase"]) == ("cancelled", {"leftOut": 3})
