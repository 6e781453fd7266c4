"""The steps of a batch's process: start and count members, and end the batch. Each can be repeated without harm."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

from quantum.batches import progress
from quantum.batches.expand import Members, member_id
from quantum.batches.model import Batch
from quantum.batches.progress import LEFT_OUT, LETTERS, PENDING, RUNNING, BatchPhase
from quantum.batches.read import read_member
from quantum.batches.window import next_numbers, possibly_started
from quantum.jobs.errors import ConflictingOrderError, InvalidOrderError, NotFoundError, ServiceError
from quantum.jobs.lifecycle import Phase
from quantum.jobs.model import Job
from quantum.jobs.principal import owner_in
from quantum.ports import Orchestrations
from quantum.programs.prices import cost_of
from quantum.service.answers import encode
from quantum.service.batch_answers import send_batch_answer
from quantum.service.batch_approvals import check_approval, end_of_unapproved
from quantum.service.batch_tables import compare_members, table_of, verdict_of
from quantum.service.batches import Batches
from quantum.storage import BATCHES_CONTAINER
from quantum.wire import codec
from quantum.wire.records import record

AT_ONCE = 8


@record
class Advance:
    """What a step has done: whether all members have ended, and whether anything has changed."""

    has_ended: bool
    has_moved: bool


async def advance(batches: Batches, batch_id: str, orchestrations: Orchestrations) -> Advance:
    """Count the members that have ended, then start as many as the window has room for."""
    batch = await _batch(batches, batch_id)
    if batch.is_final:
        return Advance(has_ended=True, has_moved=False)
    before = batch
    on_their_way = progress.numbers_of(batch.members, RUNNING)
    numbers = batches.ended_members.take(batch_id, on_their_way, batches.services.now().timestamp())
    batch = _counted(batch, await _jobs(batches, batch, numbers))
    if batch.is_stopped:
        batch = await _stop(batches, batch, orchestrations)
    else:
        batch = await check_approval(batches, batch)
        if not (batch.is_paused or batch.is_unapproved):
            batch = await _start(batches, batch, orchestrations)
    batch = batch.moved_to(_phase_of(batch), batches.services.now())
    if batch != before:
        await batches.services.batches.record(batch)
    return Advance(progress.ended_count(batch.members) == len(batch.members), batch.members != before.members)


async def finish(batches: Batches, batch_id: str) -> BatchPhase | None:
    """Store the table of a batch, record its end, and send its answer; None where a member has not ended."""
    batch = await _batch(batches, batch_id)
    if not batch.is_final:
        if progress.ended_count(batch.members) < len(batch.members):
            return None
        table = f"{BATCHES_CONTAINER}/{batch.id}/table.json"
        members = await batches.members_of(batch)
        comparison = await compare_members(batches.services, batch, members)
        content = encode(table_of(comparison))
        await batches.services.blobs.write(table, content, size=len(content))
        phase = end_of_unapproved(batch) or progress.ending(batch.members, cancelled=batch.is_cancelled)
        batch = replace(batch, table=table, verdict=verdict_of(comparison)).moved_to(phase, batches.services.now())
        await batches.services.batches.record(batch)
    await send_batch_answer(batches.services, batch)
    return batch.phase


def _phase_of(batch: Batch) -> BatchPhase:
    """Return the phase of a batch that has not ended, by what its caller asked for."""
    if batch.is_cancelled:
        return BatchPhase.CANCELLING
    if batch.is_unapproved:
        return BatchPhase.AWAITING_APPROVAL
    return BatchPhase.PAUSED if batch.is_paused and not batch.is_stopped else BatchPhase.RUNNING


async def _batch(batches: Batches, batch_id: str) -> Batch:
    batch = await batches.services.batches.find(batch_id)
    if batch is None:
        raise NotFoundError("There is no such batch.")
    return batch


async def _jobs(batches: Batches, batch: Batch, numbers: Sequence[int]) -> Mapping[int, Job | None]:
    """Read the jobs of members."""
    finds = (batches.services.index.find(member_id(batch.id, number)) for number in numbers)
    entries = await asyncio.gather(*finds)
    return {number: entry.job if entry else None for number, entry in zip(numbers, entries, strict=True)}


async def _stop(batches: Batches, batch: Batch, orchestrations: Orchestrations) -> Batch:
    """Leave out the members that have not started, and cancel the others where the caller requested that.

    A step that was cut off may have started some of the next ones without recording it.
    """
    if PENDING in batch.members:
        possible = possibly_started(batch, await batches.members_of(batch))
        started = {number: RUNNING for number, job in (await _jobs(batches, batch, possible)).items() if job}
        letters = dict.fromkeys(progress.numbers_of(batch.members, PENDING), LEFT_OUT) | started
        batch = replace(batch, members=progress.with_letters(batch.members, letters))
    if batch.is_cancelled:
        jobs = await _jobs(batches, batch, progress.numbers_of(batch.members, RUNNING))
        await _cancel(batches, [job for job in jobs.values() if job and not job.is_final], orchestrations)
    return batch


def _counted(batch: Batch, jobs: Mapping[int, Job | None]) -> Batch:
    """Apply the ends of members; one whose job has disappeared is started again under the same id."""
    ended = {number: job for number, job in jobs.items() if job and job.is_final}
    lost = {number: PENDING for number, job in jobs.items() if job is None}
    letters = {number: LETTERS[job.phase] for number, job in ended.items()}
    costs = dict(batch.costs)
    for job in ended.values():
        cost = cost_of(job) or {}
        if isinstance(amount := cost.get("estimated"), int | float):
            unit = str(cost.get("currency") or "unknown")
            costs[unit] = costs.get(unit, 0.0) + amount
    return replace(batch, members=progress.with_letters(batch.members, letters | lost), costs=costs)


async def _cancel(batches: Batches, jobs: Sequence[Job], orchestrations: Orchestrations) -> None:
    at = codec.timestamp(batches.services.now())
    for job in jobs:
        if not job.cancel_requested:
            await batches.services.index.request_cancel(job.id, at)
        await orchestrations.wake(job.id)


async def _start(batches: Batches, batch: Batch, orchestrations: Orchestrations) -> Batch:
    """Start members up to the window; what a service refuses to do now is tried in the next step."""
    if PENDING not in batch.members or batch.members.count(RUNNING) >= batch.window:
        return batch
    members, turns = await batches.members_of(batch), asyncio.Semaphore(AT_ONCE)
    numbers = next_numbers(batch, members)

    async def start(number: int) -> str:
        async with turns:
            return await _start_member(batches, batch, members, number, orchestrations)

    letters = await asyncio.gather(*map(start, numbers))
    return replace(batch, members=progress.with_letters(batch.members, dict(zip(numbers, letters, strict=True))))


async def _start_member(
    batches: Batches, batch: Batch, members: Members, number: int, orchestrations: Orchestrations
) -> str:
    """Start a member, and return its letter; an invalid one becomes a rejected job of its own."""
    id_, source = member_id(batch.id, number), {**owner_in(batch.source), "door": "batch", "batch": batch.id}
    if limits := members.request.get("maxCost"):
        source["maxCost"] = ",".join(f"{unit}={amount}" for unit, amount in limits.items())
    intake = batches.intake
    try:
        submitted = read_member(members, number, intake.services.limits)
        await intake.take(replace(submitted, traceparent=batch.traceparent), id_, source, orchestrations)
    except InvalidOrderError as error:
        await intake.refuse(id_, source, error, batch.traceparent)
        return LETTERS[Phase.REJECTED]
    except ConflictingOrderError:  # an earlier release made another order of it: the job that exists is the member
        return RUNNING
    except ServiceError:
        return PENDING
    return RUNNING
