"""Staging and submitting: once, whatever happens in between."""

from dataclasses import replace

import pytest

from activities.cancel_job import cancel_job
from activities.stage_input import stage_input
from activities.submit_job import submit_job
from quantum.jobs.errors import NotFoundError, Outcome, ServiceBusyError, ServiceUnavailableError
from quantum.jobs.model import Job
from tests.builders import JOB_ID, QIR, App, a_job, a_program, a_target, an_order

AT = "2026-11-21T09:00:00.000Z"

ACCOUNT = {"outcome": "submitted", "status": "Waiting", "providerId": "ionq", "cost": None, "error": None}


@pytest.fixture
def job(app: App) -> Job:
    """A job whose program is in our storage."""
    job = a_job()
    app.blobs.contents[a_program().blob] = QIR.encode()
    return job


async def submit(job: Job) -> Outcome:
    """Submit a job."""
    return await submit_job(job.to_wire())


async def test_a_program_is_copied_to_where_the_workspace_reads_it(app: App, job: Job) -> None:
    """Staged twice, it is the same."""
    outcomes = [await stage_input(job.to_wire()) for _ in range(2)]

    assert outcomes == [{"outcome": "staged"}] * 2
    assert app.workspace.inputs == {JOB_ID: QIR.encode()}
    assert app.workspace.media_types == {JOB_ID: "qir.v1"}


@pytest.mark.parametrize(("may_be_submitted", "outcome"), [(False, "notSubmitted"), (True, "staged")])
async def test_what_should_stop_is_not_copied(app: App, job: Job, *, may_be_submitted: bool, outcome: str) -> None:
    """A workspace that is down delays no cancellation, unless it may know the job: then it has to be asked."""
    await app.index.claim(job, "")
    await app.index.request_cancel(JOB_ID, AT)
    app.workspace.failure = ServiceUnavailableError("down")

    found = await stage_input(replace(job, may_be_submitted=may_be_submitted).to_wire())

    assert found == {"outcome": outcome} | ({} if may_be_submitted else {"why": "cancel"})
    assert app.workspace.inputs == {}


async def test_a_program_that_is_gone_is_said_to_be_missing(app: App) -> None:
    """The orchestration decides what that means."""
    assert (await stage_input(a_job().to_wire()))["outcome"] == "missing"
    assert app.workspace.inputs == {}


async def test_a_staged_job_is_submitted_once(app: App, job: Job) -> None:
    """A second try returns what the first one made, and the target's queue time goes along."""
    app.workspace.known = [a_target(average_queue_seconds=60)]
    await stage_input(job.to_wire())

    outcomes = [await submit(job) for _ in range(2)]

    assert outcomes == [ACCOUNT | {"queueSeconds": 60}] * 2
    assert app.workspace.ledger == [JOB_ID]


async def test_a_target_that_is_not_in_the_list_is_tried_all_the_same(app: App, job: Job) -> None:
    """The workspace knows best what it has."""
    app.workspace.known = []
    await stage_input(job.to_wire())

    assert await submit(job) == ACCOUNT | {"queueSeconds": None}


async def test_what_was_cancelled_before_its_submission_is_never_submitted(app: App, job: Job) -> None:
    """The flag in the index is read at the last moment."""
    await app.index.claim(job, "")
    await app.index.request_cancel(JOB_ID, AT)
    await stage_input(job.to_wire())

    assert await submit(job) == {"outcome": "notSubmitted", "why": "cancel"}
    assert app.workspace.ledger == []


async def test_what_is_too_late_is_never_submitted(app: App, job: Job) -> None:
    """An expired order costs nothing."""
    late = replace(job, order=an_order(deadline="PT1S"))
    app.pass_time(hours=1)
    await stage_input(late.to_wire())

    assert await submit(late) == {"outcome": "notSubmitted", "why": "deadline"}
    assert app.workspace.ledger == []


async def test_what_a_former_attempt_submitted_is_found_though_it_is_too_late(app: App, job: Job) -> None:
    """A job that exists has to be watched and cancelled, not forgotten."""
    timed = replace(job, order=an_order(deadline="PT1S"))
    await stage_input(timed.to_wire())
    await submit(timed)
    app.pass_time(hours=1)

    assert await submit(timed) == ACCOUNT


async def test_an_unavailable_target_is_passed_over_where_another_is_named(app: App, job: Job) -> None:
    """Nothing is submitted to it."""
    app.workspace.known = [a_target(availability="Unavailable")]
    await stage_input(job.to_wire())
    order = an_order(fallback_targets=("quantinuum.sim.h2-1e",))

    assert await submit(replace(job, order=order)) == {"outcome": "targetUnavailable"}
    assert app.workspace.ledger == []


async def test_a_target_that_became_unavailable_behind_our_back_is_passed_over(app: App, job: Job) -> None:
    """What was known of it is a minute old at most: after a refusal it is asked for again."""
    await stage_input(job.to_wire())
    await submit(replace(job, id=JOB_ID.replace("0c6f", "1c6f")))
    app.workspace.known = [a_target(availability="Unavailable")]
    app.workspace.inputs.clear()  # what makes the fake refuse
    order = an_order(fallback_targets=("quantinuum.sim.h2-1e",))

    assert await submit(replace(job, order=order)) == {"outcome": "targetUnavailable"}


async def test_a_job_that_a_former_attempt_submitted_runs_nowhere_else(app: App, job: Job) -> None:
    """A target that became unavailable after an answer was lost still has the job."""
    await stage_input(job.to_wire())
    order = an_order(fallback_targets=("quantinuum.sim.h2-1e",))
    await submit(replace(job, order=order))
    app.workspace.known = [a_target(availability="Unavailable")]
    app.pass_time(hours=1)

    assert await submit(replace(job, order=order)) == ACCOUNT


async def test_an_unavailable_target_without_another_is_tried(app: App, job: Job) -> None:
    """It may take jobs into its queue."""
    app.workspace.known = [a_target(availability="Unavailable")]
    await stage_input(job.to_wire())

    assert (await submit(job))["outcome"] == "submitted"


async def test_what_the_workspace_refuses_is_a_value(app: App, job: Job) -> None:
    """A missing input is refused by the workspace, and the reason goes along."""
    outcome = await submit(job)

    assert outcome == {"outcome": "refused", "error": {"code": "Refused", "message": "There is no input."}}
    assert app.workspace.ledger == []


async def test_a_workspace_that_asks_for_patience_says_how_much(app: App, job: Job) -> None:
    """Retry-After reaches the orchestration."""
    app.workspace.failure = ServiceBusyError("slow", retry_after=30.0)

    assert (await submit(job))["retryAfterSeconds"] == 30.0


async def test_a_cancellation_is_asked_for_and_may_be_refused(app: App, job: Job) -> None:
    """Both are values; the workspace's own status decides."""
    await stage_input(job.to_wire())
    await submit(job)

    asked = await cancel_job({"remoteId": JOB_ID})
    status = app.workspace.jobs[JOB_ID].status
    app.workspace.move(JOB_ID, "Cancelled")
    refused = await cancel_job({"remoteId": JOB_ID})

    assert (asked, status, refused["outcome"]) == ({"outcome": "asked"}, "CancellationRequested", "refused")


@pytest.mark.parametrize("failure", [ServiceUnavailableError("down"), NotFoundError("gone")])
async def test_a_look_for_a_former_attempt_that_fails_is_no_answer(
    app: App, job: Job, failure: ServiceUnavailableError | NotFoundError
) -> None:
    """Only a workspace that says so has no such job."""
    app.workspace.failure = failure
    app.pass_time(hours=1)

    outcome = await submit(replace(job, order=an_order(deadline="PT1S")))

    assert outcome["outcome"] == ("notSubmitted" if isinstance(failure, NotFoundError) else "unavailable")
