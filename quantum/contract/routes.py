"""The table of the HTTP API's routes, by which the app registers, documents and validates requests.

To add one, add its row here and its door to `HTTP_DOORS` in `function_app.py`. Azure Functions uses the first matching
route in the order of the functions' names (azure-functions-host, `FunctionMetadataManager`, read in
November 2026; not run in Azure), so no two rows of one method may fit one path.
"""

from collections.abc import Mapping

from quantum.contract import examples
from quantum.contract.batch_routes import BATCH_ROUTES
from quantum.contract.budget_routes import BUDGET_ROUTES
from quantum.contract.estimates import ESTIMATE
from quantum.contract.orders import ORDER
from quantum.contract.parameters import (
    COSTED,
    COUNTED,
    FILTERS,
    IDEMPOTENCY_KEY,
    JOB_ID,
    PAGING,
    PART,
    PART_NUMBER,
    POISON_ID,
    PROVIDER,
    SESSION_ID,
    TENANT,
    TRACEPARENT,
    WORKSPACE,
    WORKSPACE_NAME,
)
from quantum.contract.requests import ADOPTION, SESSION_REQUEST
from quantum.contract.route import (
    BYTES,
    COMMON,
    FAULTY,
    LOCATION_AND_RETRY,
    NO_JOB,
    OTHER_KEY,
    OVERLOADED,
    TOO_LARGE,
    UNCERTAIN,
    Body,
    Reply,
    Route,
    problem,
)
from quantum.contract.workspaces import REGISTRATION

NO_RESULT = problem("the job has no result, or none yet; see `phase`")
REMOVED = problem("the job succeeded, and its result was removed since")
NO_SESSION = problem("the workspace has no such session")
REFUSED = problem("the workspace refused; `code` is its own")
OF_A_SESSION: Mapping[int, Reply] = {**COMMON, 404: NO_SESSION, 409: REFUSED}
ONE_JOB, ONE_SESSION = {"id": examples.JOB_ID}, {"id": examples.SESSION_ID}

ROUTES: tuple[Route, ...] = (
    Route(
        "POST",
        "jobs",
        "start_from_http",
        "Take an order. With an `Idempotency-Key`, a repeated order is the same job.",
        {
            **COMMON,
            202: Reply("accepted: where to look, and when", "JobView", headers=LOCATION_AND_RETRY),
            413: TOO_LARGE,
            422: OTHER_KEY,
            429: OVERLOADED,
            503: UNCERTAIN,
        },
        (IDEMPOTENCY_KEY, TENANT, TRACEPARENT),
        Body("Order", ORDER, examples.ORDER),
    ),
    Route(
        "POST",
        "estimates",
        "estimate_order",
        "Estimate an order on several targets: gates, price, queue time. Nothing is run or stored.",
        {**COMMON, 200: Reply("the estimates", "EstimateList"), 413: TOO_LARGE, 429: OVERLOADED},
        body=Body("EstimateRequest", ESTIMATE, examples.ESTIMATE),
    ),
    Route(
        "GET",
        "jobs",
        "list_jobs",
        "List jobs: filters choose, `order` sorts, `top` and `continuation` page.",
        {**COMMON, 200: Reply("a page of the list", "JobPage")},
        (*FILTERS, *PAGING),
        reports_unknown=True,
        example={"tag": "team=chem", "top": "10"},
    ),
    Route(
        "GET",
        "jobs/{id}",
        "read_job",
        "Read the state of a job.",
        {**COMMON, 200: Reply("the job; while it has not ended, when to look again", "JobView"), 404: NO_JOB},
        (JOB_ID,),
        example=ONE_JOB,
    ),
    Route(
        "GET",
        "jobs/{id}/result",
        "read_result",
        "Read the result of a job.",
        {**COMMON, 200: Reply("the result", "Result"), 404: NO_JOB, 409: NO_RESULT, 410: REMOVED},
        (JOB_ID,),
        example=ONE_JOB,
    ),
    Route(
        "GET",
        "jobs/{id}/result/raw",
        "read_raw",
        "Read the raw output of a job, or a part of it.",
        {
            **COMMON,
            200: Reply("the output", "", BYTES, ("Accept-Ranges", "Content-Disposition")),
            206: Reply("the part", "", BYTES, ("Accept-Ranges", "Content-Disposition", "Content-Range")),
            404: NO_JOB,
            409: NO_RESULT,
            410: REMOVED,
            413: problem("the output is larger than 16 MiB: ask for parts of it"),
            416: problem("the output ends before this part"),
        },
        (JOB_ID, PART, PART_NUMBER),
        example=ONE_JOB,
    ),
    Route(
        "GET",
        "jobs/{id}/program",
        "read_program",
        "Read the program as it was submitted, or a part of it; the job's `inputFormat` is its format.",
        {
            **COMMON,
            200: Reply("the program", "", BYTES, ("Accept-Ranges", "Content-Disposition")),
            206: Reply("the part", "", BYTES, ("Accept-Ranges", "Content-Disposition", "Content-Range")),
            404: NO_JOB,
            409: problem("no program of the job is kept, as of one that was adopted"),
            410: problem("the program was removed since"),
            413: problem("the program is larger than 16 MiB: ask for parts of it"),
            416: problem("the program ends before this part"),
        },
        (JOB_ID, PART),
        example=ONE_JOB,
    ),
    Route(
        "POST",
        "jobs/{id}/cancel",
        "request_cancel",
        "Request the cancellation of a job; idempotent, and without effect on an ended job.",
        {**COMMON, 202: Reply("requested", "JobView", headers=LOCATION_AND_RETRY), 404: NO_JOB},
        (JOB_ID,),
        example=ONE_JOB,
    ),
    Route(
        "GET",
        "counts",
        "count_jobs",
        "Add up the counts of jobs that are chosen by `ids` or by the filters of a list.",
        {**COMMON, 200: Reply("the sum, and which jobs are in it", "CountsSum")},
        (*FILTERS, *COUNTED),
        reports_unknown=True,
        example={"ids": examples.JOB_ID},
    ),
    Route(
        "GET",
        "costs",
        "sum_costs",
        "Add up what jobs have cost, unit by unit; the filters of a list choose them.",
        {**COMMON, 200: Reply("the sums, and which jobs are not in them", "CostSum")},
        (*FILTERS, *COSTED),
        reports_unknown=True,
        example={"by": "target", "from": "2026-11-01"},
    ),
    Route(
        "POST",
        "jobs/adopt",
        "adopt_job",
        "Adopt a job that somebody else submitted to a workspace; a repeated request is the same job.",
        {
            **COMMON,
            202: Reply("adopted: where to look, and when", "JobView", headers=LOCATION_AND_RETRY),
            404: problem("the workspace has no such job"),
            413: TOO_LARGE,
            429: OVERLOADED,
        },
        (TENANT,),
        Body("Adoption", ADOPTION, examples.ADOPTION),
    ),
    *BATCH_ROUTES,
    *BUDGET_ROUTES,
    Route(
        "POST",
        "sessions",
        "open_session",
        "Open a session. With an `Idempotency-Key`, a repeated request opens one session.",
        {
            **COMMON,
            201: Reply("opened", "SessionView", headers=("Location",)),
            404: NO_SESSION,
            409: REFUSED,
            413: TOO_LARGE,
            422: OTHER_KEY,
            503: UNCERTAIN,
        },
        (IDEMPOTENCY_KEY,),
        Body("SessionRequest", SESSION_REQUEST, examples.SESSION),
    ),
    Route(
        "GET",
        "sessions",
        "list_sessions",
        "List a workspace's sessions, newest first.",
        {**COMMON, 200: Reply("a page of the list", "SessionPage")},
        (*PAGING, WORKSPACE),
        reports_unknown=True,
    ),
    Route(
        "GET",
        "sessions/{id}",
        "read_session",
        "Read a session.",
        {**OF_A_SESSION, 200: Reply("the session as it is now", "SessionView")},
        (SESSION_ID, WORKSPACE),
        example=ONE_SESSION,
    ),
    Route(
        "POST",
        "sessions/{id}/close",
        "end_session",
        "Close a session to new jobs; its jobs continue.",
        {**OF_A_SESSION, 200: Reply("the session as it is now", "SessionView")},
        (SESSION_ID, WORKSPACE),
        example=ONE_SESSION,
    ),
    Route(
        "GET",
        "sessions/{id}/jobs",
        "list_session_jobs",
        "List a session's jobs, newest first, whoever submitted them.",
        {**OF_A_SESSION, 200: Reply("a page of the list", "RemoteJobPage")},
        (SESSION_ID, *PAGING, WORKSPACE),
        reports_unknown=True,
        example=ONE_SESSION,
    ),
    Route(
        "GET",
        "targets",
        "list_targets",
        "List a workspace's targets, at most a minute old.",
        {**COMMON, 200: Reply("the targets", "TargetList")},
        (WORKSPACE,),
    ),
    Route(
        "GET",
        "quotas",
        "list_quotas",
        "List a workspace's quotas and their use.",
        {**COMMON, 200: Reply("the quotas", "QuotaList")},
        (PROVIDER, WORKSPACE),
    ),
    Route(
        "GET",
        "formats",
        "list_formats",
        "List the accepted formats, by target, and the providers' parameters.",
        {**COMMON, 200: Reply("the formats", "Catalogue")},
        (WORKSPACE,),
    ),
    Route(
        "GET",
        "health",
        "read_health",
        "Check each dependency of the app.",
        {
            400: FAULTY,
            200: Reply("all of it can be used", "Health"),
            503: Reply("something cannot be used; its `remedy` says what to do", "Health"),
        },
    ),
    Route(
        "GET",
        "poison",
        "list_poison",
        "List the orders on which the app itself failed five times.",
        {**COMMON, 200: Reply("the orders", "PoisonList")},
    ),
    Route(
        "POST",
        "poison/{id}/replay",
        "replay_poison",
        "Replay one of them, as a new order.",
        {
            **COMMON,
            202: Reply("replayed", "Replayed"),
            404: problem("no such order is kept, or its blob is gone"),
        },
        (POISON_ID,),
        example={"id": examples.POISON_ID},
    ),
    Route(
        "GET",
        "workspaces",
        "list_workspaces",
        "List the workspaces that orders can name beside `default`, without secrets.",
        {**COMMON, 200: Reply("the workspaces", "WorkspaceList")},
    ),
    Route(
        "POST",
        "workspaces",
        "add_own_workspace",
        "Add a workspace whose credential works, or replace its credential.",
        {
            **COMMON,
            201: Reply("added", "WorkspaceView", headers=("Location",)),
            200: Reply("its credential was replaced", "WorkspaceView", headers=("Location",)),
            409: problem("the name is taken"),
            413: TOO_LARGE,
        },
        body=Body("Registration", REGISTRATION, examples.REGISTRATION),
    ),
    Route(
        "GET",
        "workspaces/{name}",
        "read_workspace",
        "Read a workspace, without its secret.",
        {**COMMON, 200: Reply("the workspace", "WorkspaceView"), 404: problem("there is no such workspace")},
        (WORKSPACE_NAME,),
        example={"name": examples.WORKSPACE},
    ),
    Route(
        "DELETE",
        "workspaces/{name}",
        "remove_own_workspace",
        "Remove a workspace that was added, and its secret.",
        {
            **COMMON,
            204: Reply("removed", None),
            404: problem("there is no such workspace"),
            409: problem("it belongs to the settings, or jobs are on their way in it"),
        },
        (WORKSPACE_NAME,),
        example={"name": examples.WORKSPACE},
    ),
    Route(
        "GET",
        "openapi.json",
        "describe_api",
        "Read this description of the API (OpenAPI 3.1).",
        {400: FAULTY, 200: Reply("the description", "")},
    ),
)
BY_DOOR: Mapping[str, Route] = {route.door: route for route in ROUTES}


def methods_at(path: str) -> tuple[str, ...]:
    """Return the methods of a path below `/api/`; none for an unknown path."""
    return tuple(route.method for route in ROUTES if _fits(route.path.split("/"), path.strip("/").split("/")))


def _fits(template: list[str], path: list[str]) -> bool:
    if len(template) != len(path):
        return False
    pairs = zip(template, path, strict=True)
    return all(part and (name.startswith("{") or name == part.lower()) for name, part in pairs)
