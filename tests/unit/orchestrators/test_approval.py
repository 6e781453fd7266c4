"""A job that costs more than a budget lets pass waits for a decision, and is submitted only if that is a yes."""

from dataclasses import replace
from datetime import timedelta

from orchestrators.approval_messages import ApprovalDecided, ApprovalOpen
from orchestrators.messages import ApprovalNeeded, LockedOut, NotSubmitted, SubmitJob
from quantum.jobs.lifecycle import Phase
from quantum.jobs.model import Approval, Failure
from tests.support.builders import JOB_ID, NOW, a_submission
from tests.support.fakes.durable import Run

NEEDED = Approval(JOB_ID, "lab", "USD", 60.5, 50, "2026-11-28T09:00:00.000Z")
AT = "2026-11-21T10:00:00.000Z"
YES = ApprovalDecided(replace(NEEDED, verdict="approved", by="ada", at=AT))
NO = ApprovalDecided(replace(NEEDED, verdict="denied", by="ada", at=AT, why="too much"))
OPEN = ApprovalOpen(NEEDED.until)
ASKS = [ApprovalNeeded(NEEDED), a_submission("Succeeded")]


def test_an_approved_job_is_submitted(run: Run) -> None:
    """With the approval in its request; its program was staged before, and is not staged again."""
    context, job = run(submit_job=ASKS, check_approval=[OPEN, YES], wakes=(NOW + timedelta(hours=1),))

    assert [entry["phase"] for entry in job.history] == [
        "accepted",
        "staging",
        "awaitingApproval",
        "staging",
        "collecting",
        "succeeded",
    ]
    first, second = context.called(SubmitJob.activity)
    assert (first.job.approval, second.job.approval) == (None, YES.approval)
    assert len(context.called("stage_input")) == 1


def test_the_wait_is_looked_at_now_and_then(run: Run) -> None:
    """An event may be lost: no pause is longer than a quarter of an hour, or ends after the last moment."""
    soon = replace(NEEDED, until="2026-11-21T09:20:00.000Z")
    open_then_no = [*[ApprovalOpen(soon.until)] * 3, ApprovalDecided(soon)]
    context, job = run(submit_job=[ApprovalNeeded(soon)], check_approval=open_then_no)

    assert context.pauses == [timedelta(minutes=15), timedelta(minutes=5), timedelta(seconds=1)]
    assert [data["phase"] for data in context.rounds[1:]] == ["awaitingApproval"] * 3
    assert job.error
    assert (job.phase, job.error.code) == (Phase.EXPIRED, "NotApproved")
    assert context.statuses[-3]["phase"] == "awaitingApproval"


def test_a_denied_job_is_rejected(run: Run) -> None:
    """Its error says who denied it, and why."""
    context, job = run(submit_job=ASKS, check_approval=[NO])

    assert job.error
    assert (job.phase, job.error.code, len(context.called("submit_job"))) == (Phase.REJECTED, "ApprovalDenied", 1)
    assert job.error.message == (
        "It costs 60.5 USD; more than 50 needs an approval (budget lab). ada denied it: too much"
    )


def test_a_denial_needs_no_reason(run: Run) -> None:
    """Nor a name, where nobody signs in."""
    _, job = run(submit_job=ASKS, check_approval=[ApprovalDecided(replace(NEEDED, verdict="denied"))])

    assert job.error
    assert job.error.message.endswith("Somebody denied it.")


def test_a_job_that_waits_can_be_cancelled(run: Run) -> None:
    """It never reaches the workspace; nor does one whose state says that its time is over."""
    for why, phase in (("cancel", Phase.CANCELLED), ("deadline", Phase.EXPIRED)):
        context, job = run(submit_job=ASKS, check_approval=[OPEN, NotSubmitted(why)])  # type: ignore[arg-type]  # one of the two

        assert (job.phase, len(context.called("submit_job"))) == (phase, 1)


def test_a_wait_that_cannot_be_looked_at_for_a_week_fails(run: Run) -> None:
    """With the error of the service."""
    error = Failure("Locked", "locked")
    _, job = run(submit_job=ASKS, check_approval=[LockedOut(error)])

    assert (job.phase, job.error) == (Phase.FAILED, error)
