"""Staging and submitting: once, whatever happens in between."""

from dataclasses import replace

import pytest

from activities.cancel_job import cancel_job
from activities.stage_input import stage_input
from activities.submit_job import submit_job
from orchestrators.messages import (
    AnyFailure,
    Busy,
    CancelJob,
    CancelSent,
    Missing,
    NotSubmitted,
    Outcome,
    Overtaken,
    Refused,
    Staged,
    StageInput,
    SubmitJob,
    Submitted,
    TargetUnavailable,
    Unavailable,
)
from quantum.jobs.errors import NotFoundError, ServiceBusyError, ServiceUnavailableError
from quantum.jobs.model import Failure, Job
from tests.support.builders import (
    JOB_ID,
    NOW,
    QIR,
    App,
    a_job,
    a_program,
    a_target,
    an_account,
    an_order,
    with_progress,
)
from tests.support.fakes.activities import call

AT = "2026-11-21T09:00:00.000Z"

SUBMITTED = Submitted(an_account(), AT)


@pytest.fixture
def job(app: App) -> Job:
    """A job whose program is in our storage."""
    job = a_job()
    app.blobs.contents[a_program().blob] = QIR.encode()
    return job


async def stage(job: Job) -> Outcome:
    """Stage a job's program."""
    return await call(stage_input, StageInput(job))


async def submit(job: Job) -> Submitted | NotSubmitted | TargetUnavailable | AnyFailure | Overtaken:
    """Submit a job."""
    return await call(submit_job, SubmitJob(job))


async def test_a_program_is_copied_to_where_the_workspace_reads_it(app: App, job: Job) -> None:
    """Staged twice, it is the same."""
    outcomes = [await stage(job) for _ in range(2)]

    assert outcomes == [Staged()] * 2
    assert app.workspace.inputs == {JOB_ID: QIR.encode()}
    assert app.workspace.media_types == {JOB_ID: "qir.v1"}


@pytest.mark.parametrize(("may_be_submitted", "outcome"), [(False, NotSubmitted("cancel")), (True, Staged())])
async def test_what_should_stop_is_not_copied(app: App, job: Job, *, may_be_submitted: bool, outcome: Outcome) -> None:
    """A workspace that is down delays no cancellation, unless it may know the job: then it has to be asked."""
    await app.index.claim(job, "")
    await app.index.request_cancel(JOB_ID, AT)
    app.workspace.failure = ServiceUnavailableError("down")

    repeated = with_progress(job, may_be_submitted=may_be_submitted).with_failure("stage_input", "busy", NOW)

    assert await stage(repeated) == outcome
    assert app.workspace.inputs == {}


async def test_a_program_that_is_gone_is_said_to_be_missing(app: App) -> None:
    """The orchestration decides what that means."""
    assert isinstance(await stage(a_job()), Missing)
    assert app.workspace.inputs == {}


async def test_a_staged_job_is_submitted_once(app: App, job: Job) -> None:
    """A second try returns what the first one made, and the target's queue time goes along."""
    app.workspace.target_list = [a_target(average_queue_seconds=60)]
    await stage(job)

    outcomes = [await submit(job) for _ in range(2)]

    assert outcomes == [Submitted(an_account(), AT, 60)] * 2
    assert app.workspace.ledger == [JOB_ID]


async def test_a_target_that_is_not_in_the_list_is_tried_all_the_same(app: App, job: Job) -> None:
    """The workspace knows best what it has."""
    app.workspace.target_list = []
    await stage(job)

    assert await submit(job) == SUBMITTED


async def test_what_was_cancelled_before_its_submission_is_never_submitted(app: App, job: Job) -> None:
    """The flag in the index is read at the last moment."""
    await app.index.claim(job, "")
    await app.index.request_cancel(JOB_ID, AT)
    await stage(job)

    assert await submit(job) == NotSubmitted("cancel")
    assert app.workspace.ledger == []


async def test_what_is_too_late_is_never_submitted(app: App, job: Job) -> None:
    """An expired order costs nothing."""
    late = replace(job, order=an_order(deadline="PT1S"))
    app.pass_time(hours=1)
    await stage(late)

    assert await submit(late) == NotSubmitted("deadline")
    assert app.workspace.ledger == []


async def test_what_a_former_attempt_submitted_is_found_though_it_is_too_late(app: App, job: Job) -> None:
    """A job that exists has to be watched and cancelled, not forgotten."""
    timed = replace(job, order=an_order(deadline="PT1S"))
    await stage(timed)
    await submit(timed)
    app.pass_time(hours=1)

    assert await submit(timed) == SUBMITTED


async def test_an_unavailable_target_is_passed_over_where_another_is_named(app: App, job: Job) -> None:
    """Nothing is submitted to it."""
    app.workspace.target_list = [a_target(availability="Unavailable")]
    await stage(job)
    order = an_order(fallback_targets=("quantinuum.sim.h2-1e",))

    assert await submit(replace(job, order=order)) == TargetUnavailable()
    assert app.workspace.ledger == []


async def test_a_target_that_became_unavailable_behind_our_back_is_passed_over(app: App, job: Job) -> None:
    """What was known of it is a minute old at most: after a refusal it is asked for again."""
    await stage(job)
    await submit(replace(job, id=JOB_ID.replace("0c6f", "1c6f")))
    app.workspace.target_list = [a_target(availability="Unavailable")]
    app.workspace.inputs.clear()  # what makes the fake refuse
    order = an_order(fallback_targets=("quantinuum.sim.h2-1e",))

    assert await submit(replace(job, order=order)) == TargetUnavailable()


async def test_a_job_that_a_former_attempt_submitted_runs_nowhere_else(app: App, job: Job) -> None:
    """A target that became unavailable after an answer was lost still has the job."""
    await stage(job)
    order = an_order(fallback_targets=("quantinuum.sim.h2-1e",))
    await submit(replace(job, order=order))
    app.workspace.target_list = [a_target(availability="Unavailable")]
    app.pass_time(hours=1)

    assert await submit(replace(job, order=order)) == SUBMITTED


async def test_an_unavailable_target_without_another_is_tried(app: App, job: Job) -> None:
    """It may take jobs into its queue."""
    app.workspace.target_list = [a_target(availability="Unavailable")]
    await stage(job)

    assert isinstance(await submit(job), Submitted)


async def test_what_the_workspace_refuses_is_a_value(app: App, job: Job) -> None:
    """A missing input is refused by the workspace, and the reason goes along."""
    outcome = await submit(job)

    assert outcome == Refused(Failure("Refused", "There is no input."))
    assert app.workspace.ledger == []


async def test_a_workspace_that_asks_for_patience_says_how_much(app: App, job: Job) -> None:
    """Retry-After reaches the orchestration."""
    app.workspace.failure = ServiceBusyError("slow", retry_after=30.0)

    assert await submit(job) == Busy(Failure("ServiceBusy", "slow"), 30.0)


async def test_a_cancellation_is_asked_for_and_may_be_refused(app: App, job: Job) -> None:
    """Both are values; the workspace's own status decides."""
    await stage(job)
    await submit(job)

    sent = await call(cancel_job, CancelJob.about(job))
    status = app.workspace.jobs[JOB_ID].status
    app.workspace.move(JOB_ID, "Cancelled")
    refused = await call(cancel_job, CancelJob.about(job))

    assert (sent, status) == (CancelSent(), "CancellationRequested")
    assert isinstance(refused, Refused)


@pytest.mark.parametrize("failure", [ServiceUnavailableError("down"), NotFoundError("gone")])
async def test_a_look_for_a_former_attempt_that_fails_is_no_answer(
    app: App, job: Job, failure: ServiceUnavailableError | NotFoundError
) -> None:
    """Only a workspace that says so has no such job."""
    app.workspace.failure = failure
    app.pass_time(hours=1)

    outcome = await submit(replace(job, order=an_order(deadline="PT1S")))

    assert isinstance(outcome, NotSubmitted if isinstance(failure, NotFoundError) else Unavailable)


@pytest.mark.usefixtures("app")
async def test_a_job_without_a_program_is_refused() -> None:
    """An adopted job has none; nothing that the process does leads here."""
    adopted = a_job(program=None)

    assert [type(await step) for step in (stage(adopted), submit(adopted))] == [Refused, Refused]
