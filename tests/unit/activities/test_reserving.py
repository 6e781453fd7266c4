"""Where a budget covers a job, its estimate is reserved before the workspace is called, and charged with its end."""

from dataclasses import replace
from typing import Any

import pytest

from activities.check_approval import check_approval
from activities.send_answer import send_answer
from activities.submit_job import submit_job
from orchestrators.approval_messages import ApprovalDecided, ApprovalOpen, CheckApproval
from orchestrators.messages import AnswerSent, ApprovalNeeded, NotSubmitted, Refused, SendAnswer, SubmitJob, Submitted
from quantum.budgets.model import Budget, Decision
from quantum.jobs.errors import ServiceUnavailableError
from quantum.jobs.lifecycle import Phase
from quantum.jobs.model import Approval, Candidate, Job
from quantum.jobs.program import Gates
from tests.support.builders import JOB_ID, NOW, App, a_job, a_program, a_target, an_order, with_remote
from tests.support.fakes.activities import call

QPU, AT = "ionq.qpu.aria-1", "2026-11-21T09:00:00.000Z"
LAB = Budget("lab", "workspace", "default", "USD", "month", 200)
MONTH = "lab:USD:2026-11-01"
COST = {"estimated": 90.25, "currency": "USD", "source": "service"}
HELD = Approval(JOB_ID, "lab", "USD", 97.5, 50, "2026-11-28T09:00:00.000Z")


@pytest.fixture
async def job(app: App) -> Job:
    """A job that costs 97.50 USD, in a workspace with a budget; its program is staged."""
    app.workspace.target_list[:] = [a_target(id=QPU), a_target()]
    app.workspace.inputs[JOB_ID] = b"staged"
    job = a_job(an_order(target=QPU), program=a_program(gates=Gates(0, 0, 0))).moved_to(Phase.STAGING, NOW)
    await app.index.claim(job, "digest")
    await set_budgets(app, LAB)
    return job


async def set_budgets(app: App, *budgets: Budget) -> None:
    """Replace the budgets, for this process, too."""
    version = (await app.ledger.definitions()).version
    await app.ledger.define(budgets, version, "ada", AT)
    app.pass_time(seconds=30)


async def totals(app: App) -> tuple[float, float]:
    """What is reserved and charged."""
    sums = await app.ledger.totals(MONTH)
    return sums.reserved / 1e6, sums.charged / 1e6


def ended(job: Job, **facts: Any) -> Job:
    """The job when it has succeeded."""
    job = with_remote(job, status="Succeeded", provider_id="ionq", cost=COST, **facts)
    return job.moved_to(Phase.COLLECTING, NOW).moved_to(Phase.SUCCEEDED, NOW)


@pytest.mark.parametrize("verdict", ["approved", "denied", None])
async def test_a_member_of_an_approved_batch_does_not_ask(app: App, job: Job, verdict: Any) -> None:
    """On a fallback, or a target of our choice, it does ask: the estimate of the batch did not have it."""
    await set_budgets(app, replace(LAB, approve_above=50))
    member = replace(job, source={"door": "batch", "batch": "b1"})
    if verdict:
        await app.ledger.decide("b1", Decision(verdict, "bob", AT))
    order = replace(job.order, target="ionq.simulator", fallback_targets=(QPU,))
    fallen_back = replace(member, order=order, progress=replace(job.progress, fallback=1))
    chosen = replace(member, choice=(Candidate(QPU, ()),))

    for asks in (fallen_back, chosen):
        assert isinstance(await call(submit_job, SubmitJob(asks)), ApprovalNeeded)
    assert isinstance(await call(submit_job, SubmitJob(member)), Submitted if verdict == "approved" else ApprovalNeeded)


async def test_a_submission_reserves_and_its_end_is_charged(app: App, job: Job) -> None:
    """Each once, though both steps are repeated."""
    outcomes = [await call(submit_job, SubmitJob(job)) for _ in range(2)]
    assert [type(outcome) for outcome in outcomes] == [Submitted] * 2
    assert await totals(app) == (97.5, 0)
    assert [await call(send_answer, SendAnswer(ended(job))) for _ in range(2)] == [AnswerSent()] * 2

    assert await totals(app) == (0, 90.25)


async def test_a_job_without_room_never_reaches_the_workspace(app: App, job: Job) -> None:
    """Its error names the budget."""
    await set_budgets(app, replace(LAB, limit=97.4))

    outcome = await call(submit_job, SubmitJob(job))

    assert isinstance(outcome, Refused)
    assert (outcome.error.code, app.workspace.ledger) == ("OverBudget", [])
    assert "The budget lab has 97.40 USD left" in outcome.error.message


async def test_more_than_a_budget_lets_pass_waits(app: App, job: Job) -> None:
    """The outcome says what the job costs, and until when somebody may approve it."""
    await set_budgets(app, replace(LAB, approve_above=50))

    outcome = await call(submit_job, SubmitJob(job))

    assert isinstance(outcome, ApprovalNeeded)
    assert replace(outcome.approval, until=HELD.until) == HELD
    assert app.workspace.ledger == []


@pytest.mark.parametrize("budget", [replace(LAB, approve_above=50), replace(LAB, name="small", limit=1)])
async def test_budgets_do_not_stop_what_was_submitted_before(app: App, job: Job, budget: Budget) -> None:
    """They were changed after an attempt whose reply was lost."""
    await call(submit_job, SubmitJob(job))
    await set_budgets(app, budget)

    assert isinstance(await call(submit_job, SubmitJob(replace(job))), Submitted)


async def test_an_order_that_is_free_asks_no_ledger(app: App, job: Job) -> None:
    """Neither before nor after; one that costs nothing by the service's word asks none either."""
    free = replace(job, order=an_order())
    tables: Any = app.ledger._tables
    tables.requests.clear()

    await call(submit_job, SubmitJob(free))
    await call(send_answer, SendAnswer(with_remote(ended(free), cost=None)))

    assert tables.requests == {}


async def test_a_job_without_a_price_is_charged_what_the_service_says(app: App, job: Job) -> None:
    """Nothing could be reserved for it."""
    await call(send_answer, SendAnswer(ended(replace(job, order=an_order(target="new.qpu")))))

    assert await totals(app) == (0, 90.25)


async def test_an_answer_does_not_wait_for_the_ledger(app: App, job: Job) -> None:
    """Housekeeping charges what has to wait."""

    class Down:
        def __getattr__(self, name: str) -> Any:
            raise ServiceUnavailableError("down")

    await call(submit_job, SubmitJob(job))
    app.ledger, ledger = Down(), app.ledger  # type: ignore[assignment]  # every use of it fails
    app.core.budgets._services.ledger._resource = app.ledger  # the one that was made
    assert await call(send_answer, SendAnswer(ended(job))) == AnswerSent()
    app.core.budgets._services.ledger._resource = ledger

    assert await app.core.budgets.reconcile() == []
    sums = await ledger.totals(MONTH)
    assert (sums.reserved, sums.charged) == (0, 90_250_000)


def held(job: Job) -> Job:
    """The job while it waits for an approval."""
    return replace(job.moved_to(Phase.AWAITING_APPROVAL, NOW), approval=HELD)


async def test_a_job_that_waits_is_shown_and_looked_at(app: App, job: Job) -> None:
    """Its row is written once."""
    outcomes = [await call(check_approval, CheckApproval(held(job))) for _ in range(2)]

    assert outcomes == [ApprovalOpen(HELD.until)] * 2
    assert app.index.recorded == ["awaitingApproval"]
    assert app.index.entries[JOB_ID].job.approval == HELD


async def test_a_decision_reaches_its_job(app: App, job: Job) -> None:
    """With who, when and why."""
    await app.ledger.decide(JOB_ID, Decision("approved", "ada", AT, "agreed"))

    outcome = await call(check_approval, CheckApproval(held(job)))

    assert outcome == ApprovalDecided(replace(HELD, verdict="approved", by="ada", at=AT, why="agreed"))


async def test_no_answer_is_a_denial_in_the_end(app: App, job: Job) -> None:
    """A cancellation ends the wait before."""
    waiting = held(job)
    app.pass_time(days=7)
    assert await call(check_approval, CheckApproval(waiting)) == ApprovalDecided(HELD)
    await app.index.request_cancel(JOB_ID, AT)

    assert await call(check_approval, CheckApproval(waiting)) == NotSubmitted("cancel")


@pytest.mark.usefixtures("app")
async def test_a_job_that_lost_what_it_waits_for_is_not_submitted(job: Job) -> None:
    """There is nothing to approve."""
    outcome = await call(check_approval, CheckApproval(replace(held(job), approval=None)))

    assert outcome == NotSubmitted("cancel")
