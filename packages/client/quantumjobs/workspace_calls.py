"""The operations on the workspace itself: sessions, quotas, and jobs in it that are adopted; no I/O."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict
from uuid import uuid4

from quantumjobs.calls import checked_id, checked_key, encoded, of_workspace, query
from quantumjobs.exchange import Request, ask, ask_with_key, read, read_under
from quantumjobs.jobs import JobPage, JobView
from quantumjobs.workspace_views import QuotaList, Session, SessionPage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from typing_extensions import Unpack

    from quantumjobs.calls import Named
    from quantumjobs.exchange import Steps

CONTENT = {"Content-Type": "application/json"}


class SessionFields(TypedDict, total=False):
    """What may be said of a session beside its target."""

    name: str
    job_failure_policy: str
    priority: str
    tags: Mapping[str, str]
    workspace: str


def adopt(
    job_id: Named,
    tags: Mapping[str, str] | None,
    workspace: str | None,
    answer_to: str | Mapping[str, str] | None = None,
) -> Steps[JobView]:
    """Have the deployment care for a job that is in the workspace already; asked again, it is the same job."""
    fields = {"id": checked_id(job_id), "tags": tags, "workspace": workspace, "answerTo": answer_to}
    body = encoded({name: value for name, value in fields.items() if value is not None})
    answer = yield from ask(Request("POST", "jobs/adopt", body=body, headers=CONTENT))
    return read(answer, JobView.from_wire)


def open_session(target: str, idempotency_key: str | None, **fields: Unpack[SessionFields]) -> Steps[Session]:
    """Open a session; however often it is sent, one key makes one session."""
    key = str(uuid4()) if idempotency_key is None else checked_key(idempotency_key)
    order: dict[str, object] = {"target": target, **fields}
    if "job_failure_policy" in order:
        order["jobFailurePolicy"] = order.pop("job_failure_policy")
    headers = {**CONTENT, "Idempotency-Key": key}
    answer = yield from ask_with_key(Request("POST", "sessions", body=encoded(order), headers=headers), key)
    return read_under(key, answer, Session.from_wire)


def session(session_id: Named, workspace: str | None = None) -> Steps[Session]:
    """Read a session."""
    answer = yield from ask(Request("GET", f"sessions/{checked_id(session_id)}", of_workspace(workspace)))
    return read(answer, Session.from_wire)


def close_session(session_id: Named, workspace: str | None = None) -> Steps[Session]:
    """Close a session to new jobs; those that are in it go on."""
    answer = yield from ask(Request("POST", f"sessions/{checked_id(session_id)}/close", of_workspace(workspace)))
    return read(answer, Session.from_wire)


def sessions_page(top: int | None, continuation: str | None, workspace: str | None = None) -> Steps[SessionPage]:
    """Read one page of the sessions, latest first."""
    parameters = query(top, continuation, {}) | of_workspace(workspace)
    answer = yield from ask(Request("GET", "sessions", parameters))
    return read(answer, SessionPage.from_wire)


def session_jobs_page(
    session_id: Named, top: int | None, continuation: str | None, workspace: str | None = None
) -> Steps[JobPage]:
    """Read one page of a session's jobs, latest first, as the workspace tells of them."""
    parameters = query(top, continuation, {}) | of_workspace(workspace)
    answer = yield from ask(Request("GET", f"sessions/{checked_id(session_id)}/jobs", parameters))
    return read(answer, JobPage.from_wire)


def quotas(provider: str | None, workspace: str | None = None) -> Steps[QuotaList]:
    """Read what providers let the workspace use."""
    parameters = ({"provider": provider} if provider else {}) | of_workspace(workspace)
    answer = yield from ask(Request("GET", "quotas", parameters))
    return read(answer, QuotaList.from_wire)
