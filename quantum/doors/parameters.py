"""Reads the parameters that several doors take in their addresses; what is wrong comes as faults, by name."""

import re
from collections.abc import Mapping

from quantum.doors.http import ProblemError, Request
from quantum.intake import Intake
from quantum.model import Fault
from quantum.orders import CHECKS, MAX_UNKNOWN, printable
from quantum.ports import Workspace

DEFAULT_TOP, MAX_TOP = 50, 200
PAGING = ("top", "continuation")
NO_LIST = "The list cannot be made"
DEFAULT = "default"  # the workspace that is meant where none is named
KEY_PARAMETER = "code"  # Azure Functions takes a key there, too, and passes it on


def unknown_faults(query: Mapping[str, str], known: tuple[str, ...]) -> list[Fault]:
    """Name the parameters that nobody reads; of very many, the first."""
    unknown = [name for name in query if name not in {*known, KEY_PARAMETER}][:MAX_UNKNOWN]
    return [Fault(printable(name), f"is no parameter here; known are {', '.join(known)}") for name in unknown]


def top_faults(query: Mapping[str, str], limit: int = MAX_TOP) -> list[Fault]:
    """Say what is wrong with how long a page is to be."""
    text = query.get("top", "1")
    if re.fullmatch(r"\d{1,4}", text, re.ASCII) and 1 <= int(text) <= limit:
        return []
    return [Fault("top", f"must be a whole number from 1 to {limit:,}")]


async def workspace_of(request: Request, intake: Intake) -> Workspace:
    """The workspace that a request is about, or a problem where it names one that cannot be."""
    name = request.query.get("workspace", DEFAULT)
    if reason := CHECKS["workspace"](name, intake.services.limits):
        raise ProblemError(400, "There is no such workspace", f"`workspace` {reason}.")
    return await intake.services.workspace_named(name)
