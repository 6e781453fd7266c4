"""The rows of the table of routes for budgets and approvals."""

from quantum.contract import examples
from quantum.contract.budgets import BUDGETS_REQUEST, DECISION
from quantum.contract.parameters import BATCH_ID, JOB_ID
from quantum.contract.route import (
    COMMON,
    LOCATION_AND_RETRY,
    TOO_LARGE,
    Body,
    Reply,
    Route,
    problem,
)

NO_JOB, NO_BATCH = problem("there is no such job"), problem("there is no such batch")
DECIDED = problem("it waits for no approval, or somebody has decided before")
BUDGET_ROUTES: tuple[Route, ...] = (
    Route(
        "POST",
        "jobs/{id}/approve",
        "approve_job",
        "Approve a job that waits for it: it is submitted, if a budget has room then.",
        {
            **COMMON,
            202: Reply("decided: where to look, and when", "JobView", headers=LOCATION_AND_RETRY),
            404: NO_JOB,
            409: DECIDED,
            413: TOO_LARGE,
        },
        (JOB_ID,),
        Body("ApprovalDecision", DECISION, examples.DECISION),
        example={"id": examples.HELD_ID},
    ),
    Route(
        "POST",
        "jobs/{id}/deny",
        "deny_job",
        "Deny a job that waits for an approval: it is rejected.",
        {
            **COMMON,
            202: Reply("decided: where to look, and when", "JobView", headers=LOCATION_AND_RETRY),
            404: NO_JOB,
            409: DECIDED,
            413: TOO_LARGE,
        },
        (JOB_ID,),
        Body("ApprovalDecision", DECISION, examples.DECISION),
        example={"id": examples.HELD_ID},
    ),
    Route(
        "POST",
        "batches/{id}/approve",
        "approve_batch",
        "Approve a batch that waits for it: its members start, and none of them asks again.",
        {
            **COMMON,
            202: Reply("decided: where to look, and when", "BatchView", headers=LOCATION_AND_RETRY),
            404: NO_BATCH,
            409: DECIDED,
            413: TOO_LARGE,
        },
        (BATCH_ID,),
        Body("ApprovalDecision", DECISION, examples.DECISION),
        example={"id": examples.HELD_BATCH_ID},
    ),
    Route(
        "POST",
        "batches/{id}/deny",
        "deny_batch",
        "Deny a batch that waits for an approval: it is rejected, and no member starts.",
        {
            **COMMON,
            202: Reply("decided: where to look, and when", "BatchView", headers=LOCATION_AND_RETRY),
            404: NO_BATCH,
            409: DECIDED,
            413: TOO_LARGE,
        },
        (BATCH_ID,),
        Body("ApprovalDecision", DECISION, examples.DECISION),
        example={"id": examples.HELD_BATCH_ID},
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
