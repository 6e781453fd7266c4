"""A job whose order may reuse a result waits for an equal one, takes its result, or runs in its place."""

from datetime import timedelta

import pytest

from orchestrators.messages import FirstRuns, NotSubmitted, ResultReused, Staged, Unavailable
from quantum.jobs.lifecycle import Phase
from quantum.jobs.model import Failure, ReusedFrom, StoredResult
from quantum.service.answers import job_view
from tests.support.builders import NOW, a_job, a_submission, an_order
from tests.support.fakes.durable import Run

FIRST = FirstRuns("first", 20.0)
SOURCE = ReusedFrom("first", "2026-11-21T08:00:00.000Z")
RESULT = ResultReused(StoredResult("results/x", 2), SOURCE, ("odd",))


def test_a_result_that_is_there_ends_the_job_at_once(run: Run) -> None:
    """Nothing is submitted, and nothing costs anything."""
    context, job = run(a_job(an_order(target="ionq.qpu.aria-1")), stage_input=[RESULT])

    view = job_view(job)
    assert (job.phase, job.result, job.warnings) == (Phase.SUCCEEDED, RESULT.result, ("odd",))
    assert [name for name, _ in context.calls] == ["stage_input", "send_answer"]
    assert view["reusedFrom"] == {"job": "first", "endedAt": SOURCE.ended_at}
    assert (view["cost"], view["azureStatus"]) == (None, None)


def test_a_job_that_joins_stays_accepted_until_the_first_has_ended(run: Run) -> None:
    """Each pause begins a new round; a wake-up ends it early."""
    context, job = run(stage_input=[FIRST, FIRST, RESULT], wakes=(NOW + timedelta(seconds=3),))

    assert job.phase is Phase.SUCCEEDED
    assert [(data["phase"], data.get("waitsFor")) for data in context.rounds[1:]] == [("accepted", "first")] * 2
    assert context.timers[0].is_cancelled
    assert [status.get("waitsFor") for status in context.statuses][1] == "result"
    assert "waitsFor" not in job_view(job)


def test_a_job_runs_where_the_first_gave_no_result(run: Run) -> None:
    """It waits for nobody then."""
    context, job = run(stage_input=[FIRST, Staged()], submit_job=[a_submission("Succeeded")])

    assert (job.phase, job.waits_for, job.reused_from) == (Phase.SUCCEEDED, None, None)
    assert len(context.called("submit_job")) == 1


@pytest.mark.parametrize(("why", "phase"), [("cancel", Phase.CANCELLED), ("deadline", Phase.EXPIRED)])
def test_a_job_that_waits_can_be_stopped(run: Run, why: str, phase: Phase) -> None:
    """It ends by itself, and its view says no more that it waits."""
    context, job = run(stage_input=[FIRST, NotSubmitted(why)])  # type: ignore[arg-type]  # one of the two

    assert (job.phase, context.called("submit_job")) == (phase, [])
    assert "waitsFor" not in job_view(job)


def test_attempts_that_failed_are_counted_through_the_wait(run: Run) -> None:
    """Though the job is shown as it was before."""
    _, job = run(stage_input=[Unavailable(Failure("Down", "down")), FIRST, RESULT])

    assert job.progress.attempts == 1
