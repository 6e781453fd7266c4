"""The wait for an approval: a job that costs more than a budget lets pass is submitted only if somebody approves it."""

from collections.abc import Generator
from dataclasses import replace
from datetime import timedelta
from typing import Any, assert_never

from orchestrators.approval_messages import ApprovalDecided, ApprovalOpen, CheckApproval
from orchestrators.custom_status import set_status
from orchestrators.messages import ApprovalNeeded, Failed, NotSubmitted
from orchestrators.retries import PATIENCE_ONCE_SUBMITTED, CarryOver, perform
from quantum.jobs.approvals import DENIED, refusal
from quantum.jobs.ids import WAKE
from quantum.jobs.lifecycle import Phase
from quantum.jobs.model import Approval, Job
from quantum.wire import codec

LONGEST = timedelta(minutes=15)  # a decision whose event was lost takes effect then
SHORTEST = timedelta(seconds=1)
REMEDY = "Order it again, and let somebody approve it: POST /api/jobs/{id}/approve"

type Step = Generator[Any, Any, Job]


def request_approval(context: Any, job: Job, outcome: ApprovalNeeded) -> Job:
    """Let the job wait; the next step records that, and looks for a decision."""
    return replace(job, approval=outcome.approval).moved_to(Phase.AWAITING_APPROVAL, context.current_utc_datetime)


def wait_for_approval(context: Any, job: Job) -> Step:
    """Wait until somebody has decided, its time is over, or the job is cancelled; each pause ends its history."""
    if job.phase is not Phase.AWAITING_APPROVAL:
        return job
    job, outcome = yield from perform(context, job, CheckApproval, PATIENCE_ONCE_SUBMITTED)
    moment = context.current_utc_datetime
    match outcome:
        case ApprovalDecided():
            return follow_decision(context, replace(job, approval=outcome.approval), outcome.approval)
        case NotSubmitted():
            return job.moved_to(Phase.EXPIRED if outcome.why == "deadline" else Phase.CANCELLED, moment)
        case Failed():
            return replace(job.moved_to(Phase.FAILED, moment), error=outcome.error)
        case ApprovalOpen():
            return (yield from pause(context, job, outcome.until))
        case _:
            assert_never(outcome)


def follow_decision(context: Any, job: Job, approval: Approval) -> Job:
    """Continue a job that was approved; end one that was not."""
    moment = context.current_utc_datetime
    if approval.verdict == "approved":
        return job.moved_to(Phase.STAGING, moment)
    error = refusal(approval, "It costs", REMEDY)
    phase = Phase.REJECTED if error.code == DENIED else Phase.EXPIRED
    return replace(job.moved_to(phase, moment), error=error)


def pause(context: Any, job: Job, last: str) -> Step:
    """Wait until the job is woken, or for a while, but not beyond the last moment; then begin a new history."""
    moment = context.current_utc_datetime
    until = min(moment + LONGEST, max(codec.moment(last), moment + SHORTEST))
    set_status(context, job, until)
    wake, timer = context.wait_for_external_event(WAKE), context.create_timer(until)
    yield context.task_any([wake, timer])
    if not timer.is_completed:
        timer.cancel()
    raise CarryOver(job)
