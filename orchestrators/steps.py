"""The steps of a job: each calls its activity, reads the outcome, and moves the job on.

An outcome is a value that an activity returns (`quantum.jobs.errors`). What is worth another try is tried again in one
place, `orchestrators.retries`.
"""

from collections.abc import Generator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from orchestrators import cadence
from orchestrators.retries import (
    ENDLESS_PATIENCE,
    PATIENCE,
    PATIENCE_ONCE_SUBMITTED,
    PATIENCE_TO_CANCEL,
    PATIENCE_TO_SUBMIT,
    CarryOver,
    Outcome,
    attempt,
    perform,
)
from orchestrators.shown import show
from quantum.jobs.ids import WAKE
from quantum.jobs.lifecycle import FINAL, Phase, phase_of
from quantum.jobs.model import Failure, Job
from quantum.wire import codec as wire

__all__ = [
    "CarryOver",
    "announce",
    "close_session",
    "collect_result",
    "has_ended_remotely",
    "stage_input",
    "submit_job",
    "wait_until_final",
]

Step = Generator[Any, Any, Job]

BEFORE_SUBMISSION = frozenset({Phase.ACCEPTED, Phase.STAGING})
IN_THE_WORKSPACE = frozenset({Phase.WAITING, Phase.EXECUTING, Phase.CANCELLING})
MAY_BE_BILLED = "The job ended before it could be cancelled; the provider may bill it."


def has_ended_remotely(job: Job) -> bool:
    """Whether the workspace has nothing more to do for the job."""
    return job.phase is Phase.COLLECTING or job.phase in FINAL


def stage_input(context: Any, job: Job) -> Step:
    """Put the program where the workspace reads it."""
    if job.phase not in BEFORE_SUBMISSION:
        return job
    job = yield from enter(context, job, Phase.STAGING)
    if job.staged:
        return job
    patience = PATIENCE_TO_SUBMIT if job.may_be_submitted else PATIENCE
    job, outcome = yield from perform(context, job, "stage_input", job.to_wire(), patience)
    return replace(job, staged=True) if outcome["outcome"] == "staged" else never_submitted(context, job, outcome)


def submit_job(context: Any, job: Job) -> Step:
    """Create the job in the workspace; what was asked to stop by now is not submitted."""
    if job.phase is not Phase.STAGING:
        return job
    job = replace(job, may_be_submitted=True)  # from here on, whatever we hear of it
    job, outcome = yield from perform(context, job, "submit_job", job.to_wire(), PATIENCE_TO_SUBMIT)
    match outcome["outcome"]:
        case "submitted":
            seen = replace(job, target_since=now(context), queue_seconds=outcome.get("queueSeconds"))
            return (yield from follow(context, seen, outcome))
        case "targetUnavailable":
            return (yield from turn_to_next_target(context, job))
        case _:
            return never_submitted(context, job, outcome)


def wait_until_final(context: Any, job: Job) -> Step:
    """Look at the job, now and then or when woken, until the workspace says that it has ended.

    A round has one task for the event, and ends when it fires: the SDK hands an event to the oldest task that waits
    for its name, and one that came while none waited to every task that is made after it.
    """
    wake = context.wait_for_external_event(WAKE)
    while job.phase in IN_THE_WORKSPACE:
        woken = yield from pause(context, job, wake)
        job, outcome = yield from perform(context, job, "check_job", job.brief(), PATIENCE_ONCE_SUBMITTED)
        if outcome["outcome"] != "seen":
            return end(context, job, Phase.FAILED, outcome)
        requested = job.cancel_requested or outcome["cancelRequested"]
        looked = replace(job, polls=job.polls + 1, wakes=job.wakes + woken, cancel_requested=requested)
        job = yield from follow(context, looked, outcome)
        job = yield from stop_if_asked(context, job)
        if job.phase in IN_THE_WORKSPACE and (woken or job.polls % job.polls_a_round == 0):
            raise CarryOver(replace(job, woken_at=now(context)) if woken else job)
    return job


def collect_result(context: Any, job: Job) -> Step:
    """Fetch what the job put out, and keep it raw and normalised."""
    if job.phase is not Phase.COLLECTING:
        return job
    job, outcome = yield from perform(context, job, "collect_result", job.to_wire(), PATIENCE_ONCE_SUBMITTED)
    if outcome["outcome"] != "collected":
        return end(context, job, Phase.FAILED, outcome)
    job = replace(job, cancel_requested=job.cancel_requested or outcome.get("cancelRequested", False))
    late = (MAY_BE_BILLED,) if job.stopping or job.cancel_requested else ()
    collected = replace(job, result=outcome["result"], warnings=(*job.warnings, *outcome["warnings"], *late))
    return end(context, collected, Phase.SUCCEEDED, outcome)


def close_session(context: Any, job: Job) -> Generator[Any, Any]:
    """Close the session that the job had to itself. The answer does not wait for it: housekeeping tries again."""
    if job.own_sessions:
        yield from attempt(context, "close_session", job.to_wire())


def announce(context: Any, job: Job) -> Generator[Any, Any, dict[str, Any]]:
    """Note how the job ended, then tell its caller; both may happen twice and mean the same."""
    job, _ = yield from perform(context, job, "record_progress", job.to_wire(), ENDLESS_PATIENCE)
    job, _ = yield from perform(context, job, "send_answer", job.to_wire(), ENDLESS_PATIENCE)
    return {"phase": job.phase.value}


def enter(context: Any, job: Job, phase: Phase) -> Step:
    """Move to a phase, and note it where people look."""
    if phase is job.phase:
        return job
    job = job.moved_to(phase, context.current_utc_datetime)
    job, _ = yield from perform(context, job, "record_progress", job.to_wire())
    return job


def follow(context: Any, job: Job, seen: Outcome) -> Step:
    """Move as the workspace's own account of the job says."""
    job = replace(
        job,
        azure_status=seen["status"],
        provider_id=seen["providerId"],
        cost=seen.get("cost") or job.cost,
        times=seen.get("times") or job.times,
    )
    phase = phase_of(seen["status"])
    if phase is Phase.CANCELLED:
        return (yield from stopped(context, job))
    if phase is Phase.FAILED:
        return end(context, job, phase, seen)
    if job.phase is Phase.CANCELLING and phase in IN_THE_WORKSPACE:
        return job  # the workspace may go on saying Waiting or Executing for a while
    return (yield from enter(context, job, phase))


def turn_to_next_target(context: Any, job: Job) -> Step:
    """Turn to the next target, and note it first: whoever takes this job up again must not go back to the last one."""
    job = job.failed_over().moved_to(Phase.STAGING, context.current_utc_datetime)
    job, _ = yield from perform(context, job, "record_progress", job.to_wire(), ENDLESS_PATIENCE)
    return job


def stopped(context: Any, job: Job) -> Step:
    """Say what a cancelled job has become: what its caller wanted comes first, then what we stopped it for."""
    why = job.stopping or why_stop(context, job)  # a request may have worked whose reply was lost
    if why == "fallback" and not job.cancel_requested and job.next_target:
        return (yield from turn_to_next_target(context, job))
    late = why == "deadline" and not job.cancel_requested
    return job.moved_to(Phase.EXPIRED if late else Phase.CANCELLED, context.current_utc_datetime)


def stop_if_asked(context: Any, job: Job) -> Step:
    """Ask the workspace to cancel a job once, where its caller, its deadline or a fallback wants that."""
    reason = why_stop(context, job)
    if reason is None or job.phase not in IN_THE_WORKSPACE:
        return job
    job, outcome = yield from perform(context, job, "cancel_job", job.brief(), PATIENCE_TO_CANCEL)
    if outcome["outcome"] == "asked":
        return (yield from enter(context, replace(job, stopping=reason), Phase.CANCELLING))
    # The provider will not, or the job has just ended: the next look tells how it ended.
    return replace(job, stopping=job.stopping if reason == "fallback" else reason)


def why_stop(context: Any, job: Job) -> str | None:
    """Why the job should be asked to stop now, unless it has been."""
    if job.cancel_requested:
        return None if job.stopping in {"cancel", "deadline"} else "cancel"
    if job.stopping:
        return None
    if is_late(context, job):
        return "deadline"
    return "fallback" if has_queued_too_long(context, job) else None


def is_late(context: Any, job: Job) -> bool:
    """Whether the order's deadline has passed."""
    return job.deadline_at is not None and context.current_utc_datetime >= job.deadline_at


def has_queued_too_long(context: Any, job: Job) -> bool:
    """Whether the job has spent this target's share of the time until the deadline in its queue."""
    end = _queue_share_ends(job)
    return end is not None and bool(context.current_utc_datetime >= end)


def _queue_share_ends(job: Job) -> datetime | None:
    """When a waiting job turns to the next target.

    What was left of the time when it came to this one is shared equally between it and those that come after it.
    """
    if job.phase is not Phase.WAITING or job.next_target is None or job.deadline_at is None or not job.target_since:
        return None
    since = wire.moment(job.target_since)
    return since + (job.deadline_at - since) / (len(job.order.targets) - job.fallback)


def pause(context: Any, job: Job, wake: Any) -> Generator[Any, Any, bool]:
    """Wait for the next look; True if it was woken early."""
    moment = context.current_utc_datetime
    length = cadence.pause(
        moment - wire.moment(job.target_since or job.created_at),
        moment - wire.moment(job.history[-1]["at"]),
        f"{job.id}:{job.polls}",
        queue_seconds=job.queue_seconds if job.phase is Phase.WAITING and not job.stopping else None,
        since_woken=moment - wire.moment(job.woken_at) if job.woken_at else None,
    )
    until = moment + _until_turning_point(job, moment, length)
    show(context, job, until)
    timer = context.create_timer(until)
    yield context.task_any([wake, timer])
    if wake.is_completed and not timer.is_completed:
        timer.cancel()
    return bool(wake.is_completed)


def _until_turning_point(job: Job, moment: datetime, length: timedelta) -> timedelta:
    """Cut a pause short where it would pass the deadline, or the end of this target's share of the time until then."""
    if job.stopping:
        return length
    points = (point for point in (job.deadline_at, _queue_share_ends(job)) if point and point > moment)
    return min((length, *(point - moment for point in points)))


def never_submitted(context: Any, job: Job, outcome: Outcome) -> Job:
    """End a job that the workspace does not have."""
    match outcome["outcome"]:
        case "notSubmitted":
            phase = Phase.EXPIRED if outcome["why"] == "deadline" else Phase.CANCELLED
        case "refused" | "unauthorized" | "lockedOut":
            phase = Phase.REJECTED
        case _:
            phase = Phase.FAILED
    return end(context, job, phase, outcome)


def end(context: Any, job: Job, phase: Phase, outcome: Outcome) -> Job:
    """End the job, with the reason that the outcome gives."""
    error = outcome.get("error")
    failure = Failure.from_wire(error) if error else None
    return replace(job.moved_to(phase, context.current_utc_datetime), error=failure)


def now(context: Any) -> str:
    """The orchestration's own time, which a replay repeats."""
    return wire.timestamp(context.current_utc_datetime)
