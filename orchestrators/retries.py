"""The retry policy of all steps: what is retried, for how long, and when.

A service that is busy or unreachable is retried for a week. An unexpected exception of an activity is retried for a
quarter of an hour; then the job fails and its caller receives an answer.
"""

from collections.abc import Callable, Generator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, assert_never

from orchestrators import cadence
from orchestrators.custom_status import set_status
from orchestrators.messages import AnyFailure, Broken, Busy, Failed, NoPlace, Outcome, Overtaken, Request
from quantum.jobs.lifecycle import Phase
from quantum.jobs.model import Failure, Job
from quantum.jobs.retry_state import FailureKind, RetryState
from quantum.wire import codec
from quantum.wire.records import record

WEEK, QUARTER = timedelta(days=7), timedelta(minutes=15)


@record
class Patience:
    """How long each kind of failure is retried; None: it ends the step at once."""

    busy: timedelta | None
    unavailable: timedelta | None
    missing: timedelta | None
    broken: timedelta | None
    unauthorized: timedelta | None
    locked_out: timedelta | None
    refused: timedelta | None = None

    def of(self, kind: FailureKind) -> timedelta | None:
        """Return how long a kind of failure is retried."""
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
    missing=QUARTER,  # a new job may not be visible for a moment
    broken=QUARTER,
    unauthorized=QUARTER,  # a new role takes minutes to spread, and a 401 may be transient
    locked_out=None,
)
# Before the first attempt to submit, ending the job loses nothing, so an invalid credential (`lockedOut`) is reported
# at once. Afterwards the remote job may exist.
PATIENCE_TO_SUBMIT = replace(PATIENCE, locked_out=QUARTER)
# A running job is not abandoned because our key was changed: an operator has a week to fix that.
PATIENCE_ONCE_SUBMITTED = replace(PATIENCE, unauthorized=WEEK, locked_out=WEEK)
PATIENCE_TO_CANCEL = replace(PATIENCE, locked_out=WEEK)
# The caller always receives an answer in the end.
ENDLESS = timedelta.max
ENDLESS_PATIENCE = Patience(ENDLESS, ENDLESS, ENDLESS, ENDLESS, ENDLESS, ENDLESS, ENDLESS)
ATTEMPTS_PER_ROUND = 25


class CarryOver(Exception):  # noqa: N818  # a signal to the orchestrator, not an error
    """The job continues in a new history: this one is long enough, was overtaken, or runs outside the engine."""

    def __init__(self, job: Job) -> None:
        super().__init__(job.id)
        self.job = job


def perform[T: Outcome](
    context: Any, job: Job, request_for: Callable[[Job], Request[T]], patience: Patience = PATIENCE
) -> Generator[Any, Any, tuple[Job, T | AnyFailure]]:
    """Call an activity until it succeeds or the retry period ends; pauses grow and honour Retry-After.

    Each attempt has a request of its own, for the job with its failures so far. Returns the job with its attempts
    counted, and the outcome: the last failure where the retry period has ended. The retry state of a step stays with
    the job from round to round, whatever other steps do in between. A job that was continued outside this
    orchestration continues here from its newer state.
    """
    for number in range(1, ATTEMPTS_PER_ROUND + 1):
        request = request_for(job)
        step = request.activity
        set_status(context, job)
        outcome = yield from attempt(context, request)
        moment = context.current_utc_datetime
        if isinstance(outcome, Overtaken):
            raise CarryOver(outcome.job)
        if isinstance(outcome, NoPlace):  # neither a failure nor its end
            return job, outcome
        if not isinstance(outcome, Failed) or patience.of(outcome.word) is None:
            return job.without_failures(step), outcome
        job = job.with_failure(step, outcome.word, moment)
        state = job.progress.struggles[step]
        if is_exhausted(patience, state, moment):
            return job.without_failures(step), outcome
        seed = f"{context.instance_id}:{step}:{number}"
        least = outcome.retry_after_seconds if isinstance(outcome, Busy) else 0.0
        length = cadence.backoff(moment - codec.moment(state.since), seed, least=least)
        until = _within_deadline(job, moment, moment + length)
        set_status(context, job, until)
        timer = context.create_timer(until)
        yield timer
        if not timer.is_completed:  # outside the engine nobody waits
            break
    raise CarryOver(job)


def is_exhausted(patience: Patience, state: RetryState, at: datetime) -> bool:
    """Say whether the retry period of the last kind of failure is over, or the longest period of any kind.

    An outage causes different kinds of failure: a single 401 at its end must not end the step. And kinds that alternate
    must not extend the retries for ever.
    """
    lengths = [length for kind in state.outcomes if (length := patience.of(kind)) is not None]
    return at - codec.moment(state.outcome_since) >= lengths[-1] or at - codec.moment(state.since) >= max(lengths)


def _within_deadline(job: Job, moment: datetime, due: datetime) -> datetime:
    """End a pause at the deadline of a job that is not submitted yet."""
    if job.phase is Phase.STAGING and job.deadline_at and moment < job.deadline_at:
        return min(due, job.deadline_at)
    return due


def attempt[T: Outcome](context: Any, request: Request[T]) -> Generator[Any, Any, T | AnyFailure | Overtaken]:
    """Call an activity once; an exception, of which the SDK keeps only the text, becomes `Broken`."""
    try:
        data = yield context.call_activity(request.activity, request.to_wire())
    except Exception as error:  # noqa: BLE001  # the durable SDK raises no other type for a failed activity
        text = str(error).strip().partition("\n")[0].strip()[:500]
        return Broken(Failure("InternalError", text or type(error).__name__))
    return request.read_outcome(data)
