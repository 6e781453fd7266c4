"""What is tried again, how long, and when."""

from collections.abc import Generator
from datetime import timedelta
from itertools import cycle
from typing import Any, ClassVar

import pytest

from orchestrators.messages import (
    AnyFailure,
    Broken,
    Busy,
    JobRequest,
    Missing,
    Outcome,
    Refused,
    Unauthorized,
    Unavailable,
)
from orchestrators.retries import ATTEMPTS_PER_ROUND, PATIENCE, CarryOver, perform
from quantum.jobs.model import Failure, Job
from tests.support.builders import NOW, a_job, a_submission
from tests.support.fakes.durable import HandDriven, Script

ERROR = Failure("Oops", "broke")
BUSY, DOWN, GONE = Busy(ERROR, 40), Unavailable(ERROR), Missing(ERROR)


class Done(Outcome):
    """What the step is for."""

    word: ClassVar[str] = "done"


class Step(JobRequest[Done]):
    """One thing to do."""

    activity: ClassVar[str] = "step"


DONE = Done()


def one_step(context: Any) -> Generator[Any, Any, Any]:
    """One activity, and what came of it."""
    job = Job.from_wire(context.get_input())
    try:
        job, outcome = yield from perform(context, job, Step)
    except CarryOver as carried:
        context.continue_as_new(carried.job.to_wire())
        return None
    return job, outcome


def run(script: Script, job: Job | None = None) -> tuple[HandDriven, Job, Done | AnyFailure]:
    """Run one step to its end."""
    context = HandDriven({"step": script}, NOW)
    job, outcome = context.run(one_step, (job or a_job()).to_wire())
    return context, job, outcome


def test_an_outcome_that_is_final_is_given_at_once() -> None:
    """Refusals are not tried again."""
    context, job, outcome = run([Refused(ERROR)])

    assert (outcome, job.progress.attempts, context.pauses) == (Refused(ERROR), 0, [])


def test_retry_after_is_honoured() -> None:
    """No call comes sooner than the service asked for."""
    context, job, outcome = run([BUSY, BUSY, DONE])

    assert (outcome, job.progress.attempts, job.progress.struggles) == (DONE, 2, {})
    assert min(context.pauses) >= timedelta(seconds=40)


def test_pauses_grow_while_a_service_is_down() -> None:
    """About twice as long each time, so that a service is not kept down by its callers."""
    context, job, _ = run([DOWN] * 6 + [DONE])

    assert job.progress.attempts == 6
    assert context.pauses == sorted(context.pauses)
    assert context.pauses[-1] > 8 * context.pauses[0]


def test_an_exception_is_tried_again() -> None:
    """Nobody expected it, so it may not come again."""
    _, job, outcome = run([Exception("ValueError: x \n Traceback"), DONE])

    assert (outcome, job.progress.attempts) == (DONE, 1)


def test_an_exception_that_stays_is_told_in_the_end() -> None:
    """After a quarter of an hour the caller is told, with the first line alone."""
    context, job, outcome = run([Exception("ValueError: x \n Traceback with secrets")])

    assert outcome == Broken(Failure("InternalError", "ValueError: x"))
    assert context.now - NOW >= timedelta(minutes=15)
    assert job.progress.struggles == {}


def test_an_exception_without_words_is_told_by_its_type() -> None:
    """There is always something to search for."""
    _, _, outcome = run([Exception()])

    assert outcome == Broken(Failure("InternalError", "Exception"))


@pytest.mark.parametrize("failure", [DOWN, BUSY, GONE])
def test_patience_ends(failure: AnyFailure) -> None:
    """Each kind of failure has its own time; afterwards it is the answer."""
    context, job, outcome = run([failure])

    waited, patience = context.now - NOW, PATIENCE.of(failure.word)
    assert outcome == failure
    assert patience is not None
    assert patience <= waited <= patience * 1.5
    assert job.progress.attempts == len(context.calls)


@pytest.mark.parametrize("odd", [Unauthorized(ERROR), GONE, Exception("ValueError: x")])
def test_one_odd_answer_in_a_long_outage_ends_nothing(odd: Any) -> None:
    """Short patience is for what stays the same: after an hour of 503, a single 401 is waited out like the rest."""
    _, _, outcome = run([*[DOWN] * 20, odd, DOWN, odd, DONE])

    assert outcome == DONE


def test_an_outage_that_shows_in_many_ways_is_given_up_at_last() -> None:
    """Ways that change do not make patience endless."""
    ways = cycle([DOWN, BUSY])

    context, _, outcome = run(lambda _: next(ways))

    assert outcome in {BUSY, DOWN}
    assert context.now - NOW <= timedelta(days=7) * 1.5


def test_a_long_struggle_is_carried_over_and_not_forgotten() -> None:
    """The history stays short, and the next round knows since when the step has failed."""
    context, _, _ = run([DOWN])

    carried = [Job.from_wire(data) for data in context.rounds[1:]]
    assert len(context.calls) > ATTEMPTS_PER_ROUND
    assert {job.progress.struggles["step"].since for job in carried} == {"2026-11-21T09:00:00.000Z"}
    assert [job.progress.attempts for job in carried][:2] == [ATTEMPTS_PER_ROUND, 2 * ATTEMPTS_PER_ROUND]


def test_a_success_forgets_what_the_step_has_borne() -> None:
    """That of another step stays: a step's patience is not given back by what happens beside it."""
    struggled = a_job().with_failure("step", "busy", NOW).with_failure("other", "missing", NOW)

    _, job, _ = run([DONE], struggled)

    assert [*job.progress.struggles] == ["other"]


def test_a_step_that_was_given_up_begins_anew() -> None:
    """Whoever calls it later has all its patience again."""
    _, job, outcome = run([GONE])

    assert (outcome, job.progress.struggles) == (GONE, {})


def test_an_outcome_that_the_request_does_not_name_is_tried_again() -> None:
    """A newer release may have written it, before this one was put back: in time it is an error of the app itself."""
    _, job, outcome = run([a_submission(), DONE])
    _, _, last = run([a_submission()])

    assert (outcome, job.progress.attempts) == (DONE, 1)
    assert isinstance(last, Broken)
    assert "'submitted'" in last.error.message
