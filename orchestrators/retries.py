"""What is tried again, how long, and when: the one place for it.

A service that is busy or cannot be reached is waited for, patiently. What nobody expected, an exception that an
activity raised, is tried for a quarter of an hour: then the caller is told, instead of never.
"""

from collections.abc import Generator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from orchestrators import cadence
from quantum import wire
from quantum.lifecycle import Phase
from quantum.model import Job

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
A_ROUND = timedelta(hours=1)  # so many tries take longer than that


class CarryOver(Exception):  # noqa: N818  # a signal to the orchestrator, not an error
    """The history is long enough: the job goes on in a fresh one."""

    def __init__(self, job: Job) -> None:
        super().__init__(job.id)
        self.job = job


def perform(
    context: Any, job: Job, activity: str, payload: Any, patience: Patience = PATIENCE
) -> Generator[Any, Any, tuple[Job, Outcome]]:
    """Call an activity until its outcome is final, or patience ends; pauses grow and honour Retry-After.

    Returns the job with its attempts counted, and the outcome, the last one where patience has ended.
    """
    kind, kind_since = "", context.current_utc_datetime
    for number in range(1, TRIES_A_ROUND + 1):
        outcome = yield from attempt(context, activity, payload)
        if outcome["outcome"] not in patience:
            return replace(job, struggling_since=None), outcome
        moment = context.current_utc_datetime
        if outcome["outcome"] != kind:
            kind, kind_since = outcome["outcome"], moment
        since = job.struggling_since or wire.timestamp(moment)
        job = replace(job, attempts=job.attempts + 1, struggling_since=since)
        struggled = moment - wire.moment(since)
        # A long outage shows in many ways: one 401 at its end is no reason to give up. So a patience of minutes is
        # counted while the same comes again and again; it ends well within a round. One of days outlasts rounds.
        if (struggled if patience[kind] > A_ROUND else moment - kind_since) >= patience[kind]:
            return replace(job, struggling_since=None), outcome
        seed = f"{context.instance_id}:{activity}:{number}"
        length = cadence.backoff(struggled, seed, least=outcome.get("retryAfterSeconds", 0.0))
        yield context.create_timer(_within_deadline(job, moment, moment + length))
    raise CarryOver(job)


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
