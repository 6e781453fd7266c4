"""Limits how many jobs are staged and submitted at the same time: the others wait for a place, by urgency and age; with
`SUBMISSION_LIMITS` also by target, workspace and tenant.

A place is for work: a job whose attempt fails gives it back, and takes one again for its next attempt. So a workspace
that is down does not stop the jobs of others.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from quantum.jobs.errors import ServiceError
from quantum.jobs.model import Job
from quantum.jobs.places import Candidate
from quantum.ports import Orchestrations, Services
from quantum.wire import codec

KEY = "submissions"  # one line for all jobs


URGENCIES = {"low": -1, "high": 1}


def candidate_of(job: Job) -> Candidate:
    """Say what decides when it is a job's turn; without a tenant its workspace stands for one."""
    names = (job.target, job.order.workspace, job.source.get("tenant") or job.order.workspace)
    created = codec.moment(job.created_at).timestamp()
    return Candidate(job.id, created, URGENCIES.get(job.order.urgency or "", 0), names)


@dataclass
class Place:
    """A job's place, or the longest pause until it should ask again; `is_over` gives the place or the turn back."""

    pause_seconds: float | None
    is_over: bool = False


class Submissions:
    """The places of all jobs that are staged or submitted, and those of this process whose turn has come."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._called: list[str] = []

    @asynccontextmanager
    async def place(self, job: Job) -> AsyncIterator[Place]:
        """Take a place and keep it beyond the block, unless the block fails or says that the place is not needed."""
        reply = await self._services.limiter.take(KEY, candidate_of(job))
        self._called += reply.called
        place = Place(reply.pause_seconds)
        try:
            yield place
        except BaseException:
            await self._release(job)
            raise
        if place.is_over:
            await self._release(job)

    async def wake_called(self, engine: Callable[[], Orchestrations]) -> None:
        """Wake the jobs whose turn has come; a wake-up that is lost costs its job a pause."""
        called, self._called = self._called, []
        if called:
            orchestrations = engine()
            await asyncio.gather(*map(orchestrations.wake, called))

    async def _release(self, job: Job) -> None:
        with suppress(ServiceError):  # the place expires
            released = await self._services.limiter.release(KEY, job.id)
            self._called += released.called  # the list is read after the await: meanwhile it may be another one
