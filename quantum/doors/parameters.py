"""Reads the parameters that several doors take in their addresses; what is wrong comes as faults, by name."""

import re
from collections.abc import Mapping

from quantum.doors.http import Request, refused
from quantum.jobs.model import Fault
from quantum.service.intake import Intake
from quantum.service.own_workspaces import workspace_faults
from quantum.workspaces.profiles import DEFAULT

DEFAULT_TOP, MAX_TOP = 50, 200
NO_LIST = "The list cannot be made"


def top_faults(query: Mapping[str, str], limit: int = MAX_TOP) -> list[Fault]:
    """Say what is wrong with how long a page is to be."""
    text = query.get("top", "1")
    if re.fullmatch(r"\d{1,4}", text, re.ASCII) and 1 <= int(text) <= limit:
        return []
    return [Fault("top", f"must be a whole number from 1 to {limit:,}")]


async def workspace_named_by(request: Request, intake: Intake) -> str:
    """The workspace that a request is about: the default where it names none, a problem where nobody knows it."""
    name = request.query.get("workspace", DEFAULT)
    if faults := await workspace_faults(intake.services, name):
        raise refused("There is no such workspace", faults)
    return name
