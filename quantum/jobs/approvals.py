"""What becomes of work that was not approved, the same for a job and for a batch: the codes and words of its error."""

from quantum.jobs.model import Approval, Failure

DENIED, NOT_APPROVED = "ApprovalDenied", "NotApproved"


def refusal(approval: Approval, cost: str, remedy: str) -> Failure:
    """Return the error of work that was denied, or that nobody approved in time; `cost` is "It costs", for example."""
    spent = f"{cost} {approval.amount:,g} {approval.unit}; more than {approval.above:,g} needs an approval"
    where = f"{spent} (budget {approval.budget})"
    if approval.verdict == "denied":
        why = f": {approval.why}" if approval.why else "."
        return Failure(DENIED, f"{where}. {approval.by or 'Somebody'} denied it{why}")
    return Failure(NOT_APPROVED, f"{where}, and nobody gave one by {approval.until}. {remedy}.")
