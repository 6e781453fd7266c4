"""Reads the small JSON bodies of doors other than that of orders: every fault at once, by field."""

from collections.abc import Mapping
from typing import Any

from quantum.doors.http import ProblemError, Request, refused
from quantum.jobs.model import Fault
from quantum.orders.read import Check, Limits, unknown_fields
from quantum.wire import strict_json

MAX_BYTES = 64 * 1024


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
