"""Until a job may be in the workspace, stopping it asks nobody; from then on only the workspace knows."""

from datetime import timedelta

import pytest

from orchestrators.steps import MAY_BE_BILLED
from quantum.jobs.lifecycle import Phase
from tests.builders import a_job, an_order
from tests.fakes.durable import Outcome, Run

DOWN: Outcome = {"outcome": "unavailable", "error": {"code": "Down", "message": "down"}}
SECOND = "quantinuum.sim.h2-1e"


def seen(status: str) -> Outcome:
    """A look at the job in the workspace."""
    return {"outcome": "seen", "cancelRequested": False, "status": status, "providerId": "ionq"}


@pytest.mark.parametrize(("why", "phase"), [("cancel", Phase.CANCELLED), ("deadline", Phase.EXPIRED)])
def test_what_is_stopped_while_staging_is_never_submitted(run: Run, why: str, phase: Phase) -> None:
    """It ends though the workspace is down."""
    context, job = run(stage_input=[DOWN, DOWN, {"outcome": "notSubmitted", "why": why}])

    assert (job.phase, context.called("submit_job")) == (phase, [])


def test_a_pause_while_staging_ends_at_the_deadline(run: Run) -> None:
    """The caller hears then, not when the service's patience has passed."""

    slow = DOWN | {"outcome": "busy", "retryAfterSeconds": 3600}
    expired: Outcome = {"outcome": "notSubmitted", "why": "deadline"}

    context, job = run(a_job(an_order(deadline="PT10M")), stage_input=[slow, expired])

    assert (job.phase, context.pauses) == (Phase.EXPIRED, [timedelta(minutes=10)])


def test_a_pause_after_the_deadline_is_as_long_as_it_was_asked_to_be(run: Run) -> None:
    """A job that may be in the workspace is asked for at the service's own pace."""
    slow = DOWN | {"retryAfterSeconds": 1200}
    expired: Outcome = {"outcome": "notSubmitted", "why": "deadline"}

    context, job = run(a_job(an_order(deadline="PT10M")), submit_job=[slow, slow, expired])

    assert job.phase is Phase.EXPIRED
    assert context.pauses[0] == timedelta(minutes=10)
    assert context.pauses[1] >= timedelta(minutes=20)


def test_from_the_first_submission_on_a_job_may_be_in_the_workspace(run: Run) -> None:
    """A fresh round knows it, too; for the next target, where the program is staged anew, it is not so yet."""
    tries = [DOWN] * 30 + [{"outcome": "targetUnavailable"}]
    submitted = {"outcome": "submitted", "status": "Succeeded", "providerId": "p"}

    context, _ = run(a_job(an_order(fallback_targets=(SECOND,))), submit_job=[*tries, submitted])

    staged = [(data.get("fallback"), data["mayBeSubmitted"]) for data in context.called("stage_input")]
    assert staged == [(0, False), (1, False)]
    assert [data["mayBeSubmitted"] for data in context.rounds] == [False, True]
    assert all(data["mayBeSubmitted"] for data in context.called("submit_job"))


def test_a_turn_to_the_next_target_is_noted_before_anything_is_sent_there(run: Run) -> None:
    """Whoever takes the job up again does not go back to the first one."""
    submitted = {"outcome": "submitted", "status": "Succeeded", "providerId": "p"}

    context, _ = run(
        a_job(an_order(fallback_targets=(SECOND,))), submit_job=[{"outcome": "targetUnavailable"}, submitted]
    )

    second = next(
        place for place, (name, data) in enumerate(context.calls) if name == "stage_input" and data["fallback"]
    )
    name, noted = context.calls[second - 1]
    assert (name, noted["fallback"], noted["phase"]) == ("record_progress", 1, "staging")


def test_a_cancellation_that_came_while_collecting_is_told(run: Run) -> None:
    """The job succeeded, and the caller who wanted to stop it learns that it may be billed."""
    collected = {"outcome": "collected", "cancelRequested": True, "result": {"blob": "r", "bytes": 1}, "warnings": []}

    _, job = run(check_job=[seen("Succeeded")], collect_result=[collected])

    assert (job.phase, job.cancel_requested, job.warnings) == (Phase.SUCCEEDED, True, (MAY_BE_BILLED,))


def test_what_was_said_of_the_program_stays_beside_what_is_said_of_the_output(run: Run) -> None:
    """The one came with the compiler, the other with the result."""
    collected = {"outcome": "collected", "result": {"blob": "r", "bytes": 1}, "warnings": ["1 shot broke"]}

    _, job = run(a_job(warnings=("a delay was left out",)), check_job=[seen("Succeeded")], collect_result=[collected])

    assert job.warnings == ("a delay was left out", "1 shot broke")
