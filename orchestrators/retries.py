"""What is tried again, how long, and when: the one place for it.

A service that is busy or cannot be reached is waited for, patiently. What nobody expected, an exception that an
activity raised, is tried for a quarter of an hour: then the caller is told, instead of never.
"""

from collections.abc import Generator, Mapping
from datetime import datetime, timedelta
from typing import Any

from orchestrators import cadence
from orchestrators.shown import show
from quantum.jobs.lifecycle import Phase
from quantum.jobs.model import Job
from quantum.jobs.struggle import Struggle
from quantum.wire import codec as wire

Outcome = dict[str, Any]

Patience = Mapping[str, timedelta]

PATIENCE: Patience = {
    "busy": timedelta(days=7),
    "unavailable": timedelta(days=7),
    "missing": timedelta(minutes=15),  # a job just made may not be found for a moment
    "broken": timedelta(minutes=15),
    "unauthorized": timedelta(minutes=15),  # a new role takes minutes to be known everywhere, and a 401 may be a slip
}
# Before the first attempt to submit nothing is lost by an end, so a credential that is known to be wrong (`lockedOut`)
# is told at once. Then the workspace may have the job.
PATIENCE_TO_SUBMIT: Patience = {**PATIENCE, "lockedOut": timedelta(minutes=15)}
# A job that runs is not given up because our key was changed: an operator has a week to mend that.
PATIENCE_ONCE_SUBMITTED: Patience = {**PATIENCE, "unauthorized": timedelta(days=7), "lockedOut": timedelta(days=7)}
PATIENCE_TO_CANCEL: Patience = {**PATIENCE, "lockedOut": timedelta(days=7)}
# A caller is told at last, whatever it takes.
ENDLESS_PATIENCE: Patience = dict.fromkeys((*PATIENCE_ONCE_SUBMITTED, "refused"), timedelta.max)
TRIES_A_ROUND = 25
OVERTAKEN = "overtaken"


class CarryOver(Exception):  # noqa: N818  # a signal to the orchestrator, not an error
    """The job goes on in a fresh history: this one is long enough, or was overtaken, or nobody waits here."""

    def __init__(self, job: Job) -> None:
        super().__init__(job.id)
        self.job = job


def perform(
    context: Any, job: Job, activity: str, payload: Any, patience: Patience = PATIENCE
) -> Generator[Any, Any, tuple[Job, Outcome]]:
    """Call an activity until its outcome is final, or patience ends; pauses grow and honour Retry-After.

    Returns the job with its attempts counted, and the outcome, the last one where patience has ended. What the step
    has borne stays with the job from round to round, whatever other steps do in between. Where steps were taken outside
    of this orchestration, it goes on with the job that they led to.
    """
    for number in range(1, TRIES_A_ROUND + 1):
        show(context, job)
        outcome = yield from attempt(context, activity, payload)
        word, moment = outcome["outcome"], context.current_utc_datetime
        if word == OVERTAKEN:
            raise CarryOver(Job.from_wire(outcome["job"]))
        if word not in patience:
            return job.past(activity), outcome
        job = job.struggling(activity, word, moment)
        struggle = job.struggles[activity]
        if has_ended(patience, struggle, moment):
            return job.past(activity), outcome
        seed = f"{context.instance_id}:{activity}:{number}"
        least = outcome.get("retryAfterSeconds", 0.0)
        length = cadence.backoff(moment - wire.moment(struggle.since), seed, least=least)
        until = _within_deadline(job, moment, moment + length)
        show(context, job, until)
        timer = context.create_timer(until)
        yield timer
        if not timer.is_completed:  # whoever takes a step outside of the engine does not wait
            break
    raise CarryOver(job)


def has_ended(patience: Patience, struggle: Struggle, at: datetime) -> bool:
    """Whether a step has failed in one way for as long as that is borne, or in any ways for as long as the longest is.

    A long outage shows in many ways: one 401 at its end is no reason to give up. And ways that change do not make
    patience endless.
    """
    borne = [patience[outcome] for outcome in struggle.outcomes if outcome in patience]
    return at - wire.moment(struggle.outcome_since) >= borne[-1] or at - wire.moment(struggle.since) >= max(borne)


def _within_deadline(job: Job, moment: datetime, due: datetime) -> datetime:
    """Cut a pause short where an order would expire in it before it is submitted; that asks nothing of the service."""
    if job.phase is Phase.STAGING and job.deadline_at and moment < job.deadline_at:
        return min(due, job.deadline_at)
    return due


def attempt(context: Any, activity: str, payload: Any) -> Generator[Any, Any, Outcome]:
    """Call an activity once; an exception, of which the SDK keeps only the text, is the outcome `broken`."""
    try:
        outcome: Outcome = yield context.call_activity(activity, payload)
    except Exception as error:  # noqa: BLE001  # the durable SDK raises no other type for a failed activity
        text = str(error).strip().partition("\n")[0].strip()[:500]
        return {"outcome": "broken", "error": {"code": "InternalError", "message": text or type(error).__name__}}
    return outcome
