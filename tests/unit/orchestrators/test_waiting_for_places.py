"""A job without a place waits for one, as long as it takes, and fails for nothing meanwhile."""

from datetime import timedelta

import pytest

from orchestrators.messages import Busy, Missing, NoPlace, NotSubmitted, Staged
from quantum.jobs.lifecycle import Phase
from quantum.jobs.model import Failure
from tests.support.builders import NOW, a_job, a_submission, an_order
from tests.support.fakes.durable import Run

FULL = NoPlace(20.0)
DONE = a_submission("Succeeded")
BUSY = Busy(Failure("Busy", "busy"), 60)


def test_a_job_in_line_stays_accepted_and_says_what_it_waits_for(run: Run) -> None:
    """Each pause begins a new round, so that no history grows; none is a failure."""
    context, job = run(stage_input=[*[FULL] * 60, Staged()], submit_job=[DONE])

    assert job.phase is Phase.SUCCEEDED
    assert [data["phase"] for data in context.rounds[:61]] == ["accepted"] * 61
    assert context.pauses[:60] == [timedelta(seconds=20)] * 60
    assert job.progress.attempts == 0
    waits = [status for status in context.statuses if status.get("waitsFor") == "place"]
    assert (waits[0]["phase"], waits[0]["nextLookAt"]) == ("accepted", "2026-11-21T09:00:20.000Z")


def test_a_job_that_is_called_comes_at_once(run: Run) -> None:
    """It does not wait for its timer, which is given up."""
    called = NOW + timedelta(seconds=3)

    context, _ = run(stage_input=[FULL, Staged()], submit_job=[DONE], wakes=(called,))

    assert context.timers[0].is_cancelled
    staged = context.rounds[1]
    assert staged["phase"] == "accepted"


@pytest.mark.parametrize(("outcome", "phase"), [("cancel", Phase.CANCELLED), ("deadline", Phase.EXPIRED)])
def test_a_job_in_line_can_be_stopped(run: Run, outcome: str, phase: Phase) -> None:
    """It never reaches the workspace."""
    context, job = run(stage_input=[FULL, NotSubmitted(outcome)])  # type: ignore[arg-type]  # one of the two

    assert (job.phase, context.called("submit_job")) == (phase, [])


def test_the_wait_ends_at_the_deadline(run: Run) -> None:
    """Not when the pause does."""
    context, job = run(a_job(an_order(deadline="PT1M")), stage_input=[NoPlace(300.0), NotSubmitted("deadline")])

    assert (context.pauses[0], job.phase) == (timedelta(minutes=1), Phase.EXPIRED)


def test_a_failed_submission_waits_for_a_place_again(run: Run) -> None:
    """The program stays where it is, and the retries go on where they were."""
    context, job = run(submit_job=[BUSY, FULL, DONE])

    assert job.phase is Phase.SUCCEEDED
    assert len(context.called("stage_input")) == 1
    assert job.progress.attempts == 1


@pytest.mark.parametrize("step", ["stage_input", "submit_job"])
def test_a_wait_between_attempts_does_not_begin_their_patience_anew(run: Run, step: str) -> None:
    """A step that fails whenever its job has a place is given up as soon as without the waits."""
    missing = Missing(Failure("Missing", "missing"))

    context, job = run(**{step: [missing, FULL] * 30})

    assert job.phase is Phase.FAILED
    assert NOW + timedelta(minutes=15) <= context.now < NOW + timedelta(minutes=25)
    assert {data["phase"] for data in context.rounds[1:]} == {"staging"}
