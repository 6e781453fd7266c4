"""Parses inputs that several doors accept: JSON bodies, parameters, keys. All faults are reported at once."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from quantum.app import App
from quantum.contract.fields import Fault, Table, faults_in
from quantum.contract.kinds import TOO_LARGE, Limits
from quantum.contract.parameters import IDEMPOTENCY_KEY, MAX_TOP, Count
from quantum.contract.workspaces import DEFAULT
from quantum.doors.http.frame import ProblemError, Request, refused
from quantum.service.own_workspaces import workspace_faults
from quantum.wire import strict_json

MAX_BYTES = 64 * 1024
NO_LIST = "The list cannot be made"


def no_more_faults(_: Mapping[str, Any]) -> Iterable[Fault]:
    """Report nothing beyond the faults of the fields."""
    return ()


def read_body(
    request: Request,
    table: Table,
    limits: Limits,
    title: str,
    more: Callable[[Mapping[str, Any]], Iterable[Fault]] = no_more_faults,
) -> dict[str, Any]:
    """Parse a JSON object with these fields, or raise a problem with this title and every fault.

    `more` reports what else is wrong with the object, whose fields may have faults themselves.
    """
    if len(request.body) > MAX_BYTES:
        raise ProblemError(413, title, f"{MAX_BYTES:,} bytes are allowed.")
    try:
        data = strict_json.loads(request.body)
    except strict_json.InvalidJsonError as error:
        if error.places:
            raise refused(title, [Fault(place, TOO_LARGE) for place in error.places]) from error
        raise ProblemError(400, title, f"The body is no JSON object: {error}.") from error
    if not isinstance(data, dict):
        raise ProblemError(400, title, "The body must be a JSON object.")
    if faults := list(dict.fromkeys((*faults_in(data, table, limits), *more(data)))):
        raise refused(title, faults)
    return data


def top_faults(query: Mapping[str, str], limit: int = MAX_TOP) -> list[Fault]:
    """Validate the length of a page."""
    reason = Count(limit).fault(query.get("top", "1"), Limits())
    return [Fault("top", reason)] if reason else []


async def workspace_name(request: Request, app: App) -> str:
    """Return the request's workspace, by default the deployment's own; raise a problem for an unknown one."""
    name = request.query.get("workspace", DEFAULT)
    if faults := await workspace_faults(app.services, name):
        raise refused("There is no such workspace", faults)
    return name


def idempotency_key(request: Request) -> str | None:
    """Return the request's `Idempotency-Key`; raise a problem for an invalid one."""
    key = request.headers.get("idempotency-key")
    reason = None if key is None else IDEMPOTENCY_KEY.row.fault(key, Limits())
    if reason:
        raise ProblemError(400, "The key cannot be used", f"{IDEMPOTENCY_KEY.name} {reason}.")
    return key
