"""The doors of budgets and approvals: what they refuse, and why."""

import json
from dataclasses import replace
from typing import Any

import pytest

from quantum.batches.model import Batch
from quantum.batches.progress import BatchPhase
from quantum.budgets.model import Budget, Claim, Reservation
from quantum.doors.http.budgets import approve_batch, approve_job, deny_batch, deny_job, read_budgets, write_budgets
from quantum.doors.http.frame import Request, Response, answer
from quantum.jobs.lifecycle import Phase
from quantum.jobs.model import Approval
from tests.support.builders import JOB_ID, NOW, App, a_job

LAB = {"name": "lab", "scope": "workspace", "of": "default", "unit": "USD", "period": "month", "limit": 500}
HELD = Approval(JOB_ID, "lab", "USD", 60.5, 50, "2026-11-28T09:00:00.000Z")


@pytest.fixture
def app() -> App:
    """The app in memory."""
    return App()


async def ask(app: App, door: Any, body: Any = None, job: str = JOB_ID) -> Response:
    """Send a request to a door, through the frame of all doors."""
    content = b"" if body is None else json.dumps(body).encode()
    return await answer(door, Request(route={"id": job}, body=content), app.core, app.orchestrations)


async def hold(app: App) -> None:
    """Let a job wait for an approval."""
    job = a_job(approval=HELD).moved_to(Phase.STAGING, NOW).moved_to(Phase.AWAITING_APPROVAL, NOW)
    await app.index.claim(job, "digest")


async def test_budgets_are_set_and_read(app: App) -> None:
    """Each with its period; the change is kept with who made it."""
    before = await ask(app, read_budgets)
    after = await ask(app, write_budgets, {"budgets": [LAB, LAB | {"name": "all", "period": "total"}], "version": 0})

    assert before.body == {"budgets": [], "version": 0, "changes": []}
    lab, total = after.body["budgets"]
    moments = {"periodBegan": "2026-11-01T00:00:00.000Z", "periodEnds": "2026-12-01T00:00:00.000Z"}
    assert lab == LAB | {"reserved": 0, "spent": 0, "left": 500} | moments
    assert "periodEnds" not in total
    assert [(change["by"], change["version"], len(change["budgets"])) for change in after.body["changes"]] == [
        ("key", 1, 2)
    ]


async def test_a_change_of_budgets_that_are_no_more_is_a_conflict(app: App) -> None:
    """The problem says which version there is."""
    await ask(app, write_budgets, {"budgets": [LAB], "version": 0})
    refused = await ask(app, write_budgets, {"budgets": [], "version": 0})

    assert (refused.status, refused.body["title"]) == (409, "The budgets were changed since")
    assert "Their version is 1, not 0" in refused.body["detail"]


async def test_every_fault_of_budgets_is_named(app: App) -> None:
    """And nothing is changed; the fields of the request come first."""
    wrong = await ask(app, write_budgets, {"budgets": [LAB | {"unit": "DM"}, {}], "version": 0})
    form = await ask(app, write_budgets, {"budgets": "none"})
    both = await ask(app, write_budgets, {"budgets": [LAB | {"unit": "DM"}, 7], "version": "x"})
    unversioned = await ask(app, write_budgets, {"budgets": [LAB | {"limit": -1}]})

    assert (wrong.status, form.status) == (400, 400)
    assert [error["field"] for error in both.body["errors"]] == ["version", "budgets[0].unit", "budgets[1]"]
    assert [error["field"] for error in unversioned.body["errors"]] == ["version", "budgets[0].limit"]
    assert {error["field"] for error in wrong.body["errors"]} >= {"budgets[0].unit", "budgets[1].name"}
    assert {error["field"] for error in form.body["errors"]} == {"budgets", "version"}
    assert (await app.ledger.definitions()).version == 0


async def test_a_number_that_is_too_large_is_named_by_its_place() -> None:
    """JSON has numbers that no float holds."""
    body = b'{"budgets": [{"limit": 1e400}], "version": 0}'
    refused = await answer(write_budgets, Request(body=body), App().core, App().orchestrations)

    assert [error["field"] for error in refused.body["errors"]] == ["budgets[0].limit"]


async def test_a_decision_is_taken_once(app: App) -> None:
    """It wakes the job; whoever comes second learns who was first."""
    await hold(app)
    first = await ask(app, approve_job, {"why": "agreed"})
    again = [await ask(app, door) for door in (approve_job, deny_job)]

    assert (first.status, first.body["phase"], app.orchestrations.woken[:1]) == (202, "awaitingApproval", [JOB_ID])
    assert [each.status for each in again] == [409, 409]
    assert again[0].body["detail"].startswith("It was approved by key at 2026-11-21T09:00:00.000Z")
    decision = await app.ledger.decision(JOB_ID)
    assert decision
    assert (decision.verdict, decision.why) == ("approved", "agreed")


async def test_a_decision_about_a_batch_is_taken_once(app: App) -> None:
    """While it waits; it wakes the batch, whose view has what is to be decided."""
    waiting = Batch(JOB_ID, "three", NOW.isoformat(), {"door": "http"}, members="...", approval=HELD)
    app.batches.batches[JOB_ID] = waiting
    early = await ask(app, approve_batch)
    app.batches.batches[JOB_ID] = waiting.moved_to(BatchPhase.AWAITING_APPROVAL, NOW)
    first = await ask(app, approve_batch, {"why": "agreed"})
    again = [await ask(app, door) for door in (approve_batch, deny_batch)]

    assert (early.status, early.body["phase"]) == (409, "accepted")
    assert (first.status, first.headers["Location"]) == (202, f"/api/batches/{JOB_ID}")
    assert first.body["approval"]["amount"] == HELD.amount
    assert [each.status for each in again] == [409, 409]
    assert app.orchestrations.woken == [JOB_ID] * 3
    decision = await app.ledger.decision(JOB_ID)
    assert decision
    assert (decision.verdict, decision.why) == ("approved", "agreed")
    assert (await ask(App(), deny_batch)).status == 404


async def test_a_denial_needs_no_body(app: App) -> None:
    """Its reason is up to whoever denies."""
    await hold(app)

    assert (await ask(app, deny_job)).status == 202


async def test_only_a_job_that_waits_can_be_decided_about(app: App) -> None:
    """In time, too: after its last moment it is denied already."""
    assert (await ask(app, approve_job)).status == 404
    await app.index.claim(a_job(), "digest")
    refused = await ask(app, approve_job)
    assert (refused.status, refused.body["phase"]) == (409, "accepted")
    await app.index.record(replace(a_job(), phase=Phase.AWAITING_APPROVAL, approval=HELD))
    app.pass_time(days=7)
    late = await ask(app, deny_job)

    assert (late.status, late.body["detail"]) == (
        409,
        "Nobody approved it by 2026-11-28T09:00:00.000Z, which is a denial.",
    )


async def test_a_decision_without_a_sound_reason_is_refused(app: App) -> None:
    """The fields are named, and nothing is decided."""
    await hold(app)
    refused = await ask(app, approve_job, {"why": ""})

    assert (refused.status, refused.body["errors"][0]["field"]) == (400, "why")
    assert await app.ledger.decision(JOB_ID) is None


async def test_what_was_reserved_is_shown(app: App) -> None:
    """Below zero where more was spent than the limit."""
    budget = Budget("lab", "workspace", "default", "USD", "month", 1)
    await app.ledger.define((budget,), 0, "ada", "2026-11-21T09:00:00.000Z")
    claim = Claim.on(budget, NOW, 0)
    await app.ledger.settle(Reservation("s", "j", "", ()), claim, 3_500_000, "2026-11-21T09:00:00.000Z")

    (view,) = (await ask(app, read_budgets)).body["budgets"]
    assert (view["spent"], view["left"]) == (3.5, -2.5)
