"""What is tried again, how long, and when: the one place for it.

A service that is busy or cannot be reached is waited for, patiently. What nobody expected, an exception that an
activity raised, is tried for a quarter of an hour: then the caller is told, instead of never.
"""

from collections.abc import Generator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, assert_never

from orchestrators import cadence
from orchestrators.messages import AnyFailure, Broken, Busy, Failed, Outcome, Overtaken, Request
from orchestrators.shown import show
from quantum.jobs.lifecycle import Phase
from quantum.jobs.model import Failure, Job
from quantum.jobs.struggle import FailureKind, Struggle
from quantum.wire import codec as wire

WEEK, QUARTER = timedelta(days=7), timedelta(minutes=15)


@dataclass(frozen=True)
class Patience:
    """How long each kind of failure is tolerated; None: it ends the step at once."""

    busy: timedelta | None
    unavailable: timedelta | None
    missing: timedelta | None
    broken: timedelta | None
    unauthorized: timedelta | None
    locked_out: timedelta | None
    refused: timedelta | None = None

    def of(self, kind: FailureKind) -> timedelta | None:
        """Look up the patience with one kind of failure."""
        match kind:
            case "busy":
                length = self.busy
            case "unavailable":
                length = self.unavailable
            case "missing":
                length = self.missing
            case "broken":
                length = self.broken
            case "unauthorized":
                length = self.unauthorized
            case "lockedOut":
                length = self.locked_out
            case "refused":
                length = self.refused
            case _:
                assert_never(kind)
        return length


PATIENCE = Patience(
    busy=WEEK,
    unavailable=WEEK,
    missing=QUARTER,  # a job just made may not be found for a moment
    broken=QUARTER,
    unauthorized=QUARTER,  # a new role takes minutes to be known everywhere, and a 401 may be a slip
    locked_out=None,
)
# Before the first attempt to submit nothing is lost by an end, so a credential that is known to be wrong (`lockedOut`)
# is reported at once. Then the workspace may have the job.
PATIENCE_TO_SUBMIT = replace(PATIENCE, locked_out=QUARTER)
# A job that runs is not given up because our key was changed: an operator has a week to mend that.
PATIENCE_ONCE_SUBMITTED = replace(PATIENCE, unauthorized=WEEK, locked_out=WEEK)
PATIENCE_TO_CANCEL = replace(PATIENCE, locked_out=WEEK)
# A caller hears at last, whatever it takes.
ENDLESS = timedelta.max
ENDLESS_PATIENCE = Patience(ENDLESS, ENDLESS, ENDLESS, ENDLESS, ENDLESS, ENDLESS, ENDLESS)
TRIES_A_ROUND = 25


class CarryOver(Exception):  # noqa: N818  # a signal to the orchestrator, not an error
    """The job goes on in a fresh history: this one is long enough, or was overtaken, or nobody waits here."""

    def __init__(self, job: Job) -> None:
        super().__init__(job.id)
        self.job = job


def perform[T: Outcome](
    context: Any, job: Job, request: Request[T], patience: Patience = PATIENCE
) -> Generator[Any, Any, tuple[Job, T | AnyFailure]]:
    """Call an activity until it does not fail, or patience ends; pauses grow and honour Retry-After.

    Returns the job with its attempts counted, and the outcome, the last failure where patience has ended. The failures
    of a step stay with the job from round to round, whatever other steps do in between. Where steps were taken outside
    of this orchestration, it goes on with the job that they led to.
    """
    step, payload = request.activity, request.to_wire()
    for number in range(1, TRIES_A_ROUND + 1):
        show(context, job)
        outcome = yield from _call(context, request, payload)
        moment = context.current_utc_datetime
        if isinstance(outcome, Overtaken):
            raise CarryOver(outcome.job)
        if not isinstance(outcome, Failed) or patience.of(outcome.word) is None:
            return job.past(step), outcome
        job = job.struggling(step, outcome.word, moment)
        struggle = job.progress.struggles[step]
        if has_ended(patience, struggle, moment):
            return job.past(step), outcome
        seed = f"{context.instance_id}:{step}:{number}"
        least = outcome.retry_after_seconds if isinstance(outcome, Busy) else 0.0
        length = cadence.backoff(moment - wire.moment(struggle.since), seed, least=least)
        until = _within_deadline(job, moment, moment + length)
        show(context, job, until)
        timer = context.create_timer(until)
        yield timer
        if not timer.is_completed:  # whoever takes a step outside of the engine does not wait
            break
    raise CarryOver(job)


def has_ended(patience: Patience, struggle: Struggle, at: datetime) -> bool:
    """Whether a step has failed in one way for as long as that is tolerated, or in any ways for as long as the longest.

    A long outage shows in many ways: one 401 at its end is no reason to give up. And ways that change do not make
    patience endless.
    """
    lengths = [length for kind in struggle.outcomes if (length := patience.of(kind)) is not None]
    return at - wire.moment(struggle.outcome_since) >= lengths[-1] or at - wire.moment(struggle.since) >= max(lengths)


def _within_deadline(job: Job, moment: datetime, due: datetime) -> datetime:
    """Cut a pause short where an order would expire in it before it is submitted; that asks nothing of the service."""
    if job.phase is Phase.STAGING and job.deadline_at and moment < job.deadline_at:
        return min(due, job.deadline_at)
    return due


def attempt[T: Outcome](context: Any, request: Request[T]) -> Generator[Any, Any, T | AnyFailure | Overtaken]:
    """Call an activity once; an exception, of which the SDK keeps only the text, is the outcome `broken`."""
    return (yield from _call(context, request, request.to_wire()))


def _call[T: Outcome](
    context: Any, request: Request[T], payload: dict[str, Any]
) -> Generator[Any, Any, T | AnyFailure | Overtaken]:
    try:
        data = yield context.call_activity(request.activity, payload)
    except Exception as error:  # noqa: BLE001  # the durable SDK raises no other type for a failed activity
        text = str(error).strip().partition("\n")[0].strip()[:500]
        return Broken(Failure("InternalError", text or type(error).__name__))
    return request.read_outcome(data)
