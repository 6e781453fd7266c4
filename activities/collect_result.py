"""Fetches the output of a job, and stores it raw and as a Result."""

import asyncio

from activities.activity import activity
from orchestrators.messages import Collected, CollectResult
from quantum.app import App
from quantum.jobs.model import Job, StoredResult
from quantum.ports import Blob, Services
from quantum.results.normalise import MAX_READ_BYTES, Normalised, make_result, queue_seconds
from quantum.service.answers import MAX_INLINE_BYTES
from quantum.service.recording import LONG_BYTES, PassingPhase
from quantum.storage import raw_result_path, result_path
from quantum.telemetry.names import QUEUE, TARGET
from quantum.workspaces.remote import RemoteJob


@activity
async def collect_result(message: CollectResult, app: App) -> Collected:
    """Copy the output to `results/<id>/raw`, and its Result to `results/<id>/result.json`.

    Unreadable output is stored too: the job succeeded, and a warning says so. The index has the phase `collecting`
    only where the output is large, or an attempt has failed.
    """
    async with PassingPhase(app.services, message.job) as collecting:
        if message.is_repeated:
            await collecting.show()
        if message.job.is_divided:
            return await _collect_parts(app.services, message.job)
        workspace = await app.services.workspaces.get(message.job.order.workspace)
        remote, output = await workspace.open_output(message.job.remote_id)
        if output.size > LONG_BYTES and not message.is_repeated:
            await collecting.show()
        return await _store(app.services, message.job, remote, output)


async def _store(services: Services, job: Job, remote: RemoteJob, output: Blob) -> Collected:
    raw_path, path = raw_result_path(job.id), result_path(job.id)
    if output.size <= MAX_READ_BYTES:
        raw = await output.read()
        upload = services.blobs.write(raw_path, raw)
    else:
        raw = None
        upload = services.blobs.write(raw_path, output.chunks, size=output.size)
    result, _ = await asyncio.gather(_normalise(services, job, remote, raw, raw_path, path), upload)
    if (waited := queue_seconds(remote)) is not None:
        services.telemetry.measure(QUEUE, waited, {TARGET: job.target})
    return Collected(StoredResult(path, len(result.content)), result.warnings)


async def _collect_parts(services: Services, job: Job) -> Collected:
    from quantum.service.collecting_parts import collect_parts  # noqa: PLC0415  # few jobs are divided

    result = await collect_parts(services, job)
    await _write(services, result, result_path(job.id))
    return Collected(StoredResult(result_path(job.id), len(result.content)), result.warnings)


async def _normalise(
    services: Services, job: Job, remote: RemoteJob, raw: bytes | None, raw_path: str, path: str
) -> Normalised:
    # A large output takes a while to parse: a thread keeps the event loop free.
    result = await asyncio.to_thread(make_result, job, remote, raw, raw_path)
    await _write(services, result, path)
    return result


async def _write(services: Services, result: Normalised, path: str) -> None:
    await services.blobs.write(path, result.content)
    if len(result.content) <= MAX_INLINE_BYTES:  # the answer has it
        services.recent.keep(path, result.content)
