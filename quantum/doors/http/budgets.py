"""The doors of budgets and approvals; their modules load at first use."""

from collections.abc import Mapping
from typing import Any, Literal

from quantum.app import App
from quantum.contract.budgets import BUDGETS_REQUEST, DECISION
from quantum.doors.http.batches import find_batch, path_of
from quantum.doors.http.frame import ProblemError, Request, Response
from quantum.doors.http.inputs import read_body
from quantum.doors.http.jobs import find_job
from quantum.jobs.lifecycle import Phase
from quantum.ports import Orchestrations
from quantum.service.answers import job_view, links
from quantum.wire import codec

NO_BUDGETS = "The budgets cannot be set"
NOTHING_TO_DECIDE = "There is nothing to decide"
NO_DECISION = "The decision cannot be taken"
MOST_CHANGES = 20

type Verdict = Literal["approved", "denied"]


async def read_budgets(request: Request, app: App, _: Orchestrations) -> Response:  # noqa: ARG001
    """`GET /api/budgets`: all budgets in this period, and who changed them."""
    return Response(200, await _view(app))


async def write_budgets(request: Request, app: App, _: Orchestrations) -> Response:
    """`PUT /api/budgets`: replace all budgets, if nobody has changed them since the version that the caller read."""
    from quantum.budgets.read import budget_faults, valid_budgets  # noqa: PLC0415

    data = read_body(
        request, BUDGETS_REQUEST, app.services.limits, NO_BUDGETS, lambda body: budget_faults(body.get("budgets", []))
    )
    budgets = valid_budgets(data["budgets"])
    at = codec.timestamp(app.services.now())
    if not await app.services.ledger().define(budgets, data["version"], who(request), at):
        version = (await app.budgets.definitions(fresh=True)).version
        detail = f"Their version is {version}, not {data['version']}: read them again (GET), and change those."
        raise ProblemError(409, "The budgets were changed since", detail)
    return Response(200, await _view(app))


async def approve_job(request: Request, app: App, orchestrations: Orchestrations) -> Response:
    """`POST /api/jobs/{id}/approve`: let a job that waits for it be submitted."""
    return await _decide_job(request, app, orchestrations, "approved")


async def deny_job(request: Request, app: App, orchestrations: Orchestrations) -> Response:
    """`POST /api/jobs/{id}/deny`: reject a job that waits for an approval."""
    return await _decide_job(request, app, orchestrations, "denied")


async def approve_batch(request: Request, app: App, orchestrations: Orchestrations) -> Response:
    """`POST /api/batches/{id}/approve`: let the members of a batch that waits for it start."""
    return await _decide_batch(request, app, orchestrations, "approved")


async def deny_batch(request: Request, app: App, orchestrations: Orchestrations) -> Response:
    """`POST /api/batches/{id}/deny`: reject a batch that waits for an approval."""
    return await _decide_batch(request, app, orchestrations, "denied")


async def _decide_batch(request: Request, app: App, orchestrations: Orchestrations, verdict: Verdict) -> Response:
    from quantum.service.batch_answers import batch_view  # noqa: PLC0415

    why, batch = _why(request, app), await find_batch(request, app)
    approval = batch.approval
    if batch.phase.value != Phase.AWAITING_APPROVAL.value or approval is None:
        detail = f"The batch is {batch.phase.value}. Only a batch that is awaitingApproval can be approved or denied."
        raise ProblemError(409, NOTHING_TO_DECIDE, detail, phase=batch.phase.value)
    require_another(request, batch.source, verdict)
    try:
        await decide(app, batch.id, approval.until, verdict, who(request), why)
    finally:  # also where it was decided before: that wake-up may have been lost
        await orchestrations.wake(batch.id)
    view = batch_view(batch, app.services.now())
    return Response(202, view, {"Location": path_of(batch.id), "Retry-After": "1"})


async def _decide_job(request: Request, app: App, orchestrations: Orchestrations, verdict: Verdict) -> Response:
    why, job = _why(request, app), await find_job(request, app)
    approval = job.approval
    if job.phase is not Phase.AWAITING_APPROVAL or approval is None:
        detail = f"The job is {job.phase.value}. Only a job that is awaitingApproval can be approved or denied."
        raise ProblemError(409, NOTHING_TO_DECIDE, detail, phase=job.phase.value)
    require_another(request, job.source, verdict)
    try:
        await decide(app, approval.submission, approval.until, verdict, who(request), why)
    finally:  # also where it was decided before: that wake-up may have been lost
        await orchestrations.wake(job.id)
    return Response(202, job_view(job), {"Location": links(job.id)["self"], "Retry-After": "1"})


async def decide(app: App, subject: str, until: str, verdict: Verdict, by: str, why: str | None) -> None:
    """Record a decision, or raise a problem where somebody has decided before, or its time is over."""
    from quantum.budgets.model import Decision  # noqa: PLC0415

    at = codec.timestamp(app.services.now())
    if at >= until:
        raise ProblemError(409, NOTHING_TO_DECIDE, f"Nobody approved it by {until}, which is a denial.")
    decision = Decision(verdict, by, at, why)
    first = await app.services.ledger().decide(subject, decision)
    if first is not decision:
        detail = f"It was {first.verdict} by {first.by} at {first.at}. A decision is taken once."
        raise ProblemError(409, "It was decided before", detail)


def require_another(request: Request, source: Mapping[str, str], verdict: Verdict) -> None:
    """Raise a problem where signed-in callers would approve what they spend themselves."""
    if verdict == "approved" and source.get("principal") == request.principal.id:
        raise ProblemError(403, "You ordered it yourself", "Somebody else with the role 'approve' has to approve it.")


def who(request: Request) -> str:
    """Name who makes a request: a readable name, and the id where that is another."""
    asker = request.principal
    return asker.id if asker.name == asker.id else f"{asker.name} ({asker.id})"


def _why(request: Request, app: App) -> str | None:
    if not request.body.strip():
        return None
    why: str | None = read_body(request, DECISION, app.services.limits, NO_DECISION).get("why")
    return why


async def _view(app: App) -> dict[str, Any]:
    """Describe the budgets as `BudgetsView` of the contract."""
    from quantum.service.budget_views import budgets_view  # noqa: PLC0415

    return await budgets_view(app.services, await app.budgets.definitions(fresh=True), MOST_CHANGES)
