"""Reads what several doors take: JSON bodies, parameters, keys. All faults are reported at once, by name."""

from collections.abc import Mapping
from typing import Any

from quantum.app import App
from quantum.contract.fields import Fault, Table, faults_in
from quantum.contract.kinds import Limits
from quantum.contract.parameters import IDEMPOTENCY_KEY, MAX_TOP, Count
from quantum.contract.workspaces import DEFAULT
from quantum.doors.http.frame import ProblemError, Request, refused
from quantum.service.own_workspaces import workspace_faults
from quantum.wire import strict_json

MAX_BYTES = 64 * 1024
NO_LIST = "The list cannot be made"


def read_body(request: Request, table: Table, limits: Limits, title: str) -> dict[str, Any]:
    """Read a JSON object with these fields, or raise a problem of this title with every fault."""
    if len(request.body) > MAX_BYTES:
        raise ProblemError(413, title, f"{MAX_BYTES:,} bytes are allowed.")
    try:
        data = strict_json.loads(request.body)
    except strict_json.InvalidJsonError as error:
        raise ProblemError(400, title, f"The body is no JSON object: {error}.") from error
    if not isinstance(data, dict):
        raise ProblemError(400, title, "The body must be a JSON object.")
    if faults := faults_in(data, table, limits):
        raise refused(title, faults)
    return data


def top_faults(query: Mapping[str, str], limit: int = MAX_TOP) -> list[Fault]:
    """Say what is wrong with how long a page is to be."""
    reason = Count(limit).fault(query.get("top", "1"), Limits())
    return [Fault("top", reason)] if reason else []


async def workspace_named_by(request: Request, app: App) -> str:
    """The workspace that a request is about: the default where it names none, a problem where nobody knows it."""
    name = request.query.get("workspace", DEFAULT)
    if faults := await workspace_faults(app.services, name):
        raise refused("There is no such workspace", faults)
    return name


def checked_key(request: Request) -> str | None:
    """The request's `Idempotency-Key`, or a problem where it cannot be one."""
    key = request.headers.get("idempotency-key")
    reason = None if key is None else IDEMPOTENCY_KEY.row.fault(key, Limits())
    if reason:
        raise ProblemError(400, "The key cannot be used", f"{IDEMPOTENCY_KEY.name} {reason}.")
    return key
