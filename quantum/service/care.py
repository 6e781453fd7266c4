"""Chooses the jobs that a round of housekeeping looks at closely: all of them, or where there are very many, a share.

A close look costs two requests. A job that has waited or executed for a while is looked at in one of several rounds,
all others in every round.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from zlib import crc32

from quantum.jobs.model import Job
from quantum.ports import JobIndex
from quantum.service.purging import ROUND_SECONDS
from quantum.wire import codec
from quantum.workspaces.watching import COVERED

MOST_LOOKS = 1_000  # settled jobs in one round: some seconds of work in five minutes
SETTLED = timedelta(minutes=30)


async def choose_jobs(index: JobIndex, now: datetime, passed_over: Callable[[Job], None]) -> Sequence[str]:
    """Return the ids of the jobs to look at; `passed_over` receives the others as the lists have them."""
    ids = [job_id async for job_id in index.open_ids()]
    rounds = 2 ** (len(ids) // MOST_LOOKS).bit_length()  # powers of two: a job keeps its turn when the number changes
    if rounds == 1:
        return ids
    turn = int(now.timestamp()) // ROUND_SECONDS % rounds
    others: set[str] = set()
    async for job in index.open_jobs():
        if _is_settled(job, now) and crc32(job.id.encode()) % rounds != turn:
            others.add(job.id)
            passed_over(job)
    return [job_id for job_id in ids if job_id not in others]


def _is_settled(job: Job, now: datetime) -> bool:
    return job.phase in COVERED and now - codec.moment(job.history[-1]["at"]) >= SETTLED
