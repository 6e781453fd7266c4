"""Answers an order with the result of an equal one, or lets it wait for an equal one that is on its way.

1. Of equal orders one is the first: its job takes a row by key, on the condition that nobody else has. It runs.
2. The others wait for its end, by an event and a timer, and copy its result, so that neither needs the other again.
3. Where the first fails, is cancelled or expires, moves to another target, or has lost its result, exactly one of the
   others replaces it in the row and runs; the rest wait for that one. Housekeeping ends a job that never runs, so that
   no first can block the others for ever.
4. A job that is not the first of its key has not been submitted on its target.
"""

import asyncio
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import cache
from importlib.metadata import version
from typing import Any

from quantum.jobs.errors import NotFoundError, ServiceBusyError, ServiceError
from quantum.jobs.first_runs import FirstRun
from quantum.jobs.lifecycle import Phase
from quantum.jobs.model import Job, ReusedFrom, StoredResult
from quantum.ports import Entry, Orchestrations, Services
from quantum.programs.reuse import may_reuse, run_key
from quantum.service.answers import MAX_INLINE_BYTES, encode
from quantum.service.prepare import program_of
from quantum.storage import raw_part_path, raw_result_path, result_path
from quantum.wire import codec
from quantum.wire.records import record

ATTEMPTS = 8  # to take the row, each after another job was faster
SHORTEST_PAUSE, LONGEST_PAUSE, SHARE = 15.0, 600.0, 0.25  # of a wait whose event is lost: a share of the first's age
WAKES_AT_ONCE = 16


@record
class Joined:
    """An equal job is on its way; `pause_seconds` is until when to wait for it."""

    first: str
    pause_seconds: float


@record
class Reused:
    """The result of an equal job, as a copy of this job's own."""

    result: StoredResult
    source: ReusedFrom
    warnings: tuple[str, ...]


async def find_result(services: Services, job: Job, entry: Entry | None) -> Joined | Reused | None:
    """Find the result of an equal job, or that job; None where this one is to run."""
    program = program_of(job)
    if not may_reuse(job) or program.digest is None:
        return None
    key = run_key(job, program, compiler_version())
    for _ in range(ATTEMPTS):
        first = await services.first_runs.find(key)
        if first and first.job_id == job.id:
            return None
        if first and (answer := await _look_at(services, job, entry, first)):
            return answer
        if await services.first_runs.take(key, job.id, first):
            return None
    raise ServiceBusyError("Too many equal orders take the row of their first run at the same time.")


async def wake_waiting(services: Services, job_id: str, orchestrations: Orchestrations) -> None:
    """Wake the jobs that wait for one that has ended; a wake-up that is lost costs its job a pause."""
    turns = asyncio.Semaphore(WAKES_AT_ONCE)

    async def wake(waiting: str) -> None:
        async with turns:
            await orchestrations.wake(waiting)

    with suppress(ServiceError):
        waiting = [each async for each in services.first_runs.waiting_for(job_id)]
        await asyncio.gather(*map(wake, waiting))


@cache
def compiler_version() -> str:
    """Return the version of the compiler: another one may make another program of the same source."""
    return version("qdk")


async def _look_at(services: Services, job: Job, entry: Entry | None, first: FirstRun) -> Joined | Reused | None:
    """Look at the first: its result, or that it is on its way; None where it has no result for this job."""
    other = await _on_same_target(services, job, first)
    if other and not other.is_final and job.waits_for != first.job_id:
        # Noted before the last look, so that the end of the first is seen or wakes this job.
        await services.first_runs.wait_for(first.job_id, job.id)
        other = await _on_same_target(services, job, first)
    if other is None:
        return None
    if other.is_final:
        return await _copied(services, job, other) if _serves(job, other, services.now()) else None
    await _show(services, entry, first.job_id)
    age = (services.now() - codec.moment(other.created_at)).total_seconds()
    return Joined(first.job_id, min(max(SHORTEST_PAUSE, SHARE * age), LONGEST_PAUSE))


async def _on_same_target(services: Services, job: Job, first: FirstRun) -> Job | None:
    """Read the first; None where it has moved to another target, and gives no result of this one."""
    entry = await services.index.find(first.job_id)
    return entry.job if entry and entry.job.target == job.target else None


def _serves(job: Job, other: Job, now: datetime) -> bool:
    """Say whether an equal job that has ended has a result that this order takes."""
    rule = job.order.reuse
    if other.phase is not Phase.SUCCEEDED or other.result is None or rule is None:
        return False
    age = now - codec.moment(other.history[-1]["at"])
    return rule.max_age is None or age <= codec.duration(rule.max_age)


async def _show(services: Services, entry: Entry | None, first: str) -> None:
    """Let the index say what the job waits for."""
    if entry and entry.job.waits_for != first:
        with suppress(ServiceError):
            await services.index.record(replace(entry.job, waits_for=first))


async def _copied(services: Services, job: Job, other: Job) -> Reused | None:
    """Copy the result and the output of an equal job; None where retention has removed one of them."""
    source = ReusedFrom(other.id, other.history[-1]["at"])
    path, parts = result_path(job.id), range(1, len(other.remote.parts or (1,)) + 1)
    raw_paths = {raw_part_path(other.id, part): raw_part_path(job.id, part) for part in parts}
    try:
        for theirs, ours in raw_paths.items():
            raw = await services.blobs.open(theirs)
            await services.blobs.write(ours, raw.chunks, size=raw.size)
        stored = await (await services.blobs.open(result_path(other.id))).read()
    except NotFoundError:
        return None
    changes = {"id": job.id, "rawBlob": raw_result_path(job.id), "reusedFrom": codec.to_wire(source)}
    content, warnings = await asyncio.to_thread(
        _readdressed, stored, changes, raw_paths
    )  # which takes a while for a large one
    await services.blobs.write(path, content)
    if len(content) <= MAX_INLINE_BYTES:  # the answer has it
        services.recent.keep(path, content)
    return Reused(StoredResult(path, len(content)), source, warnings)


def _readdressed(stored: bytes, changes: dict[str, Any], raw_paths: Mapping[str, str]) -> tuple[bytes, tuple[str, ...]]:
    """Make the result of one job that of another, with its outputs at the other job's paths."""
    result = json.loads(stored) | changes
    for part in result.get("fromParts", ()):
        part["rawBlob"] = raw_paths.get(part["rawBlob"], part["rawBlob"])
    return encode(result), tuple(result.get("warnings", ()))
