"""The table of a batch: its members measured against the reference and ranked, as `quantum.batches.table` says."""

import asyncio
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from quantum.batches.expand import Members
from quantum.batches.model import Batch
from quantum.batches.progress import LEFT_OUT, WORDS
from quantum.batches.rank import read_rank
from quantum.batches.ranking import Measured, ranked
from quantum.batches.table import Member, References, make_references, measure, reference_members
from quantum.contract.views.comparisons import Comparison
from quantum.jobs.errors import NotFoundError
from quantum.jobs.model import Job
from quantum.ports import Services
from quantum.programs.prices import cost_of
from quantum.wire import codec, strict_json

AT_ONCE = 16
MAX_RESULT_BYTES = 1024 * 1024  # of a result that is compared
MAX_TIE = 100  # members of a tie that a batch's view names
MAX_NOTE = 300
IDEAL_TARGETS = ("ionq.simulator", "rigetti.sim.qvm")  # without noise unless their parameters ask for it


async def compare_members(services: Services, batch: Batch, members: Members) -> Comparison:
    """Make the table of a batch whose members have ended; results are read one by one."""
    rank, turns = read_rank(members.request.get("rank")), asyncio.Semaphore(AT_ONCE)

    async def job_of(number: int) -> Job | None:
        async with turns:
            return await _job(services, batch, members, number)

    async def row_of(member: Member, job: Job | None, references: References) -> Measured:
        async with turns:
            return _explained(measure(member, await _result(services, job), references), job)

    jobs = await asyncio.gather(*map(job_of, range(len(members))))
    states = [_state(batch, members, number, job) for number, job in enumerate(jobs)]
    chosen = reference_members(rank.reference if rank else None, states)
    results = [(member, await _result(services, jobs[member.number])) for member in chosen]
    references = make_references(rank.reference if rank else None, results)
    pairs = zip(states, jobs, strict=True)
    return ranked(await asyncio.gather(*(row_of(member, job, references) for member, job in pairs)), rank)


def table_of(comparison: Comparison) -> dict[str, Any]:
    """Encode a table; without a criterion or a best these are null."""
    table: dict[str, Any] = {"by": comparison.by, "best": comparison.best, **codec.to_wire(comparison)}
    if comparison.targets:
        table["targets"] = {"best": comparison.targets.best, **table["targets"]}
    return table


def verdict_of(comparison: Comparison) -> Mapping[str, Any]:
    """Return what a batch's view says of its table."""
    verdict = replace(comparison, rows=(), tie=comparison.tie[:MAX_TIE])
    return {name: value for name, value in table_of(verdict).items() if name not in ("rows", "targets")}


async def _job(services: Services, batch: Batch, members: Members, number: int) -> Job | None:
    if batch.members[number] == LEFT_OUT:
        return None
    entry = await services.index.find(members.id_of(batch.id, number))
    return entry.job if entry else None


def _state(batch: Batch, members: Members, number: int, job: Job | None) -> Member:
    member = members[number]
    arguments, params = member.order.get("arguments"), member.order.get("params")
    return Member(
        number,
        WORDS[batch.members[number]],
        id=job.id if job else None,
        target=job.target if job else member.target,
        arguments=arguments,
        params=params,
        program=_program(member.order),
        cost=cost_of(job) if job else None,
        is_ideal=_is_ideal(job.target if job else member.target, params or {}),
    )


def _program(order: Mapping[str, Any]) -> str:
    """Tell programs apart."""
    parts: Sequence[Any] = (order.get("input"), order.get("entryPoint"))
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


def _is_ideal(target: str, params: Mapping[str, Any]) -> bool:
    models = [value for name, value in params.items() if "noise" in name.lower() and not name.lower().endswith("seed")]
    return target in IDEAL_TARGETS and all(_is_noiseless(model) for model in models)


def _is_noiseless(model: Any) -> bool:
    """Read a parameter that may ask for noise: the name of a model, or an object with it."""
    return (model.get("model") if isinstance(model, Mapping) else model) in (None, "ideal")


def _explained(measured: Measured, job: Job | None) -> Measured:
    """Say in its row why a member failed."""
    if job is None or job.error is None:
        return measured
    note = f"{job.error.code}: {job.error.message}"[:MAX_NOTE]
    return replace(measured, row=replace(measured.row, notes=(note, *measured.row.notes)))


async def _result(services: Services, job: Job | None) -> Mapping[str, Any] | None:
    if job is None or job.result is None or job.result.bytes > MAX_RESULT_BYTES:
        return None
    try:
        content = await (await services.blobs.open(job.result.blob)).read()
    except NotFoundError:
        return None
    result: Mapping[str, Any] = strict_json.loads(content)
    return result
