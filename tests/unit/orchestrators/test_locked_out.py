"""A credential that is wrong: told at once before anything is submitted, waited for once something may be lost."""

from dataclasses import replace
from typing import Any

from tests.builders import a_job
from tests.fakes.durable import Run

LOCKED = {"outcome": "lockedOut", "error": {"code": "WorkspaceUnauthorized", "message": "check it"}}


def seen(status: str, **more: Any) -> dict[str, Any]:
    """What a look at the job tells."""
    return {"outcome": "seen", "status": status, "providerId": "ionq", "cancelRequested": False} | more


def test_before_the_submission_it_is_told_at_once(run: Run) -> None:
    """One attempt, and no pause."""
    context, job = run(stage_input=[LOCKED])

    assert (job.phase, job.error and job.error.code, job.attempts) == ("rejected", "WorkspaceUnauthorized", 0)
    assert len(context.called("stage_input")) == 1
    assert context.called("submit_job") == []


def test_a_job_that_may_be_in_the_workspace_is_not_given_up_at_once(run: Run) -> None:
    """Whoever takes it up again waits until it can be asked for."""
    taken_up = replace(a_job(), may_be_submitted=True)

    context, job = run(taken_up, stage_input=[LOCKED, LOCKED, {"outcome": "staged"}], check_job=[seen("Succeeded")])

    assert (job.phase, len(context.called("stage_input"))) == ("succeeded", 3)


def test_a_submission_whose_reply_was_lost_is_not_given_up_at_once(run: Run) -> None:
    """The workspace may have the job."""
    lost = {"outcome": "unavailable", "error": {"code": "Unreachable", "message": "?"}}

    submitted = seen("Waiting") | {"outcome": "submitted"}

    context, job = run(submit_job=[lost, LOCKED, submitted], check_job=[seen("Succeeded")])

    assert (job.phase, len(context.called("submit_job"))) == ("succeeded", 3)


def test_a_job_that_runs_waits_for_a_credential_to_be_mended(run: Run) -> None:
    """So does a cancellation that was asked for meanwhile."""
    looks = [LOCKED, LOCKED, seen("Executing", cancelRequested=True), seen("Cancelled")]

    context, job = run(check_job=looks, cancel_job=[LOCKED, {"outcome": "asked"}])

    assert (job.phase, len(context.called("cancel_job"))) == ("cancelled", 2)
