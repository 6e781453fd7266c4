"""Collects the outputs of the parts of a divided job: each is stored as it came, and all together make one Result."""

import asyncio
from typing import Any

from quantum.jobs.model import Job
from quantum.jobs.parts import account_of, parts_of
from quantum.ports import Services
from quantum.results.joined import join_result, read_part
from quantum.results.normalise import MAX_READ_BYTES, Normalised
from quantum.storage import raw_part_path
from quantum.workspaces.remote import DividedJob


async def collect_parts(services: Services, job: Job) -> Normalised:
    """Copy the outputs of all parts one after another, so that one at a time is in memory, and make the Result."""
    workspace = await services.workspaces.get(job.order.workspace)
    outputs: list[Any] = []
    parts = job.remote.parts or parts_of(job)
    for number, part in enumerate(parts, start=1):
        remote, output = await workspace.open_output(part.remote_id)
        path, raw = raw_part_path(job.id, number), None
        if output.size <= MAX_READ_BYTES:
            raw = await output.read()
            await services.blobs.write(path, raw)
        else:
            await services.blobs.write(path, output.chunks, size=output.size)
        outputs.append(await asyncio.to_thread(read_part, job, part, remote, raw, path))
    whole = DividedJob.of(job.remote_id, job.target, account_of(parts, job.remote.provider_id or ""))
    return await asyncio.to_thread(join_result, job, whole, outputs)
