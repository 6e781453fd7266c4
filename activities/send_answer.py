"""Tells a job's caller how it ended."""

from dataclasses import replace

from quantum.jobs.errors import expected_outcomes
from quantum.jobs.lifecycle import Phase
from quantum.jobs.model import Job
from quantum.service.answers import MAX_INLINE_BYTES, answer, encode
from quantum.wire import strict_json
from quantum.wiring import services


@expected_outcomes
async def send_answer(payload: dict) -> dict:  # type: ignore[type-arg]  # the worker takes bare types only
    """Put one answer on the queue; sent again, it has the same CloudEvents id."""
    job = await _with_request(Job.from_wire(payload))
    result = None
    if job.result and job.result["bytes"] <= MAX_INLINE_BYTES:
        blob = await services().blobs.open(job.result["blob"])
        result = strict_json.loads(await blob.read())
    await services().answers.send(encode(answer(job, result)))
    return {"outcome": "sent"}


async def _with_request(job: Job) -> Job:
    """Add when the caller asked to cancel, which only the index knows."""
    entry = await services().index.find(job.id) if job.cancel_requested or job.phase is Phase.CANCELLED else None
    return replace(job, cancel_requested_at=entry.job.cancel_requested_at) if entry else job
