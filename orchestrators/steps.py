"""The steps of a job: each calls its activity, reads the outcome, and moves the job on.

An outcome is a value that an activity returns (`quantum.jobs.errors`). What is worth another try is tried again in one
place, `orchestrators.retries`.
"""

from collections.abc import Generator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, assert_never

from orchestrators import cadence
from orchestrators.messages import (
    AnyFailure,
    Broken,
    Busy,
    CancelJob,
    CancelSent,
    CheckJob,
    CloseSession,
    Collected,
    CollectResult,
    Failed,
    LockedOut,
    Missing,
    NotSubmitted,
    RecordProgress,
    Refused,
    Seen,
    SendAnswer,
    Staged,
    StageInput,
    SubmitJob,
    Submitted,
    TargetUnavailable,
    Unauthorized,
    Unavailable,
)
from orchestrators.retries import (
    ENDLESS_PATIENCE,
    PATIENCE,
    PATIENCE_ONCE_SUBMITTED,
    PATIENCE_TO_CANCEL,
    PATIENCE_TO_SUBMIT,
    CarryOver,
    attempt,
    perform,
)
from orchestrators.shown import show
from orchestrators.stop_reasons import queue_share_end, why_stop
from quantum.jobs.ids import WAKE
from quantum.jobs.lifecycle import FINAL, Phase, phase_of
from quantum.jobs.model import Account, Failure, Job
from quantum.jobs.progress import POLLS_A_ROUND
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
    if job.progress.staged:
        return job
    patience = PATIENCE_TO_SUBMIT if job.progress.may_be_submitted else PATIENCE
    job, outcome = yield from perform(context, job, StageInput(job), patience)
    match outcome:
        case Staged():
            return replace(job, progress=replace(job.progress, staged=True))
        case NotSubmitted() | Failed():
            return never_submitted(context, job, outcome)
        case _:
            assert_never(outcome)


def submit_job(context: Any, job: Job) -> Step:
    """Create the job in the workspace; what was asked to stop by now is not submitted."""
    if job.phase is not Phase.STAGING:
        return job
    job = replace(job, progress=replace(job.progress, may_be_submitted=True))  # from here on, whatever we hear of it
    job, outcome = yield from perform(context, job, SubmitJob(job), PATIENCE_TO_SUBMIT)
    match outcome:
        case Submitted():
            remote = replace(job.remote, since=now(context), queue_seconds=outcome.queue_seconds)
            return (yield from follow(context, replace(job, remote=remote), outcome.account))
        case TargetUnavailable():
            return (yield from turn_to_next_target(context, job))
        case NotSubmitted() | Failed():
            return never_submitted(context, job, outcome)
        case _:
            assert_never(outcome)


def wait_until_final(context: Any, job: Job) -> Step:
    """Look at the job, now and then or when woken, until the workspace says that it has ended.

    A round has one task for the event, and ends when it fires: the SDK hands an event to the oldest task that waits
    for its name, and one that came while none waited to every task that is made after it.
    """
    wake = context.wait_for_external_event(WAKE)
    while job.phase in IN_THE_WORKSPACE:
        woken = yield from pause(context, job, wake)
        job, outcome = yield from perform(context, job, CheckJob.about(job), PATIENCE_ONCE_SUBMITTED)
        match outcome:
            case Seen():
                job = yield from look(context, job, outcome, woken=woken)
            case Failed():
                return end(context, job, Phase.FAILED, outcome.error)
            case _:
                assert_never(outcome)
    return job


def look(context: Any, job: Job, seen: Seen, *, woken: bool) -> Step:
    """Move on from a look, and ask the job to stop where it should; now and then, and after a wake, begin a round."""
    requested = job.cancel_requested or seen.cancel_requested
    job = replace(job, progress=job.progress.looked(woken=woken), cancel_requested=requested)
    job = yield from follow(context, job, seen.account)
    job = yield from stop_if_asked(context, job)
    progress = job.progress
    if job.phase in IN_THE_WORKSPACE and (woken or progress.polls % POLLS_A_ROUND == 0):
        raise CarryOver(replace(job, progress=replace(progress, woken_at=now(context))) if woken else job)
    return job


def collect_result(context: Any, job: Job) -> Step:
    """Fetch what the job put out, and keep it raw and normalised."""
    if job.phase is not Phase.COLLECTING:
        return job
    job, outcome = yield from perform(context, job, CollectResult(job), PATIENCE_ONCE_SUBMITTED)
    match outcome:
        case Collected():
            job = replace(job, cancel_requested=job.cancel_requested or outcome.cancel_requested)
            late = (MAY_BE_BILLED,) if job.progress.stopping or job.cancel_requested else ()
            warnings = (*job.warnings, *outcome.warnings, *late)
            return end(context, replace(job, result=outcome.result, warnings=warnings), Phase.SUCCEEDED)
        case Failed():
            return end(context, job, Phase.FAILED, outcome.error)
        case _:
            assert_never(outcome)


def close_session(context: Any, job: Job) -> Generator[Any, Any]:
    """Close the session that the job had to itself. The answer does not wait for it: housekeeping tries again."""
    if job.own_sessions:
        yield from attempt(context, CloseSession(job))


def announce(context: Any, job: Job) -> Generator[Any, Any, dict[str, Any]]:
    """Note how the job ended, then tell its caller; both may happen twice and mean the same."""
    job, _ = yield from perform(context, job, RecordProgress(job), ENDLESS_PATIENCE)
    job, _ = yield from perform(context, job, SendAnswer(job), ENDLESS_PATIENCE)
    return {"phase": job.phase.value}


def enter(context: Any, job: Job, phase: Phase) -> Step:
    """Move to a phase, and note it where people look."""
    if phase is job.phase:
        return job
    job = job.moved_to(phase, context.current_utc_datetime)
    job, _ = yield from perform(context, job, RecordProgress(job))
    return job


def follow(context: Any, job: Job, account: Account) -> Step:
    """Move as the workspace's own account of the job says."""
    job = replace(job, remote=job.remote.reported(account))
    phase = phase_of(account.status)
    if phase is Phase.CANCELLED:
        return (yield from stopped(context, job))
    if phase is Phase.FAILED:
        return end(context, job, phase, account.error)
    if job.phase is Phase.CANCELLING and phase in IN_THE_WORKSPACE:
        return job  # the workspace may go on saying Waiting or Executing for a while
    return (yield from enter(context, job, phase))


def turn_to_next_target(context: Any, job: Job) -> Step:
    """Turn to the next target, and note it first: whoever takes this job up again must not go back to the last one."""
    job = job.failed_over().moved_to(Phase.STAGING, context.current_utc_datetime)
    job, _ = yield from perform(context, job, RecordProgress(job), ENDLESS_PATIENCE)
    return job


def stopped(context: Any, job: Job) -> Step:
    """Say what a cancelled job has become: what its caller wanted comes first, then what we stopped it for."""
    why = job.progress.stopping or why_stop(
        job, context.current_utc_datetime
    )  # a request may have worked whose reply was lost
    if why == "fallback" and not job.cancel_requested and job.next_target:
        return (yield from turn_to_next_target(context, job))
    late = why == "deadline" and not job.cancel_requested
    return job.moved_to(Phase.EXPIRED if late else Phase.CANCELLED, context.current_utc_datetime)


def stop_if_asked(context: Any, job: Job) -> Step:
    """Ask the workspace to cancel a job once, where its caller, its deadline or a fallback wants that."""
    reason = why_stop(job, context.current_utc_datetime)
    if reason is None or job.phase not in IN_THE_WORKSPACE:
        return job
    job, outcome = yield from perform(context, job, CancelJob.about(job), PATIENCE_TO_CANCEL)
    stopping = replace(job, progress=replace(job.progress, stopping=reason))
    match outcome:
        case CancelSent():
            return (yield from enter(context, stopping, Phase.CANCELLING))
        case Failed():  # the provider will not, or the job has just ended: the next look tells how it ended
            return job if reason == "fallback" else stopping
        case _:
            assert_never(outcome)


def pause(context: Any, job: Job, wake: Any) -> Generator[Any, Any, bool]:
    """Wait for the next look; True if it was woken early."""
    moment, remote, progress = context.current_utc_datetime, job.remote, job.progress
    length = cadence.pause(
        moment - wire.moment(remote.since or job.created_at),
        moment - wire.moment(job.history[-1]["at"]),
        f"{job.id}:{progress.polls}",
        queue_seconds=remote.queue_seconds if job.phase is Phase.WAITING and not progress.stopping else None,
        since_woken=moment - wire.moment(progress.woken_at) if progress.woken_at else None,
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
    if job.progress.stopping:
        return length
    points = (point for point in (job.deadline_at, queue_share_end(job)) if point and point > moment)
    return min((length, *(point - moment for point in points)))


def never_submitted(context: Any, job: Job, outcome: NotSubmitted | AnyFailure) -> Job:
    """End a job that the workspace does not have."""
    match outcome:
        case NotSubmitted():
            return end(context, job, Phase.EXPIRED if outcome.why == "deadline" else Phase.CANCELLED)
        case Refused() | Unauthorized() | LockedOut():
            return end(context, job, Phase.REJECTED, outcome.error)
        case Busy() | Unavailable() | Missing() | Broken():
            return end(context, job, Phase.FAILED, outcome.error)
        case _:
            assert_never(outcome)


def end(context: Any, job: Job, phase: Phase, error: Failure | None = None) -> Job:
    """End the job, with the reason where there is one."""
    return replace(job.moved_to(phase, context.current_utc_datetime), error=error)


def now(context: Any) -> str:
    """The orchestration's own time, which a replay repeats."""
    return wire.timestamp(context.current_utc_datetime)
