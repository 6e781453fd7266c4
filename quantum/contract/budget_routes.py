"""The rows of the table of routes for budgets and approvals."""

from quantum.contract import examples
from quantum.contract.budgets import BUDGETS_REQUEST, DECISION
from quantum.contract.parameters import BATCH_ID, JOB_ID, Parameter
from quantum.contract.route import (
    COMMON,
    LOCATION_AND_RETRY,
    NO_BATCH,
    NO_JOB,
    TOO_LARGE,
    Body,
    Reply,
    Route,
    problem,
)

DECIDED = problem("it waits for no approval, or somebody has decided before")


def _decision(path: str, door: str, meaning: str, document: str, work: tuple[Parameter, Reply, str]) -> Route:
    """Declare the route of a decision; `work` is the parameter with its id, the reply without it, and an example."""
    id_, missing, example = work
    return Route(
        "POST",
        path,
        door,
        meaning,
        {
            **COMMON,
            202: Reply("decided: where to look, and when", document, headers=LOCATION_AND_RETRY),
            404: missing,
            409: DECIDED,
            413: TOO_LARGE,
        },
        (id_,),
        Body("ApprovalDecision", DECISION, examples.DECISION),
        example={"id": example},
    )


A_JOB, A_BATCH = (JOB_ID, NO_JOB, examples.HELD_ID), (BATCH_ID, NO_BATCH, examples.HELD_BATCH_ID)
BUDGET_ROUTES: tuple[Route, ...] = (
    _decision(
        "jobs/{id}/approve",
        "approve_job",
        "Approve a job that waits for it: it is submitted, if a budget has room then.",
        "JobView",
        A_JOB,
    ),
    _decision("jobs/{id}/deny", "deny_job", "Deny a job that waits for an approval: it is rejected.", "JobView", A_JOB),
    _decision(
        "batches/{id}/approve",
        "approve_batch",
        "Approve a batch that waits for it: its members start, and none of them asks again.",
        "BatchView",
        A_BATCH,
    ),
    _decision(
        "batches/{id}/deny",
        "deny_batch",
        "Deny a batch that waits for an approval: it is rejected, and no member starts.",
        "BatchView",
        A_BATCH,
    ),
    Route(
        "GET",
        "budgets",
        "read_budgets",
        "Read the budgets: what is reserved, spent and left in this period, and who changed them.",
        {**COMMON, 200: Reply("the budgets", "BudgetsView")},
    ),
    Route(
        "PUT",
        "budgets",
        "write_budgets",
        "Replace all budgets. What was reserved and spent under a name stays.",
        {
            **COMMON,
            200: Reply("the budgets, as they are now", "BudgetsView"),
            409: problem("somebody has changed the budgets since that version; read them again"),
            413: TOO_LARGE,
        },
        body=Body("BudgetsRequest", BUDGETS_REQUEST, examples.BUDGETS),
    ),
)
