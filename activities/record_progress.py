"""Notes in the job index where a job is."""

from quantum.errors import expected_outcomes
from quantum.model import Job
from quantum.wiring import services


@expected_outcomes
async def record_progress(payload: dict) -> dict:  # type: ignore[type-arg]  # the worker takes bare types only
    """Write the job's row over."""
    await services().index.record(Job.from_wire(payload))
    return {"outcome": "recorded"}
