"""The doors that are about many jobs: lists page by page, and counts added up."""

from collections.abc import Mapping

from quantum.app import App
from quantum.contract.fields import Fault
from quantum.contract.parameters import DEFAULT_TOP, MAX_COUNTED, MAX_IDS, MAX_TOP
from quantum.doors.http.filters import ROWS, Asked, read_listing
from quantum.doors.http.frame import ProblemError, Request, Response, refused
from quantum.doors.http.inputs import NO_LIST, top_faults
from quantum.doors.http.query import unknown_faults
from quantum.jobs.ids import is_job_id
from quantum.jobs.lists import Listing
from quantum.jobs.model import Job
from quantum.ports import Orchestrations
from quantum.service.answers import job_view
from quantum.service.counts import Sum

NO_COUNTS = "The counts cannot be added up"


async def list_jobs(request: Request, app: App, _: Orchestrations) -> Response:
    """`GET /api/jobs`: filters choose, `order` sorts, `top` and `continuation` page.

    A page may have fewer jobs than `top`: only one without a `continuation` is the last.
    """
    query = request.query
    asked = read_listing(query)
    if faults := [*unknown_faults(query, "list_jobs"), *top_faults(query), *asked.faults]:
        raise refused(NO_LIST, faults)
    top = int(query.get("top", DEFAULT_TOP))
    jobs, following = await _page(app, asked.listing, top, query.get("continuation"), NO_LIST)
    return Response(200, {"jobs": [job_view(job) for job in jobs], "continuation": following})


async def count_jobs(request: Request, app: App, _: Orchestrations) -> Response:
    """`GET /api/counts`: add up the counts of jobs chosen by `ids` or by the filters of a list.

    At most `top` jobs are looked at, and fewer where those of a list must be searched for; `continuation` leads on to
    the counts of those that come after them.
    """
    query = request.query
    asked = Asked() if "ids" in query else read_listing(query)
    unknown = unknown_faults(query, "count_jobs")
    if faults := [*unknown, *top_faults(query, MAX_COUNTED), *_choice_faults(query), *asked.faults]:
        raise refused(NO_COUNTS, faults)
    total = Sum()
    if "ids" in query:
        await _count_ids(_ids(query["ids"]), app, total)
        return Response(200, total.to_wire() | {"continuation": None})
    left, following = int(query.get("top", MAX_COUNTED)), query.get("continuation")
    while left:
        top = min(left, MAX_TOP)
        jobs, following = await _page(app, asked.listing, top, following, NO_COUNTS)
        for job in jobs:
            await total.add(job, app.services.blobs)
        left -= len(jobs)
        if following is None or len(jobs) < top:
            break
    return Response(200, total.to_wire() | {"continuation": following})


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
