"""Each operation of the API: its request, what may come back, and the view that this becomes; no I/O."""

from __future__ import annotations

import json
import re
from datetime import datetime, timezone
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeAlias, TypedDict, runtime_checkable
from uuid import uuid4

from quantumjobs import wire
from quantumjobs.errors import UsageError
from quantumjobs.exchange import Answer, Request, ask, ask_with_key, read, read_under, settled
from quantumjobs.formats import FormatList
from quantumjobs.jobs import JobPage, JobView
from quantumjobs.prices import read_cost_sum
from quantumjobs.sums import CountsSum
from quantumjobs.views import Health, PoisonList, Result, TargetList
from quantumjobs.workspaces import Workspace, WorkspaceList

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from typing_extensions import Unpack

    from quantumjobs.exchange import Steps
    from quantumjobs.prices import CostSum

JOB_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,127}")
PARAMETERS = {"since": "from", "until": "to"}  # words that Python keeps to itself, or that say little alone
WORKSPACE = re.compile(r"[a-z0-9-]{1,40}")
IDEMPOTENCY_KEY = re.compile(r"[!-~]{1,255}")


class OwnWorkspace(TypedDict, total=False):
    """A workspace and the application that may use it; `location` (as eastus) or `endpoint`, the rest is needed."""

    name: str
    resource_id: str
    location: str
    endpoint: str
    tenant_id: str
    client_id: str
    client_secret: str


FIELD_OF_WORKSPACE = {
    "name": "name",
    "resource_id": "resourceId",
    "location": "location",
    "endpoint": "endpoint",
    "tenant_id": "tenantId",
    "client_id": "clientId",
    "client_secret": "clientSecret",
}


@runtime_checkable
class HasId(Protocol):
    """A job, a view, a result, a session: whatever has an id."""

    @property
    def id(self) -> str:
        """The id."""


Named: TypeAlias = "HasId | str"


class RawPart(NamedTuple):
    """A part of an output or a program, and the bytes that the whole has."""

    content: bytes
    size: int


class JobFilter(TypedDict, total=False):
    """Which jobs, and in which order; `since` is within, `until` without, `tag` is of the form NAME=TEXT.

    They go together; but `name` only with phase and target, and the order `oldest` only with phase and times.
    """

    phase: str
    target: str
    name: str
    provider: str
    workspace: str
    tag: str
    since: datetime | str
    until: datetime | str
    order: str


def submit(order: Mapping[str, object], idempotency_key: str | None) -> Steps[JobView]:
    """Hand over an order; however often it is sent, one key makes one job."""
    key = str(uuid4()) if idempotency_key is None else checked_key(idempotency_key)
    headers = {"Idempotency-Key": key, "Content-Type": "application/json"}
    answer = yield from ask_with_key(Request("POST", "jobs", body=encoded(order), headers=headers), key)
    return read_under(key, answer, JobView.from_wire)


def get(job_id: Named) -> Steps[JobView]:
    """Read a job."""
    answer = yield from ask(view_request(job_id))
    return read(answer, JobView.from_wire)


def view_request(job_id: Named) -> Request:
    """Spell the request for a job's view."""
    return Request("GET", f"jobs/{checked_id(job_id)}")


def result(job_id: Named) -> Steps[Result]:
    """Read what came back; NoResultError carries the phase as long as there is nothing."""
    answer = yield from ask(Request("GET", f"jobs/{checked_id(job_id)}/result"))
    return read(answer, Result.from_wire)


def raw_part(job_id: Named, start: int, part: int | None = None) -> Steps[RawPart]:
    """Read what the workspace put out, from a byte on, as much as the deployment gives at once."""
    query = {} if part is None else {"part": str(part)}
    return (yield from _part(f"jobs/{checked_id(job_id)}/result/raw", start, query))


def program_part(job_id: Named, start: int) -> Steps[RawPart]:
    """Read a job's program, from a byte on, as much as the deployment gives at once."""
    return (yield from _part(f"jobs/{checked_id(job_id)}/program", start))


def _part(path: str, start: int, query: Mapping[str, str] | None = None) -> Steps[RawPart]:
    answer = yield from ask(Request("GET", path, query or {}, headers={"Range": f"bytes={start}-"}))
    _, _, size = answer.headers.get("content-range", "").partition("/")
    return RawPart(answer.body, int(size) if size.isascii() and size.isdigit() else len(answer.body))


def cancel(job_id: Named) -> Steps[JobView]:
    """Ask for a job to be stopped; it ends in its own time, and perhaps succeeds still."""
    answer = yield from ask(Request("POST", f"jobs/{checked_id(job_id)}/cancel"))
    return read(answer, JobView.from_wire)


def list_page(top: int | None, continuation: str | None, **filters: Unpack[JobFilter]) -> Steps[JobPage]:
    """Read one page of the jobs, `top` at most."""
    answer = yield from ask(Request("GET", "jobs", query(top, continuation, filters)))
    return read(answer, JobPage.from_wire)


def counts(
    ids: Sequence[Named] | None, top: int | None, continuation: str | None, **filters: Unpack[JobFilter]
) -> Steps[CountsSum]:
    """Add up the counts of the jobs with these ids, or of those that a list would give."""
    named = {"ids": ",".join(map(checked_id, ids))} if ids is not None else {}
    answer = yield from ask(Request("GET", "counts", named | query(top, continuation, filters)))
    return read(answer, CountsSum.from_wire)


def costs(by: str | None, top: int | None, continuation: str | None, **filters: Unpack[JobFilter]) -> Steps[CostSum]:
    """Add up what the jobs have cost that a list would give."""
    grouped = {} if by is None else {"by": by}
    answer = yield from ask(Request("GET", "costs", grouped | query(top, continuation, filters)))
    return read(answer, read_cost_sum)


def targets(workspace: str | None = None) -> Steps[TargetList]:
    """Read where jobs can run: in the default workspace, or in one that is named."""
    answer = yield from ask(Request("GET", "targets", of_workspace(workspace)))
    return read(answer, TargetList.from_wire)


def formats(workspace: str | None = None) -> Steps[FormatList]:
    """Read what programs may come in, and what providers make of them."""
    answer = yield from ask(Request("GET", "formats", of_workspace(workspace)))
    return read(answer, FormatList.from_wire)


def of_workspace(name: str | None) -> dict[str, str]:
    """Spell which workspace is asked, where it is not the default one."""
    return {} if name is None else {"workspace": name}


def poison() -> Steps[PoisonList]:
    """Read which orders the deployment itself failed on."""
    answer = yield from ask(Request("GET", "poison"))
    return read(answer, PoisonList.from_wire)


def replay_poison(poison_id: Named) -> Steps[str]:
    """Have a poisoned order tried again, and give its job's id; one that was replayed before is not found."""
    answer = yield from ask(Request("POST", f"poison/{checked_id(poison_id)}/replay"))
    return read(answer, _job_of_replay)


def _job_of_replay(document: object) -> str:
    return wire.required(wire.an_object(document, "a replay"), "job", "a replay")


def workspaces() -> Steps[WorkspaceList]:
    """Read which workspaces an order can name."""
    answer = yield from ask(Request("GET", "workspaces"))
    return read(answer, WorkspaceList.from_wire)


def workspace(name: str) -> Steps[Workspace]:
    """Read one of these workspaces."""
    answer = yield from ask(Request("GET", f"workspaces/{checked_name(name)}"))
    return read(answer, Workspace.from_wire)


def add_workspace(**own: Unpack[OwnWorkspace]) -> Steps[Workspace]:
    """Add a workspace, or replace its credential; sent twice, it is the same workspace."""
    body = {FIELD_OF_WORKSPACE[name]: value for name, value in own.items() if value is not None}
    headers = {"Content-Type": "application/json"}
    answer = yield from ask(Request("POST", "workspaces", body=encoded(body), headers=headers))
    return read(answer, Workspace.from_wire)


def remove_workspace(name: str) -> Steps[None]:
    """Have a workspace and its secret forgotten."""
    yield from ask(Request("DELETE", f"workspaces/{checked_name(name)}"))


def checked_name(name: str) -> str:
    """Give a name that may be a workspace's, or raise UsageError."""
    if not WORKSPACE.fullmatch(name):
        raise UsageError(f"{name!r} is no workspace's name: `qjobs workspaces list` shows them")
    return name


def health() -> Steps[Health]:
    """Read how the deployment is, asking once: a 503 that carries the report is an answer."""
    reply = yield Request("GET", "health")
    if isinstance(reply, Answer) and reply.status == 503 and b'"checks"' in reply.body:
        return read(reply, Health.from_wire)
    return read(settled(reply), Health.from_wire)


def query(top: int | None, continuation: str | None, filters: JobFilter) -> dict[str, str]:
    """Spell which page is asked for, and of which jobs, as the API does."""
    parts: dict[str, object] = {**filters, "top": top, "continuation": continuation}
    spelt = {PARAMETERS.get(name, name): value for name, value in parts.items() if value is not None}
    return {name: _moment(value) if isinstance(value, datetime) else str(value) for name, value in spelt.items()}


def _moment(when: datetime) -> str:
    """Write a time in UTC; one that names no zone is local."""
    return when.astimezone(timezone.utc).isoformat().replace("+00:00", "Z")


def checked_id(job: Named) -> str:
    """Take what may be an id, or the id of what has one; anything else would be another address."""
    job_id = job.id if isinstance(job, HasId) else job
    if not isinstance(job_id, str):
        raise UsageError(f"a {type(job).__name__} names no job: give a job, a view of it or its id")
    if not JOB_ID.fullmatch(job_id):
        raise UsageError(f"{job_id!r} is no job id: one looks like 7d444840-9dc0-11d1-b245-5ffdce74fad2")
    return job_id


def encoded(order: Mapping[str, object]) -> bytes:
    """Write a body as JSON."""
    try:
        return json.dumps(order, ensure_ascii=False, allow_nan=False).encode()
    except (TypeError, ValueError) as error:
        raise UsageError(f"the order cannot be sent as JSON: {error}") from error


def checked_key(key: str) -> str:
    """Take what may be an idempotency key."""
    if not IDEMPOTENCY_KEY.fullmatch(key):
        raise UsageError("an idempotency key takes 1 to 255 printable ASCII characters, none of them a blank")
    return key
