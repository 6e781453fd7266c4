"""Chooses the jobs that a round of housekeeping looks at closely: all of them, or where there are very many, a share.

A close look costs two requests. A job that has waited or executed for a while is looked at in one of several rounds,
all others in every round.
"""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from zlib import crc32

from quantum.jobs.model import Job
from quantum.ports import Entry, JobIndex
from quantum.service.purging import ROUND_SECONDS
from quantum.wire import codec
from quantum.workspaces.watching import COVERED

MOST_LOOKS = 1_000  # settled jobs in one round: some seconds of work in five minutes
SETTLED = timedelta(minutes=30)
GRACE = timedelta(minutes=2)  # a door may be about to start what it has claimed
CLAIM_PATIENCE = timedelta(days=1)  # a door claims an id within seconds of writing its entry


async def take_turns(index: JobIndex, now: datetime) -> AsyncIterator[tuple[Entry, bool]]:
    """List the open entries, and say of each whether it is its turn to be looked at closely."""
    total = 0
    async for _ in index.open_entries():  # read twice, since very many would take much memory
        total += 1
    rounds = 2 ** (total // MOST_LOOKS).bit_length()  # powers of two: a job keeps its turn when the number changes
    turn = int(now.timestamp()) // ROUND_SECONDS % rounds
    async for entry in index.open_entries():
        yield entry, not _is_settled(entry.job, now) or crc32(entry.job.id.encode()) % rounds == turn


def _is_settled(job: Job, now: datetime) -> bool:
    return job.phase in COVERED and now - codec.moment(job.history[-1]["at"]) >= SETTLED
