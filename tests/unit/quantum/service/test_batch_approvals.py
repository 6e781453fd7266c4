"""A batch whose members together cost more than a budget lets pass: none starts before a decision about all of them."""

from typing import Any

import pytest

from quantum.batches.model import Batch
from quantum.batches.read import batch_from
from quantum.budgets.model import Budget, Decision
from quantum.contract.kinds import Limits
from quantum.jobs.program import Compiled
from quantum.service.batch_approvals import MAX_ESTIMATED
from quantum.service.batch_steps import advance, finish
from tests.support.builders import CIRCUIT, JOB_ID, QIR, App, a_target
from tests.support.fakes.workspace import InMemoryWorkspace

QPU, COST = "ionq.qpu.aria-1", 97.5022
ORDER: dict[str, Any] = {
    "target": QPU,
    "shots": 10,
    "input": {"format": "ionq.circuit.v1", "text": CIRCUIT},
}
THREE = {"order": ORDER, "sweep": {"params": [{}] * 3}}
AT = "2026-11-21T09:00:00.000Z"


async def an_app(above: float | None = 200, **changes: Any) -> App:
    """The app with a budget."""
    app = App(workspace=InMemoryWorkspace([a_target(id=QPU), a_target()]))
    fields = {"name": "lab", "scope": "workspace", "of": "default", "unit": "USD", "period": "month", "limit": 1000}
    budget = Budget(**{**fields, "approve_above": above, **changes})
    await app.ledger.define([budget], 0, "ada", AT)
    return app


async def take(app: App, **batch: Any) -> None:
    """Take a batch, and let its process look at it once."""
    members = batch_from(batch or THREE, Limits())
    await app.core.batches.take(members, JOB_ID, {"door": "http", "tenant": "chem"}, app.orchestrations)
    await step(app)


async def step(app: App) -> None:
    """Advance the batch."""
    await advance(app.core.batches, JOB_ID, app.orchestrations)


async def the_batch(app: App) -> Batch:
    """What is stored of it."""
    batch = await app.batches.find(JOB_ID)
    assert batch
    return batch


async def decide(app: App, verdict: Any, why: str | None = None) -> None:
    """Decide about the batch, and let it look."""
    await app.ledger.decide(JOB_ID, Decision(verdict, "bob", AT, why))
    await step(app)


async def test_the_sum_of_its_members_waits_for_an_approval() -> None:
    """No single member is above the limit; once approved, all start, and the batch does not ask again."""
    app = await an_app()
    await take(app)
    await step(app)
    waiting = await the_batch(app)

    assert (waiting.phase.value, waiting.members, app.orchestrations.started) == (
        "awaitingApproval",
        "...",
        {JOB_ID: 1},
    )
    assert waiting.approval
    assert (waiting.approval.budget, waiting.approval.above) == ("lab", 200)
    assert waiting.approval.amount == pytest.approx(3 * COST)
    assert waiting.approval.until == "2026-11-28T09:00:00.000Z"
    await decide(app, "approved", "agreed")
    await step(app)
    running = await the_batch(app)
    assert (running.phase.value, running.members) == ("running", "rrr")
    assert running.approval
    assert (running.approval.verdict, running.approval.by, running.approval.why) == ("approved", "bob", "agreed")


async def test_a_denied_batch_is_rejected() -> None:
    """No member starts, whatever step is repeated; the error has who and why."""
    app = await an_app()
    await take(app)
    await decide(app, "denied", "too much")
    await step(app)
    await finish(app.core.batches, JOB_ID)
    ended = await the_batch(app)

    assert (ended.phase.value, ended.members, app.orchestrations.started) == ("rejected", "xxx", {JOB_ID: 1})
    assert ended.error
    assert ended.error.code == "ApprovalDenied"
    assert ended.error.message.endswith("(budget lab). bob denied it: too much")


async def test_a_denial_needs_no_reason() -> None:
    """The error ends after who denied it."""
    app = await an_app()
    await take(app)
    await decide(app, "denied")
    error = (await the_batch(app)).error

    assert error
    assert error.message.endswith("bob denied it.")


@pytest.mark.parametrize(("deadline", "hours"), [({}, 7 * 24), ({"deadline": "PT2H"}, 2)])
async def test_no_answer_in_time_is_a_denial(deadline: dict[str, str], hours: int) -> None:
    """At the first deadline of a member, or after seven days."""
    app = await an_app()
    await take(app, **THREE | {"order": ORDER | deadline})
    app.pass_time(hours=hours - 1)
    await step(app)
    assert (await the_batch(app)).phase.value == "awaitingApproval"
    app.pass_time(hours=1)
    await step(app)
    await finish(app.core.batches, JOB_ID)
    ended = await the_batch(app)

    assert (ended.phase.value, ended.members) == ("expired", "xxx")
    assert ended.error
    assert ended.error.code == "NotApproved"


async def test_a_batch_that_waits_can_be_cancelled() -> None:
    """It is cancelled, not rejected."""
    app = await an_app()
    await take(app)
    await app.batches.request_cancel(JOB_ID, AT)
    await step(app)
    await finish(app.core.batches, JOB_ID)

    assert ((await the_batch(app)).phase.value, (await the_batch(app)).members) == ("cancelled", "xxx")


async def test_a_paused_batch_asks_once_it_may_go_on() -> None:
    """Paused while it waits, it is still decided about, and starts nothing."""
    app = await an_app()
    await app.batches.request_pause(JOB_ID, AT)
    await take(app)
    assert (await the_batch(app)).phase.value == "paused"
    await app.batches.request_pause(JOB_ID, None)
    await step(app)
    assert (await the_batch(app)).phase.value == "awaitingApproval"
    await app.batches.request_pause(JOB_ID, AT)
    await decide(app, "approved")
    assert ((await the_batch(app)).phase.value, (await the_batch(app)).members) == ("paused", "...")
    await app.batches.request_pause(JOB_ID, None)
    await step(app)
    assert (await the_batch(app)).members == "rrr"


@pytest.mark.parametrize(
    "budget",
    [
        {"above": None},
        {"above": 3 * COST},
        {"unit": "EUR"},
        {"of": "another"},
        {"scope": "tenant", "of": "physics"},
    ],
)
async def test_other_budgets_hold_nothing_up(budget: dict[str, Any]) -> None:
    """One that asks for no approval, is not exceeded, or is not this batch's."""
    app = await an_app(**budget)
    await take(app)

    assert ((await the_batch(app)).members, (await the_batch(app)).approval) == ("rrr", None)


async def test_a_tenant_s_budget_covers_its_batches() -> None:
    """As it covers the members."""
    app = await an_app(scope="tenant", of="chem")
    await take(app)

    assert (await the_batch(app)).phase.value == "awaitingApproval"


async def test_free_targets_read_no_budgets() -> None:
    """A batch on simulators costs no request more."""
    app = await an_app()
    app.ledger.definitions = _refused  # type: ignore[method-assign]  # the one call that would be too many
    await take(app, order=ORDER | {"target": "ionq.simulator"}, sweep={"params": [{}] * 3})

    assert (await the_batch(app)).members == "rrr"


async def _refused() -> Any:
    raise AssertionError("the budgets were read")


async def test_more_members_than_are_estimated_cost_like_the_dearest() -> None:
    """Members that differ only in an angle are estimated once."""
    app = await an_app(above=1)
    count = MAX_ESTIMATED + 5
    await take(app, order=ORDER, sweep={"params": [{"note": str(number)} for number in range(count)]})
    approval = (await the_batch(app)).approval

    assert approval
    assert approval.amount == pytest.approx(count * COST)


async def test_members_that_differ_in_angles_cost_the_same() -> None:
    """Whole numbers may be the length of a loop: each of them is compiled for the estimate, of angles the first."""
    app = await an_app(above=1)
    app.compiler.answer = Compiled(QIR, "ENTRYPOINT__main", 2)
    order = ORDER | {"input": {"format": "openqasm3", "text": "input float a; qubit q; rx(a) q;"}}
    await take(app, order=order, sweep={"arguments": [[0.1], [0.2], [0.3], [1], [2]]})
    compiled = [request["with"] for request in app.compiler.requests]

    assert (await the_batch(app)).phase.value == "awaitingApproval"
    assert compiled == [(0.1,), (1,), (2,)]


async def test_a_member_that_is_no_order_costs_nothing() -> None:
    """It is rejected when it starts; the others count."""
    app = await an_app(above=100)
    wrong = ORDER | {"input": ORDER["input"] | {"text": "{"}}
    await take(app, orders=[ORDER, ORDER, wrong], partial=True)
    approval = (await the_batch(app)).approval

    assert approval
    assert approval.amount == pytest.approx(2 * COST)
