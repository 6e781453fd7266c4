"""The table of a batch: a row for each member, with its phase, times, cost and counts."""

import asyncio
from typing import Any

from quantum.batches.expand import Members, member_id
from quantum.batches.model import Batch
from quantum.batches.progress import LEFT_OUT, SUCCEEDED, WORDS
from quantum.jobs.errors import NotFoundError
from quantum.jobs.model import Job
from quantum.ports import Services
from quantum.programs.prices import cost_of
from quantum.wire import codec, strict_json

AT_ONCE = 16
MAX_RESULT_BYTES = 4096  # of a result whose counts stand in the table
MAX_COUNTED = 1000  # members of a batch whose counts are read for the table


async def table_of_batch(services: Services, batch: Batch, members: Members) -> dict[str, Any]:
    """Make the table of a batch whose members have ended; `counts` are there where they are few."""
    turns = asyncio.Semaphore(AT_ONCE)

    async def row(number: int) -> dict[str, Any]:
        async with turns:
            return await _row(services, batch, members, number)

    return {"id": batch.id, "rows": await asyncio.gather(*map(row, range(len(members))))}


async def _row(services: Services, batch: Batch, members: Members, number: int) -> dict[str, Any]:
    member, letter, id_ = members[number], batch.members[number], member_id(batch.id, number)
    row: dict[str, Any] = {"number": number, "id": id_, "target": member.target, "phase": WORDS[letter]}
    row["point"] = dict(member.point)
    entry = None if letter == LEFT_OUT else await services.index.find(id_)
    if entry is None:
        return row
    facts = _facts(entry.job)
    if letter == SUCCEEDED and len(members) <= MAX_COUNTED:
        facts["counts"] = await _counts(services, entry.job)
    return row | {name: value for name, value in facts.items() if value is not None}


def _facts(job: Job) -> dict[str, Any]:
    times = job.remote.times or {}
    return {
        "queueSeconds": codec.seconds_between(times.get("created"), times.get("began")),
        "durationSeconds": codec.seconds_between(times.get("began"), times.get("ended")),
        "cost": codec.to_wire(cost_of(job)),
        "error": codec.to_wire(job.error),
    }


async def _counts(services: Services, job: Job) -> dict[str, int] | None:
    if job.result is None or job.result.bytes > MAX_RESULT_BYTES:
        return None
    try:
        content = await (await services.blobs.open(job.result.blob)).read()
    except NotFoundError:
        return None
    counts: dict[str, int] | None = strict_json.loads(content).get("counts")
    return counts
