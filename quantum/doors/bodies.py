"""Reads the small JSON bodies of doors other than that of orders: every fault at once, by field."""

from typing import Any

from quantum.contract.fields import Table, faults_in
from quantum.contract.kinds import Limits
from quantum.doors.http import ProblemError, Request, refused
from quantum.wire import strict_json

MAX_BYTES = 64 * 1024


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
