"""The steps of a job: each calls its activity, reads the outcome, and moves the job on.

An outcome is a value that an activity returns (`orchestrators.messages`). Only `orchestrators.retries` retries. What an
activity learns has its moment from there; what is decided here has the orchestration's, and the request passes it on.
"""

from collections.abc import Generator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, assert_never

from orchestrators import cadence
from orchestrators.approval import request_approval
from orchestrators.custom_status import set_status
from orchestrators.endings import end, end_unsubmitted
from orchestrators.messages import (
    AnyFailure,
    ApprovalNeeded,
    CancelJob,
    CancelSent,
    CheckJob,
    CloseSession,
    Collected,
    CollectResult,
    Failed,
    FirstRuns,
    JobChecked,
    NoPlace,
    NotSubmitted,
    RecordProgress,
    ResultReused,
    SendAnswer,
    Staged,
    StageInput,
    SubmitJob,
    Submitted,
    TargetUnavailable,
)
from orchestrators.places import wait_for_place
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
from orchestrators.reuse import follow_equal_job
from orchestrators.stop_reasons import queue_share_end, why_stop
from quantum.jobs.ids import WAKE
from quantum.jobs.lifecycle import FINAL, IN_THE_WORKSPACE, Phase, phase_of
from quantum.jobs.model import Job
from quantum.jobs.progress import POLLS_PER_ROUND
from quantum.wire import codec

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


def has_ended_remotely(job: Job) -> bool:
    """Say whether the remote job has ended."""
    return job.phase is Phase.COLLECTING or job.phase in FINAL


def stage_input(context: Any, job: Job) -> Step:
    """Put the program where the workspace reads it."""
    if job.phase not in BEFORE_SUBMISSION:
        return job
    before, job = job, job.moved_to(Phase.STAGING, context.current_utc_datetime)
    if job.progress.staged:
        return job
    patience = PATIENCE_TO_SUBMIT if job.progress.may_be_submitted else PATIENCE
    job, outcome = yield from perform(context, job, StageInput, patience)
    match outcome:
        case NoPlace():
            is_shown = StageInput.activity in job.progress.struggles
            return (yield from wait_for_place(context, job if is_shown else before, outcome))
        case Staged():
            return replace(job, progress=replace(job.progress, staged=True), waits_for=None)
        case ResultReused() | FirstRuns():
            return (yield from follow_equal_job(context, job, before, outcome))
        case NotSubmitted() | Failed():
            return (yield from end_submission(context, job, outcome))
        case _:
            assert_never(outcome)


def submit_job(context: Any, job: Job) -> Step:
    """Create the job in the workspace, unless it should stop."""
    if job.phase is not Phase.STAGING:
        return job
    job = replace(job, progress=replace(job.progress, may_be_submitted=True))  # from here on, even if no reply arrives
    job, outcome = yield from perform(context, job, SubmitJob, PATIENCE_TO_SUBMIT)
    match outcome:
        case Submitted():
            job = job.submitted(outcome.queue_seconds, codec.moment(outcome.at))
            return (yield from follow(context, job, outcome))
        case TargetUnavailable():
            return (yield from fail_over(context, job))
        case ApprovalNeeded():
            return request_approval(context, job, outcome)
        case NoPlace():
            return (yield from wait_for_place(context, job, outcome))
        case NotSubmitted() | Failed():
            return (yield from end_submission(context, job, outcome))
        case _:
            assert_never(outcome)


def end_submission(context: Any, job: Job, outcome: NotSubmitted | AnyFailure) -> Step:
    """End a job that was not submitted, unless it is divided and some of its parts exist."""
    if isinstance(outcome, NotSubmitted) or not (job.is_divided and job.progress.may_be_submitted):
        return end_unsubmitted(context, job, outcome)
    from orchestrators.parts import look_for_parts  # noqa: PLC0415  # few jobs are divided

    job, look = yield from look_for_parts(context, job, outcome)
    return (yield from follow(context, job, look)) if look else end_unsubmitted(context, job, outcome)


def wait_until_final(context: Any, job: Job) -> Step:
    """Check the remote job, periodically and when woken, until it has ended.

    A round has one task for the event, and ends when it fires: the SDK delivers an event to the oldest task that waits
    for its name, and an event that came while none waited to every task that is created after it.
    """
    wake = context.wait_for_external_event(WAKE)
    while job.phase in IN_THE_WORKSPACE:
        woken = yield from pause(context, job, wake)
        job, outcome = yield from perform(context, job, partial(request_check, woken=woken), PATIENCE_ONCE_SUBMITTED)
        match outcome:
            case JobChecked():
                job = yield from handle_check(context, job, outcome, woken=woken)
            case Failed():
                return end(context, job, Phase.FAILED, outcome.error)
            case _:
                assert_never(outcome)
    return job


def request_check(job: Job, *, woken: bool) -> CheckJob:
    """Make the request for a status check, which counts that already; the job counts it once it has succeeded."""
    return CheckJob.about(replace(job, progress=job.progress.with_poll(woken=woken)))


def handle_check(context: Any, job: Job, outcome: JobChecked, *, woken: bool) -> Step:
    """Apply a status check, and request a stop where it is due; start a new round periodically and after a wake."""
    requested = job.cancel_requested or outcome.cancel_requested
    progress = job.progress.with_poll(woken=woken, watcher=outcome.watcher)
    job = replace(job, progress=progress, cancel_requested=requested)
    job = yield from follow(context, job, outcome)
    job = yield from request_stop(context, job)
    if woken:
        moment = codec.timestamp(context.current_utc_datetime)
        job = replace(job, progress=replace(job.progress, woken_at=moment))
    if job.phase in IN_THE_WORKSPACE and (woken or job.progress.polls % POLLS_PER_ROUND == 0):
        raise CarryOver(job)
    return job


def collect_result(context: Any, job: Job) -> Step:
    """Fetch the output of the job, and store it raw and normalised."""
    if job.phase is not Phase.COLLECTING:
        return job
    job, outcome = yield from perform(context, job, CollectResult, PATIENCE_ONCE_SUBMITTED)
    match outcome:
        case Collected():
            job = replace(job, result=outcome.result, warnings=(*job.warnings, *outcome.warnings))
            return end(context, job, Phase.SUCCEEDED).with_late_stop()
        case Failed():
            return end(context, job, Phase.FAILED, outcome.error)
        case _:
            assert_never(outcome)


def close_session(context: Any, job: Job) -> Generator[Any, Any]:
    """Close the job's own session, once: housekeeping retries a failure, so that the answer does not wait."""
    if job.own_sessions:
        yield from attempt(context, CloseSession(job))


def announce(context: Any, job: Job) -> Generator[Any, Any, dict[str, Any]]:
    """Record the end of the job, and send the answer."""
    job, _ = yield from perform(context, job, SendAnswer, ENDLESS_PATIENCE)
    return {"phase": job.phase.value}


def enter(context: Any, job: Job, phase: Phase) -> Step:
    """Move the job to a phase, and record that in the index."""
    if phase is job.phase:
        return job
    job = job.moved_to(phase, context.current_utc_datetime)
    job, _ = yield from perform(context, job, RecordProgress)
    return job


def follow(context: Any, job: Job, outcome: Submitted | JobChecked) -> Step:
    """Move the job to the phase of its remote status, and record that where the activity could not."""
    account, at = outcome.account, codec.moment(outcome.at)
    job, phase = job.seen(account, at), phase_of(account.status)
    if phase is Phase.CANCELLED:
        return (yield from finish_cancelled(context, job, at))
    if phase is Phase.FAILED:
        return replace(job.moved_to(phase, at), error=account.error)
    if phase is Phase.COLLECTING:
        return job.moved_to(phase, at)
    if not outcome.recorded:
        job, _ = yield from perform(context, job, RecordProgress)
    return job


def fail_over(context: Any, job: Job) -> Step:
    """Move the job to the next target, and record that first: a restart must not return to the last one."""
    job = job.failed_over().moved_to(Phase.STAGING, context.current_utc_datetime)
    job, _ = yield from perform(context, job, RecordProgress, ENDLESS_PATIENCE)
    return job


def finish_cancelled(context: Any, job: Job, at: datetime) -> Step:
    """End a job that the workspace cancelled: by its caller's request first, else by the reason why we stopped it."""
    why = job.progress.stopping or why_stop(
        job, context.current_utc_datetime
    )  # the reply to a successful request may be lost
    if why == "fallback" and not job.cancel_requested and job.next_target:
        return (yield from fail_over(context, job))
    late = why == "deadline" and not job.cancel_requested
    return job.moved_to(Phase.EXPIRED if late else Phase.CANCELLED, at)


def request_stop(context: Any, job: Job) -> Step:
    """Request cancellation once, for the caller, the deadline or a fallback."""
    reason = why_stop(job, context.current_utc_datetime)
    if reason is None or job.phase not in IN_THE_WORKSPACE:
        return job
    job, outcome = yield from perform(context, job, CancelJob.about, PATIENCE_TO_CANCEL)
    stopping = replace(job, progress=replace(job.progress, stopping=reason))
    match outcome:
        case CancelSent():
            return (yield from enter(context, stopping, Phase.CANCELLING))
        case Failed():  # the provider refused, or the job has just ended: the next check reads how
            return job if reason == "fallback" else stopping
        case _:
            assert_never(outcome)


def pause(context: Any, job: Job, wake: Any) -> Generator[Any, Any, bool]:
    """Wait for the next status check; return True if woken early."""
    moment, remote, progress = context.current_utc_datetime, job.remote, job.progress
    queues = job.phase is Phase.WAITING and not progress.stopping
    length = cadence.pause(
        moment - codec.moment(remote.since or job.created_at),
        moment - codec.moment(job.history[-1]["at"]),
        f"{job.id}:{progress.polls}",
        queue_seconds=remote.queue_seconds if queues else None,
        since_woken=moment - codec.moment(progress.woken_at) if progress.woken_at else None,
        watcher=progress.watcher if queues else None,
    )
    until = moment + _cut_at_turning_point(job, moment, length)
    set_status(context, job, until)
    timer = context.create_timer(until)
    yield context.task_any([wake, timer])
    if wake.is_completed and not timer.is_completed:
        timer.cancel()
    return bool(wake.is_completed)


def _cut_at_turning_point(job: Job, moment: datetime, length: timedelta) -> timedelta:
    """End a pause at the deadline, or at the end of this target's share of the time until then."""
    if job.progress.stopping:
        return length
    points = (point for point in (job.deadline_at, queue_share_end(job)) if point and point > moment)
    return min((length, *(point - moment for point in points)))
