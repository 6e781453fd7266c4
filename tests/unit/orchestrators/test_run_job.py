"""The process of one job: every way from an order to its answer."""

from dataclasses import replace
from datetime import timedelta
from itertools import accumulate

import pytest

from orchestrators.messages import Busy, CancelSent, Missing, NotSubmitted, Outcome, Refused
from quantum.jobs.lifecycle import Phase
from quantum.jobs.model import MAY_BE_BILLED, Failure, Job, StoredResult
from quantum.jobs.progress import POLLS_PER_ROUND
from tests.support.builders import JOB_ID, NOW, a_check, a_job, a_submission, an_order
from tests.support.fakes.durable import Run, Task

ERROR = Failure("Oops", "broke")


def phases(job: Job) -> list[str]:
    """Where a job has been."""
    return [entry["phase"] for entry in job.history]


def test_a_job_goes_from_its_order_to_its_answer(run: Run) -> None:
    """Staged, submitted, watched, collected, announced; once each."""
    context, job = run(
        check_job=[a_check("Waiting"), a_check("Executing"), a_check("Succeeded", cost={"estimated": 1})]
    )

    assert phases(job) == ["accepted", "staging", "waiting", "executing", "collecting", "succeeded"]
    assert (job.progress.polls, job.progress.attempts) == (3, 0)
    assert (job.remote.status, job.remote.provider_id) == ("Succeeded", "ionq")
    assert (job.remote.cost, job.result, job.error) == ({"estimated": 1}, StoredResult("results/x", 2), None)
    assert [len(context.called(name)) for name in ("stage_input", "submit_job", "collect_result")] == [1, 1, 1]
    assert context.statuses[-1] == {"phase": "succeeded", "target": "ionq.simulator", "polls": 3}


def test_what_an_activity_could_not_record_is_recorded_by_a_step_of_its_own(run: Run) -> None:
    """The index follows the job though it was away for a moment; all else is recorded by the activities themselves."""
    unheard = replace(a_check("Executing"), recorded=False)

    context, job = run(
        submit_job=[replace(a_submission(), recorded=False)],
        check_job=[unheard, a_check("Executing"), a_check("Succeeded")],
    )

    assert [request.phase for request in context.called("record_progress")] == ["waiting", "executing"]
    assert job.phase is Phase.SUCCEEDED


def test_the_history_has_the_moments_that_the_activities_recorded(run: Run) -> None:
    """The index and the answer say the same; what is decided here has the orchestration's own moment."""
    submitted, executing = "2026-11-21T09:00:01.000Z", "2026-11-21T09:00:02.000Z"

    _, job = run(
        submit_job=[replace(a_submission(), at=submitted)],
        check_job=[replace(a_check("Executing"), at=executing), a_check("Succeeded")],
    )

    moments = {entry["phase"]: entry["at"] for entry in job.history}
    assert (moments["waiting"], moments["executing"], job.remote.since) == (submitted, executing, submitted)
    assert list(moments.values()) == sorted(moments.values())


def test_a_look_carries_what_the_index_shall_have(run: Run) -> None:
    """The number of looks, itself among them, and of failed attempts."""
    context, _ = run(check_job=[a_check("Waiting"), Missing(ERROR), a_check("Executing"), a_check("Succeeded")])

    counted = [(look.polls, look.attempts) for look in context.called("check_job")]
    assert counted == [(1, 0), (2, 0), (2, 1), (3, 1)]


def test_a_job_that_is_done_at_once_is_not_looked_at(run: Run) -> None:
    """A former attempt may have submitted it long ago."""
    context, job = run(submit_job=[a_submission("Succeeded")])

    assert (job.phase, context.called("check_job")) == (Phase.SUCCEEDED, [])


def test_a_job_that_fails_says_why(run: Run) -> None:
    """The workspace's own words reach the caller."""
    _, job = run(check_job=[a_check("Failed", error=ERROR)])

    assert job.phase is Phase.FAILED
    assert job.error is not None
    assert (job.error.code, job.error.message) == ("Oops", "broke")


def test_a_status_that_nobody_knows_counts_as_running(run: Run) -> None:
    """The wait goes on."""
    _, job = run(check_job=[a_check("Contemplating"), a_check("Succeeded")])

    assert phases(job)[-3:] == ["executing", "collecting", "succeeded"]


@pytest.mark.parametrize(
    ("step", "outcome", "phase"),
    [
        ("stage_input", Refused(ERROR), Phase.REJECTED),
        ("stage_input", Missing(ERROR), Phase.FAILED),
        ("submit_job", Refused(ERROR), Phase.REJECTED),
        ("submit_job", Missing(ERROR), Phase.FAILED),
        ("check_job", Refused(ERROR), Phase.FAILED),
        ("check_job", Missing(ERROR), Phase.FAILED),
        ("collect_result", Missing(ERROR), Phase.FAILED),
    ],
)
def test_a_step_that_is_refused_ends_the_job_with_the_reason(
    run: Run, step: str, outcome: Outcome, phase: Phase
) -> None:
    """Whatever ends a job, its caller is told."""
    scripts = {"check_job": [a_check("Succeeded")], step: [outcome]}

    _, job = run(**scripts)

    assert job.phase is phase
    assert job.error is not None
    assert job.error.message == "broke"


def test_a_throttled_submission_waits_as_long_as_it_was_asked_to(run: Run) -> None:
    """Then it goes on as if nothing had been."""
    busy = Busy(ERROR, 90)

    context, job = run(submit_job=[busy, a_submission()], check_job=[a_check("Succeeded")])

    assert (job.phase, job.progress.attempts) == (Phase.SUCCEEDED, 1)
    assert max(context.pauses) >= timedelta(seconds=90)


def test_an_activity_that_raised_is_called_again(run: Run) -> None:
    """The caller sees nothing of a fault that passed."""
    _, job = run(check_job=[Exception("ConnectionError: gone \n …"), a_check("Succeeded")])

    assert (job.phase, job.progress.attempts, job.error) == (Phase.SUCCEEDED, 1, None)


def test_a_job_that_waits_for_long_is_carried_over(run: Run) -> None:
    """Every few looks a fresh history begins, and the job knows what it has been through."""
    looks = [a_check("Waiting")] * (2 * POLLS_PER_ROUND + 3) + [a_check("Succeeded")]

    context, job = run(check_job=looks)

    assert [data["progress"]["polls"] for data in context.rounds] == [0, POLLS_PER_ROUND, 2 * POLLS_PER_ROUND]
    assert (job.progress.polls, len(context.called("submit_job"))) == (2 * POLLS_PER_ROUND + 4, 1)
    assert phases(job) == ["accepted", "staging", "waiting", "collecting", "succeeded"]


def test_a_wake_up_ends_the_pause_and_the_round(run: Run) -> None:
    """It causes a look and nothing else; the timer is given up, and a fresh round waits for the next event."""
    wakes = tuple(NOW + timedelta(milliseconds=number) for number in (50, 100))

    context, job = run(wakes=wakes, check_job=[a_check("Waiting"), a_check("Waiting"), a_check("Succeeded")])

    assert context.pauses[:2] == [timedelta(milliseconds=50)] * 2
    assert [timer.is_cancelled for timer in context.timers] == [True, True, False]
    assert len(context.rounds) == 3
    assert (job.phase, job.progress.polls, job.progress.wakes) == (Phase.SUCCEEDED, 3, 2)


def test_a_wake_that_came_before_the_end_is_not_wasted(run: Run) -> None:
    """The event of an output may be faster than the status: for a while looks follow it closely."""
    looks = [a_check("Waiting")] * 300 + [a_check("Succeeded")]

    context, _ = run(wakes=(NOW + timedelta(hours=1),), check_job=looks)

    woken = list(accumulate(context.pauses)).index(timedelta(hours=1))
    assert context.pauses[woken - 1] > timedelta(seconds=20)
    assert sum(context.pauses[woken + 1 : woken + 5], timedelta()) < timedelta(seconds=1)
    assert context.pauses[woken + 20] > timedelta(seconds=20)


def test_what_was_cancelled_before_its_submission_ends_at_once(run: Run) -> None:
    """It never reaches the workspace."""
    context, job = run(submit_job=[NotSubmitted("cancel")])

    assert phases(job) == ["accepted", "staging", "cancelled"]
    assert context.called("check_job") == context.called("cancel_job") == []


def test_a_cancellation_is_asked_for_and_watched(run: Run) -> None:
    """Only the workspace's own word ends the job, and it is asked once."""
    looks = [
        a_check("Executing", cancel=True),
        a_check("CancellationRequested"),
        a_check("Cancelling"),
        a_check("Cancelled"),
    ]

    context, job = run(check_job=looks)

    assert phases(job) == ["accepted", "staging", "waiting", "executing", "cancelling", "cancelled"]
    cancellations = context.called("cancel_job")
    assert [(call.remote_id, call.workspace) for call in cancellations] == [(JOB_ID, "default")]
    assert job.warnings == ()


@pytest.mark.parametrize("status", ["Waiting", "Queued", "Executing", "Contemplating"])
def test_a_workspace_that_is_slow_to_cancel_does_not_confuse_the_job(run: Run, status: str) -> None:
    """It stays in cancelling, whatever is said until the end."""
    _, job = run(check_job=[a_check("Waiting", cancel=True), a_check(status), a_check("Cancelled")])

    assert phases(job) == ["accepted", "staging", "waiting", "cancelling", "cancelled"]


def test_a_job_that_finishes_in_spite_of_its_cancellation_is_reported_as_it_ended(run: Run) -> None:
    """Its result is kept, and the caller knows that it may be billed."""
    _, job = run(check_job=[a_check("Executing", cancel=True), a_check("Succeeded")])

    assert (job.phase, job.warnings) == (Phase.SUCCEEDED, (MAY_BE_BILLED,))
    assert job.result is not None


def test_a_refused_cancellation_is_not_asked_for_again(run: Run) -> None:
    """The job goes on where it was, and ends as it ends."""
    looks = [a_check("Executing", cancel=True), a_check("Executing"), a_check("Succeeded")]

    context, job = run(check_job=looks, cancel_job=[Refused(ERROR)])

    assert phases(job) == ["accepted", "staging", "waiting", "executing", "collecting", "succeeded"]
    assert (len(context.called("cancel_job")), job.warnings) == (1, (MAY_BE_BILLED,))


def test_a_job_that_somebody_else_cancelled_is_cancelled(run: Run) -> None:
    """The portal has a button too."""
    _, job = run(check_job=[a_check("Cancelled")])

    assert job.phase is Phase.CANCELLED


def test_a_job_that_is_past_its_deadline_is_stopped_and_expires(run: Run) -> None:
    """The look comes at the deadline, not after the pause that would have been."""
    order = an_order(deadline="PT10M")

    def look(_: object) -> Outcome:
        return a_check("Cancelled" if context_cancels() else "Waiting")

    def context_cancels() -> bool:
        return bool(cancellations)

    cancellations: list[object] = []

    def cancel(payload: object) -> Outcome:
        cancellations.append(payload)
        return CancelSent()

    submitted = [a_submission(queue_seconds=100_000)]
    context, job = run(a_job(order), submit_job=submitted, check_job=look, cancel_job=cancel)

    assert phases(job) == ["accepted", "staging", "waiting", "cancelling", "expired"]
    assert timedelta(minutes=10) in accumulate(context.pauses)
    assert len(cancellations) == 1


def test_an_order_that_is_too_late_is_never_submitted(run: Run) -> None:
    """It expires where it stands."""
    context, job = run(submit_job=[NotSubmitted("deadline")])

    assert (job.phase, context.called("check_job")) == (Phase.EXPIRED, [])


def test_a_caller_who_cancels_after_the_deadline_has_a_cancelled_job(run: Run) -> None:
    """What the caller wanted comes first."""
    order = an_order(deadline="PT1S")

    _, job = run(
        a_job(order), check_job=[a_check("Waiting")] * 4 + [a_check("Waiting", cancel=True), a_check("Cancelled")]
    )

    assert (job.phase, job.cancel_requested) == (Phase.CANCELLED, True)


def test_a_timer_that_fired_is_not_given_up() -> None:
    """The SDK refuses that."""
    fired = Task("timer", is_completed=True)

    with pytest.raises(ValueError, match="completed"):
        fired.cancel()
