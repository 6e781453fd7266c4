"""Fallbacks: the next target's turn comes when the former job is known to be over."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import accumulate
from typing import Any

from orchestrators.messages import (
    CancelJob,
    CancelSent,
    CheckJob,
    JobChecked,
    Outcome,
    Refused,
    SubmitJob,
    TargetUnavailable,
)
from quantum.jobs.lifecycle import Phase
from quantum.jobs.model import MAY_BE_BILLED, Failure
from tests.support.builders import JOB_ID, NOW, a_check, a_job, a_submission, an_order
from tests.support.fakes.durable import Run

SECOND, THIRD = "quantinuum.sim.h2-1e", "rigetti.sim.qvm"
ORDER = an_order(deadline="PT3H", fallback_targets=(SECOND, THIRD))


@dataclass
class Workspaces:
    """Targets whose queues stand still, but for one that runs everything at once."""

    runs: str | None = None
    unavailable: frozenset[str] = frozenset()
    refuses_to_cancel: bool = False
    queue_seconds: float = 0
    status: dict[str, str] = field(default_factory=dict)
    submitted: list[tuple[str, str]] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    cancel_requested: bool = False

    def submit_job(self, request: SubmitJob) -> Outcome:
        """Submit, unless it is too late or the target is away."""
        job = request.job
        if job.target in self.unavailable and job.next_target:
            return TargetUnavailable()
        self.submitted.append((job.target, job.remote_id))
        self.status[job.remote_id] = "Succeeded" if job.target == self.runs else "Waiting"
        return a_submission(queue_seconds=self.queue_seconds)

    def check_job(self, request: CheckJob) -> JobChecked:
        """Tell the status."""
        return self.seen(self.status[request.remote_id])

    def seen(self, status: str) -> JobChecked:
        """A look at a job in the workspace."""
        return a_check(status, cancel=self.cancel_requested)

    def cancel_job(self, request: CancelJob) -> Outcome:
        """Cancel at once, or refuse."""
        self.cancelled.append(request.remote_id)
        if self.refuses_to_cancel:
            return Refused(Failure("No", "no"))
        self.status[request.remote_id] = "Cancelled"
        return CancelSent()

    def scripts(self) -> dict[str, Any]:
        """The activities that it stands for."""
        return {"submit_job": self.submit_job, "check_job": self.check_job, "cancel_job": self.cancel_job}


def test_an_unavailable_target_is_passed_over(run: Run) -> None:
    """The next one gets the program and the job, under an id of its own."""
    places = Workspaces(runs=SECOND, unavailable=frozenset({"ionq.simulator"}))

    context, job = run(a_job(ORDER), **places.scripts())

    assert (job.phase, job.target, [target for target, _ in places.submitted]) == (Phase.SUCCEEDED, SECOND, [SECOND])
    assert len(context.called("stage_input")) == 2
    assert job.remote_id != JOB_ID


def test_a_target_that_keeps_the_job_queued_for_its_share_is_left(run: Run) -> None:
    """A third of the time for each of three; the former job is cancelled before the next is submitted."""
    places = Workspaces(runs=THIRD)

    _, job = run(a_job(ORDER), **places.scripts())

    assert [target for target, _ in places.submitted] == ["ionq.simulator", SECOND, THIRD]
    assert places.cancelled == [remote_id for _, remote_id in places.submitted[:2]]
    assert (job.phase, job.warnings) == (Phase.SUCCEEDED, ())
    staged = [entry["at"] for entry in job.history if entry["phase"] == "staging"]
    assert staged[1].startswith("2026-11-21T10:00:")
    assert staged[2].startswith("2026-11-21T11:00:")


def test_a_queue_that_is_longer_than_its_share_is_left_in_time(run: Run) -> None:
    """The pause for a long queue does not pass over the moment at which the next target's turn comes."""
    places = Workspaces(runs=SECOND, queue_seconds=36_000)

    context, job = run(a_job(replace(ORDER, deadline="PT30M")), **places.scripts())

    assert timedelta(minutes=10) in accumulate(context.pauses)
    assert (job.phase, job.target) == (Phase.SUCCEEDED, SECOND)


def test_the_last_target_has_until_the_deadline(run: Run) -> None:
    """Then the order expires."""
    places = Workspaces()

    context, job = run(a_job(ORDER), **places.scripts())

    assert (job.phase, len(places.submitted), len(places.cancelled)) == (Phase.EXPIRED, 3, 3)
    assert timedelta(hours=3) <= context.now - NOW <= timedelta(hours=3, minutes=2)


def test_a_job_that_has_begun_to_run_is_not_left(run: Run) -> None:
    """Only a queue is a reason to go elsewhere."""
    places = Workspaces()
    looks = 0

    def check(_: CheckJob) -> Outcome:
        nonlocal looks
        looks += 1
        return places.seen({1: "Executing", 400: "Succeeded"}.get(looks, "Executing"))

    _, job = run(a_job(ORDER), **places.scripts() | {"check_job": check})

    assert (job.target, [target for target, _ in places.submitted]) == ("ionq.simulator", ["ionq.simulator"])


def test_a_caller_who_cancels_meanwhile_is_not_taken_elsewhere(run: Run) -> None:
    """A cancellation is of the order, not of one target."""
    places = Workspaces()

    def cancel(request: CancelJob) -> Outcome:
        places.cancel_requested = True
        return places.cancel_job(request)

    _, job = run(a_job(ORDER), **places.scripts() | {"cancel_job": cancel})

    assert (job.phase, len(places.submitted)) == (Phase.CANCELLED, 1)


def test_a_provider_that_will_not_cancel_keeps_the_job(run: Run) -> None:
    """It runs where it is until the workspace says otherwise; nothing runs twice."""
    places = Workspaces(refuses_to_cancel=True)
    looks = 0

    def check(request: CheckJob) -> Outcome:
        nonlocal looks
        looks += 1
        return places.seen("Succeeded") if looks == 150 else places.check_job(request)

    _, job = run(a_job(ORDER), **places.scripts() | {"check_job": check})

    assert (job.phase, len(places.submitted), job.warnings) == (Phase.SUCCEEDED, 1, ())


def test_a_job_that_finishes_while_it_is_left_is_kept(run: Run) -> None:
    """It is reported as it ended, on the target where it ended."""
    places = Workspaces()

    def cancel(request: CancelJob) -> Outcome:
        places.status[request.remote_id] = "Succeeded"
        return CancelSent()

    _, job = run(a_job(ORDER), **places.scripts() | {"cancel_job": cancel})

    assert (job.phase, job.target, job.warnings) == (Phase.SUCCEEDED, "ionq.simulator", (MAY_BE_BILLED,))


def test_without_a_deadline_a_queue_is_waited_for(run: Run) -> None:
    """Nobody said that it takes too long."""
    places = Workspaces()
    looks = 0

    def check(request: CheckJob) -> Outcome:
        nonlocal looks
        looks += 1
        return places.seen("Succeeded") if looks == 500 else places.check_job(request)

    _, job = run(a_job(an_order(fallback_targets=(SECOND,))), **places.scripts() | {"check_job": check})

    assert (job.phase, job.progress.polls, places.cancelled) == (Phase.SUCCEEDED, 500, [])
