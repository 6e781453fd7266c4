"""Reads what several doors take: JSON bodies, parameters, keys. All faults are reported at once, by name."""

import re
from collections.abc import Mapping
from typing import Any

from quantum.app import App
from quantum.doors.http.frame import ProblemError, Request, refused
from quantum.jobs.model import Fault
from quantum.orders.read import Check, Limits, unknown_fields
from quantum.service.own_workspaces import workspace_faults
from quantum.wire import strict_json
from quantum.workspaces.profiles import DEFAULT

DEFAULT_TOP, MAX_TOP = 50, 200
MAX_BYTES = 64 * 1024
NO_LIST = "The list cannot be made"
KEY = re.compile(r"[\x21-\x7e]{1,255}")


def read_body(
    request: Request, checks: Mapping[str, Check], required: tuple[str, ...], limits: Limits, title: str
) -> dict[str, Any]:
    """Read a JSON object with these fields, or raise a problem of this title with every fault."""
    if len(request.body) > MAX_BYTES:
        raise ProblemError(413, title, f"{MAX_BYTES:,} bytes are allowed.")
    try:
        data = strict_json.loads(request.body)
    except strict_json.InvalidJsonError as error:
        raise ProblemError(400, title, f"The body is no JSON object: {error}.") from error
    if not isinstance(data, dict):
        raise ProblemError(400, title, "The body must be a JSON object.")
    faults = unknown_fields(data, tuple(checks))
    faults += [Fault(name, "is missing") for name in required if name not in data]
    reasons = ((name, check(data[name], limits)) for name, check in checks.items() if name in data)
    faults += [Fault(name, reason) for name, reason in reasons if reason]
    if faults:
        raise refused(title, faults)
    return data


def top_faults(query: Mapping[str, str], limit: int = MAX_TOP) -> list[Fault]:
    """Say what is wrong with how long a page is to be."""
    text = query.get("top", "1")
    if re.fullmatch(r"\d{1,4}", text, re.ASCII) and 1 <= int(text) <= limit:
        return []
    return [Fault("top", f"must be a whole number from 1 to {limit:,}")]


async def workspace_named_by(request: Request, app: App) -> str:
    """The workspace that a request is about: the default where it names none, a problem where nobody knows it."""
    name = request.query.get("workspace", DEFAULT)
    if faults := await workspace_faults(app.services, name):
        raise refused("There is no such workspace", faults)
    return name


def checked_key(request: Request) -> str | None:
    """The request's `Idempotency-Key`, or a problem where it cannot be one."""
    key = request.headers.get("idempotency-key")
    if key is not None and not KEY.fullmatch(key):
        raise ProblemError(400, "The key cannot be used", "Idempotency-Key takes 1 to 255 visible ASCII characters.")
    return key
