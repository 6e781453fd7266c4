"""The doors for many jobs: paginated lists, and sums of counts."""

from collections.abc import Awaitable, Callable, Mapping

from quantum.app import App
from quantum.contract.fields import Fault
from quantum.contract.parameters import COST_GROUPS, DEFAULT_TOP, MAX_COUNTED, MAX_IDS, MAX_TOP
from quantum.doors.http.filters import ROWS, ListRequest, read_listing
from quantum.doors.http.frame import ProblemError, Request, Response, refused
from quantum.doors.http.inputs import NO_LIST, top_faults
from quantum.doors.http.query import unknown_faults
from quantum.jobs.ids import is_job_id
from quantum.jobs.lists import Listing
from quantum.jobs.model import Job
from quantum.ports import Orchestrations
from quantum.service.answers import job_view
from quantum.service.costs import CostSum
from quantum.service.counts import Sum

NO_COSTS = "The costs cannot be added up"
NO_COUNTS = "The counts cannot be added up"


async def list_jobs(request: Request, app: App, _: Orchestrations) -> Response:
    """`GET /api/jobs`: filters choose, `order` sorts, `top` and `continuation` page.

    A page may have fewer than `top` jobs; only a page without `continuation` is the last.
    """
    query = request.query
    list_request = read_listing(query)
    if faults := [*unknown_faults(query, "list_jobs"), *top_faults(query), *list_request.faults]:
        raise refused(NO_LIST, faults)
    top = int(query.get("top", DEFAULT_TOP))
    jobs, following = await _page(app, list_request.listing, top, query.get("continuation"), NO_LIST)
    estimated = [await app.watching.with_estimate(job) for job in jobs]
    return Response(200, {"jobs": [job_view(job) for job in estimated], "continuation": following})


async def count_jobs(request: Request, app: App, _: Orchestrations) -> Response:
    """`GET /api/counts`: add up the counts of jobs chosen by `ids` or by the filters of a list.

    At most `top` jobs are counted, and fewer where the list must be scanned; `continuation` leads to the counts of the
    following jobs.
    """
    query = request.query
    list_request = ListRequest() if "ids" in query else read_listing(query)
    unknown = unknown_faults(query, "count_jobs")
    if faults := [*unknown, *top_faults(query, MAX_COUNTED), *_choice_faults(query), *list_request.faults]:
        raise refused(NO_COUNTS, faults)
    total = Sum()
    if "ids" in query:
        await _count_ids(_ids(query["ids"]), app, total)
        return Response(200, total.to_wire() | {"continuation": None})
    listing = list_request.listing
    following = await _visit(request, app, listing, NO_COUNTS, lambda job: total.add(job, app.services.blobs))
    return Response(200, total.to_wire() | {"continuation": following})


async def sum_costs(request: Request, app: App, _: Orchestrations) -> Response:
    """`GET /api/costs`: add up the costs of jobs chosen by the filters of a list, by target, provider or workspace.

    It reads as many jobs as `GET /api/counts`; `continuation` leads to the costs of the jobs after them.
    """
    query = request.query
    list_request = read_listing(query)
    by = query.get("by", "target")
    reason = COST_GROUPS.fault(by, app.services.limits)
    faults = [*unknown_faults(query, "sum_costs"), *top_faults(query, MAX_COUNTED), *list_request.faults]
    if faults := [*faults, *([Fault("by", reason)] if reason else ())]:
        raise refused(NO_COSTS, faults)
    total = CostSum(by)
    following = await _visit(request, app, list_request.listing, NO_COSTS, total.add)
    return Response(200, total.to_wire() | {"continuation": following})


async def _visit(
    request: Request, app: App, listing: Listing, title: str, add: Callable[[Job], Awaitable[None]]
) -> str | None:
    """Read the jobs of a list, `top` at most, and return the cursor of the rest."""
    remaining, following = int(request.query.get("top", MAX_COUNTED)), request.query.get("continuation")
    while remaining:
        top = min(remaining, MAX_TOP)
        jobs, following = await _page(app, listing, top, following, title)
        for job in jobs:
            await add(job)
        remaining -= len(jobs)
        if following is None or len(jobs) < top:
            break
    return following


async def _page(
    app: App, listing: Listing, top: int, continuation: str | None, title: str
) -> tuple[list[Job], str | None]:
    try:
        jobs, following = await app.services.index.page(listing, top, continuation)
    except ValueError as error:
        raise ProblemError(400, title, str(error), errors=[{"field": "continuation", "reason": str(error)}]) from error
    return list(jobs), following


async def _count_ids(ids: list[str], app: App, total: Sum) -> None:
    for job_id in ids:
        entry = await app.services.index.find(job_id)
        if entry is None:
            total.leave_out(job_id, "NotFound", "No job with this id is known here.")
        else:
            await total.add(entry.job, app.services.blobs)


def _ids(text: str) -> list[str]:
    return list(dict.fromkeys(part.strip().lower() for part in text.split(",")))


def _choice_faults(query: Mapping[str, str]) -> list[Fault]:
    chosen = [name for name in (*ROWS, "top", "continuation") if name in query]
    if "ids" not in query:
        filters = [name for name in ROWS if name in query and name != "order"]
        return [] if filters else [Fault("ids", "is missing; give ids, or choose jobs by tag, name or another filter")]
    faults = [Fault(name, "does not go with ids") for name in chosen]
    ids = _ids(query["ids"])
    if len(ids) > MAX_IDS:
        faults.append(
            Fault("ids", f"has {len(ids):,} ids; {MAX_IDS} are allowed: give the jobs a tag, and count by it")
        )
    elif not all(is_job_id(job_id) for job_id in ids):
        faults.append(Fault("ids", "must be ids of jobs, with commas between them"))
    return faults
