"""Fetches what a job put out, and keeps it raw and as a Result."""

import asyncio

from quantum.jobs.errors import expected_outcomes
from quantum.jobs.model import Job
from quantum.results.normalise import MAX_READ_BYTES, Collected, make_result, queue_seconds
from quantum.service.cancellation import cancel_requested
from quantum.storage import raw_result_path, result_path
from quantum.telemetry.names import QUEUE, TARGET
from quantum.wiring import services
from quantum.workspaces.remote import RemoteJob


@expected_outcomes
async def collect_result(payload: dict) -> dict:  # type: ignore[type-arg]  # the worker takes bare types only
    """Copy the output to `results/<id>/raw`, and what it says to `results/<id>/result.json`.

    Output that cannot be read is kept all the same: the job succeeded, and a warning says so.
    """
    job = Job.from_wire(payload)
    workspace = await services().workspaces.named(job.order.workspace)
    remote, output = await workspace.open_output(job.remote_id)
    raw_path, path = raw_result_path(job.id), result_path(job.id)
    if output.size <= MAX_READ_BYTES:
        raw = await output.read()
        keeping = services().blobs.write(raw_path, raw)
    else:
        raw = None
        keeping = services().blobs.write(raw_path, output.chunks, size=output.size)
    collected, _ = await asyncio.gather(_normalise(job, remote, raw, raw_path, path), keeping)
    if (waited := queue_seconds(remote)) is not None:
        services().telemetry.measure(QUEUE, waited, {TARGET: job.target})
    return {
        "outcome": "collected",
        "cancelRequested": await cancel_requested(services(), job.id),
        "result": {"blob": path, "bytes": len(collected.content)},
        "warnings": list(collected.warnings),
    }


async def _normalise(job: Job, remote: RemoteJob, raw: bytes | None, raw_path: str, path: str) -> Collected:
    # A large output takes a while to read: other jobs go on meanwhile.
    collected = await asyncio.to_thread(make_result, job, remote, raw, raw_path)
    await services().blobs.write(path, collected.content)
    return collected
