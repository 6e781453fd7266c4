"""The messages between a job that waits for an approval and its activity; others are in `orchestrators.messages`."""

from typing import ClassVar

from orchestrators.messages import JobRequest, NotSubmitted, Outcome
from quantum.jobs.model import Approval
from quantum.wire.records import record


@record
class ApprovalOpen(Outcome):
    """Nobody has decided yet; `until` is when that becomes a denial."""

    word: ClassVar[str] = "approvalOpen"

    until: str


@record
class ApprovalDecided(Outcome):
    """Somebody has decided, or nobody did in time: `approval` says who, when and how."""

    word: ClassVar[str] = "approvalDecided"

    approval: Approval


class CheckApproval(JobRequest[ApprovalOpen | ApprovalDecided | NotSubmitted]):
    """Record that the job waits, and look whether somebody has decided."""

    activity: ClassVar[str] = "check_approval"
