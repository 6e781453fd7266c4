"""Closes the session that a job had to itself."""

from quantum.jobs.errors import expected_outcomes
from quantum.jobs.model import Job
from quantum.service.sessions import close_own_sessions
from quantum.wiring import services


@expected_outcomes
async def close_session(payload: dict) -> dict:  # type: ignore[type-arg]  # the worker takes bare types only
    """Close it on every target that the job was on; closed twice, it is the same."""
    await close_own_sessions(services(), Job.from_wire(payload))
    return {"outcome": "closed"}
