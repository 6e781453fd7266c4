"""A credential that is wrong: told at once before anything is submitted, waited for once something may be lost."""

from orchestrators.messages import CancelSent, LockedOut, Staged, Unavailable
from quantum.jobs.model import Failure
from tests.support.builders import a_check, a_job, a_submission, with_progress
from tests.support.fakes.durable import Run

LOCKED = LockedOut(Failure("WorkspaceUnauthorized", "check it"))


def test_before_the_submission_it_is_told_at_once(run: Run) -> None:
    """One attempt, and no pause."""
    context, job = run(stage_input=[LOCKED])

    assert (job.phase, job.error and job.error.code, job.progress.attempts) == ("rejected", "WorkspaceUnauthorized", 0)
    assert len(context.called("stage_input")) == 1
    assert context.called("submit_job") == []


def test_a_job_that_may_be_in_the_workspace_is_not_given_up_at_once(run: Run) -> None:
    """Whoever takes it up again waits until it can be asked for."""
    taken_up = with_progress(a_job(), may_be_submitted=True)

    context, job = run(taken_up, stage_input=[LOCKED, LOCKED, Staged()], check_job=[a_check("Succeeded")])

    assert (job.phase, len(context.called("stage_input"))) == ("succeeded", 3)


def test_a_submission_whose_reply_was_lost_is_not_given_up_at_once(run: Run) -> None:
    """The workspace may have the job."""
    lost = Unavailable(Failure("Unreachable", "?"))

    context, job = run(submit_job=[lost, LOCKED, a_submission()], check_job=[a_check("Succeeded")])

    assert (job.phase, len(context.called("submit_job"))) == ("succeeded", 3)


def test_a_job_that_runs_waits_for_a_credential_to_be_mended(run: Run) -> None:
    """So does a cancellation that was asked for meanwhile."""
    looks = [LOCKED, LOCKED, a_check("Executing", cancel=True), a_check("Cancelled")]

    context, job = run(check_job=looks, cancel_job=[LOCKED, CancelSent()])

    assert (job.phase, len(context.called("cancel_job"))) == ("cancelled", 2)
