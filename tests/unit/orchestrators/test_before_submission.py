"""Until a job may be in the workspace, stopping it asks nobody; from then on only the workspace knows."""

from datetime import timedelta

import pytest

from orchestrators.messages import Busy, Collected, NotSubmitted, TargetUnavailable, Unavailable
from quantum.jobs.lifecycle import Phase
from quantum.jobs.model import Failure, StoredResult
from tests.support.builders import a_check, a_job, a_submission, an_order
from tests.support.fakes.durable import Run

DOWN = Unavailable(Failure("Down", "down"))
EXPIRED = NotSubmitted("deadline")
SECOND = "quantinuum.sim.h2-1e"


@pytest.mark.parametrize(("outcome", "phase"), [(NotSubmitted("cancel"), Phase.CANCELLED), (EXPIRED, Phase.EXPIRED)])
def test_what_is_stopped_while_staging_is_never_submitted(run: Run, outcome: NotSubmitted, phase: Phase) -> None:
    """It ends though the workspace is down."""
    context, job = run(stage_input=[DOWN, DOWN, outcome])

    assert (job.phase, context.called("submit_job")) == (phase, [])


def test_a_pause_while_staging_ends_at_the_deadline(run: Run) -> None:
    """The caller hears then, not when the service's patience has passed."""
    slow = Busy(DOWN.error, 3600)

    context, job = run(a_job(an_order(deadline="PT10M")), stage_input=[slow, EXPIRED])

    assert (job.phase, context.pauses) == (Phase.EXPIRED, [timedelta(minutes=10)])


def test_a_pause_after_the_deadline_is_as_long_as_it_was_asked_to_be(run: Run) -> None:
    """A job that may be in the workspace is asked for at the service's own pace."""
    slow = Busy(DOWN.error, 1200)

    context, job = run(a_job(an_order(deadline="PT10M")), submit_job=[slow, slow, EXPIRED])

    assert job.phase is Phase.EXPIRED
    assert context.pauses[0] == timedelta(minutes=10)
    assert context.pauses[1] >= timedelta(minutes=20)


def test_from_the_first_submission_on_a_job_may_be_in_the_workspace(run: Run) -> None:
    """A fresh round knows it, too; for the next target, where the program is staged anew, it is not so yet."""
    tries = [*[DOWN] * 30, TargetUnavailable()]

    context, _ = run(a_job(an_order(fallback_targets=(SECOND,))), submit_job=[*tries, a_submission("Succeeded")])

    staged = [request.job.progress for request in context.called("stage_input")]
    assert [(progress.fallback, progress.may_be_submitted) for progress in staged] == [(0, False), (1, False)]
    assert [data["progress"]["mayBeSubmitted"] for data in context.rounds] == [False, True]
    assert all(request.may_be_submitted for request in context.called("submit_job"))


def test_a_turn_to_the_next_target_is_noted_before_anything_is_sent_there(run: Run) -> None:
    """Whoever takes the job up again does not go back to the first one."""
    context, _ = run(
        a_job(an_order(fallback_targets=(SECOND,))), submit_job=[TargetUnavailable(), a_submission("Succeeded")]
    )

    staged = [place for place, (name, _) in enumerate(context.calls) if name == "stage_input"]
    name, noted = context.calls[staged[1] - 1]
    assert (name, noted["job"]["progress"]["fallback"], noted["job"]["phase"]) == ("record_progress", 1, "staging")


def test_what_was_said_of_the_program_stays_beside_what_is_said_of_the_output(run: Run) -> None:
    """The one came with the compiler, the other with the result."""
    collected = Collected(StoredResult("r", 1), ("1 shot broke",))

    _, job = run(
        a_job(warnings=("a delay was left out",)), check_job=[a_check("Succeeded")], collect_result=[collected]
    )

    assert job.warnings == ("a delay was left out", "1 shot broke")
