"""Looks whether somebody has decided about a job that waits for an approval."""

from dataclasses import replace

from activities.activity import activity
from orchestrators.approval_messages import ApprovalDecided, ApprovalOpen, CheckApproval
from orchestrators.messages import NotSubmitted
from quantum.app import App
from quantum.jobs.model import Approval
from quantum.service.cancellation import cancel_requested, require_current
from quantum.service.recording import record
from quantum.wire import codec


@activity
async def check_approval(message: CheckApproval, app: App) -> ApprovalOpen | ApprovalDecided | NotSubmitted:
    """Record that the job waits, so that somebody can decide; then read the cancellation, the decision and the time."""
    services, job, approval = app.services, message.job, message.job.approval
    entry = await require_current(services, job)
    if cancel_requested(entry):
        return NotSubmitted("cancel")
    if approval is None:
        return ApprovalOpen()
    if entry is None or entry.job.approval != approval or entry.job.phase is not job.phase:
        await record(services, job)
    decision = await services.ledger().decision(approval.submission)
    if decision is not None:
        return ApprovalDecided(
            replace(approval, verdict=decision.verdict, by=decision.by, at=decision.at, why=decision.why)
        )
    return _if_open(approval, codec.timestamp(services.now()))


def _if_open(approval: Approval, at: str) -> ApprovalOpen | ApprovalDecided:
    """Say that nobody has decided: after its time that is a denial."""
    return ApprovalDecided(replace(approval, at=at)) if at >= approval.until else ApprovalOpen()
