"""Reserved before, charged after: what a ledger says of jobs that end in every way, and of crashes in between."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from quantum.budgets.model import Budget
from quantum.budgets.rules import Totals
from quantum.jobs.errors import NotFoundError, RefusedError, ServiceUnavailableError
from quantum.jobs.lifecycle import Phase
from quantum.jobs.model import Approval, Job
from quantum.jobs.program import Gates
from quantum.service.budgets import FRESH
from quantum.service.housekeeping import keep_house
from tests.support.builders import (
    JOB_ID,
    NOW,
    App,
    a_job,
    a_program,
    a_remote_job,
    an_order,
    no_step,
    with_progress,
    with_remote,
)

QPU, OTHER = "ionq.qpu.aria-1", "ionq.qpu.forte-1"
PROGRAM = a_program(gates=Gates(0, 0, 0))  # on QPU it costs 97.50 USD, the least
LAB = Budget("lab", "workspace", "default", "USD", "month", 200)
MONTH = "lab:USD:2026-11-01"
COST = {"estimated": 90.25, "currency": "USD", "source": "service"}


@pytest.fixture
async def app() -> App:
    """An app with a budget."""
    app = App()
    await app.ledger.define((LAB,), 0, "ada", "2026-11-01T00:00:00.000Z")
    return app


def a_billed_job(**changes: Any) -> Job:
    """A job on a target that is billed."""
    return a_job(an_order(target=QPU, **changes), program=PROGRAM)


def ended(job: Job, phase: Phase = Phase.SUCCEEDED, status: str = "Succeeded", **facts: Any) -> Job:
    """A job that has ended, as the index has it."""
    return replace(with_remote(job, status=status, provider_id="ionq", **facts), phase=phase)


async def totals(app: App, key: str = MONTH) -> tuple[float, float]:
    """What is reserved and charged."""
    sums = await app.ledger.totals(key)
    return sums.reserved / 1e6, sums.charged / 1e6


async def reserve(app: App, job: Job) -> Approval | None:
    """Reserve a job's estimate."""
    return await app.core.budgets.reserve(job, PROGRAM)


async def test_an_estimate_is_reserved_once(app: App) -> None:
    """However often the step is repeated; a job elsewhere, or billed in another unit, is not covered."""
    job = a_billed_job()
    for _ in range(2):
        assert await reserve(app, job) is None
    for other in (a_billed_job(workspace="chem"), a_job(an_order(target="quantinuum.qpu.h2-1"), program=PROGRAM)):
        assert await reserve(app, replace(other, id="6d9ae8b4-96a1-5ac9-8f9c-8e1c2a5cbbbb")) is None

    assert await totals(app) == (97.5, 0)


async def test_a_divided_job_reserves_and_asks_for_the_cost_of_its_parts(app: App) -> None:
    """Each part has the minimum of its own, as `maxCost` counts them."""
    job = replace(a_billed_job(shots=10_001), shots_at_once={QPU: 10_000})

    assert await reserve(app, job) is None
    assert await totals(app) == (195, 0)

    await app.ledger.define((replace(LAB, approve_above=100),), 1, "ada", "2026-11-01T00:00:00.000Z")
    other = replace(job, id="6d9ae8b4-96a1-5ac9-8f9c-8e1c2a5cbbbb")
    app.pass_time(seconds=FRESH.total_seconds() + 1)
    approval = await reserve(app, other)
    assert approval
    assert approval.amount == 195


async def test_a_repeated_step_claims_in_the_period_of_the_first(app: App) -> None:
    """Though a new month has begun in between."""
    await reserve(app, a_billed_job())
    app.pass_time(days=30)
    await reserve(app, a_billed_job())

    assert (await totals(app), await totals(app, "lab:USD:2026-12-01")) == ((97.5, 0), (0, 0))


async def test_a_job_without_room_is_refused_by_name(app: App) -> None:
    """The text says what is left, until when, and what to do; what other budgets had reserved for it is free again."""
    await app.ledger.define((replace(LAB, name="a", limit=500), LAB), 1, "ada", "2026-11-01T00:00:00.000Z")
    for number in range(2):
        await reserve(app, replace(a_billed_job(), id=f"6d9ae8b4-96a1-5ac9-8f9c-8e1c2a5cbbb{number}"))

    for _ in range(2):
        with pytest.raises(
            RefusedError, match=r"The budget lab has 5.00 USD left of 200.00 USD until 2026-12-01"
        ) as error:
            await reserve(app, a_billed_job())

    assert error.value.failure.code == "OverBudget"
    assert "this costs 97.50 USD" in str(error.value)
    assert (await totals(app), await totals(app, "a:USD:2026-11-01")) == ((195, 0), (195, 0))


async def test_a_cost_that_nobody_knows_before_is_refused(app: App) -> None:
    """Where a budget applies: time is billed after it has passed, and these gates cannot be counted."""
    uncounted = a_job(an_order(target=QPU), program=a_program(gates=None))
    timed = a_job(an_order(target="rigetti.qpu.cepheus-1-108q"), program=PROGRAM)

    for job in (uncounted, timed):
        with pytest.raises(RefusedError, match="nothing can be reserved on") as error:
            await app.core.budgets.reserve(job, job.program or PROGRAM)
        assert error.value.failure.code == "CostUnknown"


@pytest.mark.parametrize(
    ("phase", "status", "facts", "charged"),
    [
        (Phase.SUCCEEDED, "Succeeded", {"cost": COST}, 90.25),
        (Phase.SUCCEEDED, "Succeeded", {"cost": {"estimated": 250, "currency": "USD"}}, 250),
        (Phase.SUCCEEDED, "Succeeded", {"cost": {"estimated": 9, "currency": "credits"}}, 97.5),
        (Phase.SUCCEEDED, "Succeeded", {"cost": {"estimated": 0, "currency": "credits"}}, 0),
        (Phase.SUCCEEDED, "Succeeded", {"cost": {"estimated": None, "currency": "USD"}}, 97.5),
        (Phase.SUCCEEDED, "Succeeded", {}, 97.5),
        (Phase.FAILED, "Succeeded", {}, 97.5),
        (Phase.FAILED, "Failed", {}, 0),
        (Phase.FAILED, "Failed", {"cost": COST}, 90.25),
        (Phase.CANCELLED, "Cancelled", {}, 0),
        (Phase.EXPIRED, "Cancelled", {"cost": COST}, 90.25),
    ],
)
async def test_a_job_is_charged_what_the_service_says(
    app: App, phase: Phase, status: str, facts: Any, charged: float
) -> None:
    """Else, if it has succeeded there, our estimate; all else gives back what it had reserved. Repeated, it is once."""
    await reserve(app, a_billed_job())
    for _ in range(2):
        await app.core.budgets.settle(ended(a_billed_job(), phase, status, **facts))

    assert await totals(app) == (0, charged)
    assert [each async for each in app.ledger.unsettled()] == []


async def test_an_estimate_without_gates_is_charged_as_it_was_reserved(app: App) -> None:
    """The table of prices may have changed since."""
    await reserve(app, a_billed_job())
    job = replace(ended(a_billed_job()), program=a_program(gates=None))

    await app.core.budgets.settle(job)

    assert await totals(app) == (0, 97.5)


async def test_what_still_runs_stays_reserved(app: App) -> None:
    """Though our job has failed: the workspace says how it ends, and housekeeping looks again."""
    await reserve(app, a_billed_job())
    failed = ended(a_billed_job(), Phase.FAILED, "Waiting")
    await app.index.claim(failed, "")
    await app.index.record(failed)
    app.workspace.jobs[JOB_ID] = a_remote_job(status="Executing")

    await app.core.budgets.settle(failed)
    assert await totals(app) == (97.5, 0)
    app.workspace.jobs[JOB_ID] = a_remote_job(status="Succeeded", cost=COST)
    assert await app.core.budgets.reconcile() == []
    assert await totals(app) == (0, 90.25)


async def test_a_round_of_housekeeping_makes_the_ledger_true(app: App) -> None:
    """After a crash before a submission, before its charge, and in the middle of that."""
    jobs = [replace(a_billed_job(), id=f"6d9ae8b4-96a1-5ac9-8f9c-8e1c2a5cbbb{number}") for number in range(4)]
    await app.ledger.define((replace(LAB, limit=1000),), 1, "ada", "2026-11-01T00:00:00.000Z")
    for job in jobs:
        await reserve(app, job)
    never_submitted, charged, running, half = jobs
    for job in (never_submitted, charged, running, half):
        await app.index.claim(job, "digest")
    await app.index.record(replace(never_submitted, phase=Phase.CANCELLED))
    await app.index.record(ended(charged, cost=COST))
    await app.index.record(ended(half, cost=COST))
    (reservation,) = [each async for each in app.ledger.unsettled() if each.job == half.id]
    await app.ledger.settle(reservation, reservation.claims[0], 90_250_000, "2026-11-21T09:00:00.000Z")

    await keep_house(app.services, app.orchestrations, timedelta(days=1), no_step)

    assert await totals(app) == (97.5, 180.5)


async def test_a_fallback_frees_what_the_first_target_reserved(app: App) -> None:
    """When the next one reserves, or with housekeeping."""
    job = a_billed_job(fallback_targets=(OTHER,))
    await reserve(app, job)
    await app.index.claim(job, "")
    over = with_progress(job, fallback=1)
    await app.index.record(over)

    assert await app.core.budgets.reconcile() == []
    assert await totals(app) == (0, 0)
    await app.ledger.define((replace(LAB, limit=200),), 1, "ada", "2026-11-01T00:00:00.000Z")
    await reserve(app, over)
    assert await totals(app) == (168.195, 0)


async def test_a_step_on_the_next_target_settles_the_first(app: App) -> None:
    """Its money is there for this one."""
    job = a_billed_job(fallback_targets=(OTHER,))
    await reserve(app, job)
    await reserve(app, with_progress(job, fallback=1))

    assert await totals(app) == (168.195, 0)


async def test_claims_without_a_job_are_released_after_a_day(app: App) -> None:
    """Its row is gone; a young one may still come."""
    await reserve(app, a_billed_job())
    await app.core.budgets.reconcile()
    assert await totals(app) == (97.5, 0)
    app.pass_time(days=2)
    await app.core.budgets.reconcile()

    assert await totals(app) == (0, 0)


async def test_one_failure_stops_no_other(app: App) -> None:
    """Housekeeping raises it when all others are looked after."""
    first, second = a_billed_job(), replace(a_billed_job(), id="6d9ae8b4-96a1-5ac9-8f9c-8e1c2a5cbbbb")
    for job in (first, second):
        await reserve(app, job)
        await app.index.claim(job, "")
    await app.index.record(ended(first, Phase.FAILED, "Waiting"))
    await app.index.record(ended(second, cost=COST))
    app.workspace.failure = ServiceUnavailableError("down")

    assert [type(each) for each in await app.core.budgets.reconcile()] == [ServiceUnavailableError]
    assert await totals(app) == (97.5, 90.25)


async def test_an_adopted_job_is_charged_and_was_never_reserved(app: App) -> None:
    """Once, in the period in which it ended; what costs nothing, or is in no budget's unit, leaves no trace."""
    job = ended(replace(a_billed_job(), adopted="another"), cost=COST)
    for _ in range(2):
        await app.core.budgets.charge(job)
    for cost in (None, {"estimated": 0, "currency": "USD"}, {"estimated": True}, {"estimated": 3, "currency": "EUR"}):
        await app.core.budgets.charge(with_remote(job, cost=cost))

    assert await app.ledger.totals(MONTH) == Totals(0, 90_250_000)
    assert [each async for each in app.ledger.unsettled()] == []


async def test_more_than_a_budget_lets_pass_needs_an_approval(app: App) -> None:
    """Nothing is reserved until then; an approval is for one submission, and lasts till its deadline, or for a week."""
    await app.ledger.define((replace(LAB, approve_above=97.49),), 1, "ada", "2026-11-01T00:00:00.000Z")
    job = a_billed_job()
    needed = await reserve(app, job)

    assert needed == Approval(JOB_ID, "lab", "USD", 97.5, 97.49, "2026-11-28T09:00:00.000Z")
    assert await totals(app) == (0, 0)
    soon = await reserve(app, a_billed_job(deadline="PT1H"))
    assert soon
    assert soon.until == "2026-11-21T10:00:00.000Z"
    approved = replace(job, approval=replace(needed, verdict="approved"))
    assert await reserve(app, approved) is None
    assert await totals(app) == (97.5, 0)
    assert await reserve(app, replace(approved, approval=replace(needed, submission="other", verdict="approved")))


async def test_budgets_are_read_twice_a_minute() -> None:
    """However many orders there are; without any, an ended job costs nothing more."""
    app = App()
    for _ in range(3):
        assert await reserve(app, a_billed_job()) is None
        await app.core.budgets.settle(ended(a_billed_job()))
    tables = app.ledger._tables  # the fake, which counts
    assert tables.requests == {"get": 1}  # type: ignore[attr-defined]  # the fake's
    app.clock = NOW + FRESH
    await reserve(app, a_billed_job())

    assert tables.requests == {"get": 2}  # type: ignore[attr-defined]  # the fake's
    assert (await app.core.budgets.definitions(fresh=True)).budgets == ()


async def test_a_workspace_that_has_no_such_job_ran_nothing(app: App) -> None:
    """A refused submission gives back what it had reserved."""
    await reserve(app, a_billed_job())
    with pytest.raises(NotFoundError):
        await app.workspace.job(JOB_ID)
    await app.core.budgets.settle(replace(a_billed_job(), phase=Phase.REJECTED))

    assert await totals(app) == (0, 0)


async def test_a_batch_has_a_limit_of_its_own() -> None:
    """Over all its members, in the unit of each, without any budget; what would go over it is refused by name."""
    app = App()
    source = {"door": "batch", "batch": "b1", "maxCost": "eHQC=3,USD=200"}
    members = [
        replace(a_billed_job(), id=f"6d9ae8b4-96a1-5ac9-8f9c-8e1c2a5cbbb{number}", source=source) for number in range(3)
    ]
    for member in members[:2]:
        assert await reserve(app, member) is None
    with pytest.raises(RefusedError, match=r"The maxCost of its batch has 5.00 USD left of 200.00 USD; this") as error:
        await reserve(app, members[2])
    for member in members[:2]:
        await app.core.budgets.settle(ended(member, cost=COST))

    assert error.value.failure.code == "OverBudget"
    assert "rerun" in str(error.value)
    assert await totals(app, "batch:b1:USD") == (0, 180.5)
