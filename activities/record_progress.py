"""Notes in the job index where a job is."""

from quantum.jobs.errors import expected_outcomes
from quantum.jobs.model import Job
from quantum.service.cancellation import not_overtaken
from quantum.wiring import services


@expected_outcomes
async def record_progress(payload: dict) -> dict:  # type: ignore[type-arg]  # the worker takes bare types only
    """Write the job's row over, unless the job is further: then it is `overtaken`, with the `job` as it is."""
    job = Job.from_wire(payload)
    await not_overtaken(services(), job)
    await services().index.record(job)
    return {"outcome": "recorded"}
