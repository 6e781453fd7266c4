"""The routes of batches: their part of the table of routes."""

from quantum.contract import examples
from quantum.contract.batches import BATCH
from quantum.contract.parameters import (
    BATCH_FILTERS,
    BATCH_ID,
    IDEMPOTENCY_KEY,
    MEMBER_FILTERS,
    PAGING,
    TENANT,
    TRACEPARENT,
)
from quantum.contract.requests import RERUN
from quantum.contract.route import (
    COMMON,
    LOCATION_AND_RETRY,
    OTHER_KEY,
    OVERLOADED,
    TOO_LARGE,
    UNCERTAIN,
    Body,
    Reply,
    Route,
    problem,
)

NO_BATCH = problem("there is no such batch")
ONE_BATCH = {"id": examples.BATCH_ID}

BATCH_ROUTES: tuple[Route, ...] = (
    Route(
        "POST",
        "batches",
        "start_batch_from_http",
        "Take a batch: many orders as one. With an `Idempotency-Key`, a repeated request is the same batch.",
        {
            **COMMON,
            202: Reply("accepted: where to look, and when", "BatchView", headers=LOCATION_AND_RETRY),
            413: TOO_LARGE,
            422: OTHER_KEY,
            429: OVERLOADED,
            503: UNCERTAIN,
        },
        (IDEMPOTENCY_KEY, TENANT, TRACEPARENT),
        Body("Batch", BATCH, examples.BATCH),
    ),
    Route(
        "GET",
        "batches",
        "list_batches",
        "List batches, newest first.",
        {**COMMON, 200: Reply("a page of the list", "BatchPage")},
        (*BATCH_FILTERS, *PAGING),
    ),
    Route(
        "GET",
        "batches/{id}",
        "read_batch",
        "Read the state of a batch.",
        {**COMMON, 200: Reply("the batch; while it has not ended, when to look again", "BatchView"), 404: NO_BATCH},
        (BATCH_ID,),
        example=ONE_BATCH,
    ),
    Route(
        "GET",
        "batches/{id}/members",
        "list_members",
        "List the members of a batch by number.",
        {**COMMON, 200: Reply("a page of the list", "MemberPage"), 404: NO_BATCH},
        (BATCH_ID, *MEMBER_FILTERS, *PAGING),
        example=ONE_BATCH,
    ),
    Route(
        "GET",
        "batches/{id}/table",
        "read_table",
        "Read the table of a batch that has ended: its members compared and ranked; as CSV with `Accept: text/csv`.",
        {
            **COMMON,
            200: Reply("the table", "Comparison"),
            404: NO_BATCH,
            409: problem("the batch has no table, or none yet"),
            410: problem("the table was removed since"),
        },
        (BATCH_ID,),
        example=ONE_BATCH,
    ),
    Route(
        "POST",
        "batches/{id}/cancel",
        "cancel_batch",
        "Request the cancellation of every member of a batch; idempotent, and without effect on an ended batch.",
        {**COMMON, 202: Reply("requested", "BatchView", headers=LOCATION_AND_RETRY), 404: NO_BATCH},
        (BATCH_ID,),
        example=ONE_BATCH,
    ),
    Route(
        "POST",
        "batches/{id}/pause",
        "pause_batch",
        "Start no more members of a batch for now; idempotent, and without effect on an ended batch.",
        {**COMMON, 202: Reply("requested", "BatchView", headers=LOCATION_AND_RETRY), 404: NO_BATCH},
        (BATCH_ID,),
        example=ONE_BATCH,
    ),
    Route(
        "POST",
        "batches/{id}/resume",
        "resume_batch",
        "Let a paused batch go on; idempotent, and without effect on one that is not paused.",
        {**COMMON, 202: Reply("requested", "BatchView", headers=LOCATION_AND_RETRY), 404: NO_BATCH},
        (BATCH_ID,),
        example=ONE_BATCH,
    ),
    Route(
        "POST",
        "batches/{id}/rerun",
        "rerun_batch",
        "Run the members of an ended batch again that did not succeed, as a new batch that takes over the other jobs.",
        {
            **COMMON,
            202: Reply("accepted: where to look, and when", "BatchView", headers=LOCATION_AND_RETRY),
            404: NO_BATCH,
            409: problem("the batch has not ended, or no member of it can run again"),
            410: problem("the request of the batch was removed since"),
            413: TOO_LARGE,
            422: OTHER_KEY,
            503: UNCERTAIN,
        },
        (BATCH_ID, IDEMPOTENCY_KEY, TENANT, TRACEPARENT),
        Body("Rerun", RERUN, examples.RERUN),
        example=ONE_BATCH,
    ),
)
