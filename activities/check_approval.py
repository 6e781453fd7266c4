"""Looks whether somebody has decided about a job that waits for an approval."""

from dataclasses import replace

from activities.activity import activity
from orchestrators.approval_messages import ApprovalDecided, ApprovalOpen, CheckApproval
from orchestrators.messages import NotSubmitted
from quantum.app import App
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
    if approval is None:  # it cannot be submitted without one
        return NotSubmitted("cancel")
    if entry is None or entry.job.approval != approval or entry.job.phase is not job.phase:
        await record(services, job)
    decision = await services.ledger().decision(approval.submission)
    if decision is not None:
        verdict, by, at, why = decision.verdict, decision.by, decision.at, decision.why
        return ApprovalDecided(replace(approval, verdict=verdict, by=by, at=at, why=why))
    is_over = codec.timestamp(services.now()) >= approval.until
    return ApprovalDecided(approval) if is_over else ApprovalOpen(approval.until)
