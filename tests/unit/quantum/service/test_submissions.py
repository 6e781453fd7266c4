"""Every job whose turn has come is woken, however the requests about places overlap."""

import asyncio
from dataclasses import replace

from quantum.jobs.limiter import Admitted
from quantum.jobs.places import Candidate
from quantum.service.submissions import Submissions, candidate_of
from tests.support.builders import NOW, App, a_job, an_order
from tests.support.fakes.orchestrations import InMemoryOrchestrations


class SlowLimiter:
    """A limiter that calls a waiter for each place given back; each release waits until it may go on."""

    def __init__(self, expected: int) -> None:
        self.gates: dict[str, asyncio.Event] = {}
        self.all_wait = asyncio.Event()
        self._expected = expected

    async def take(self, key: str, candidate: Candidate) -> Admitted:  # noqa: ARG002
        """Admit the job."""
        return Admitted()

    async def release(self, key: str, job_id: str) -> Admitted:  # noqa: ARG002
        """Call one waiter."""
        gate = self.gates[job_id] = asyncio.Event()
        if len(self.gates) == self._expected:
            self.all_wait.set()
        await gate.wait()
        return Admitted(called=(f"after {job_id}",))

    async def close(self) -> None:
        """Do nothing."""


async def leave(submissions: Submissions, job_id: str) -> None:
    """Take a place and give it back."""
    async with submissions.place(replace(a_job(), id=job_id)) as place:
        place.is_over = True


async def test_a_call_that_comes_while_others_are_woken_is_not_lost() -> None:
    """The second of two releases ends between the wake-up of others and the end of the first."""
    limiter, orchestrations = SlowLimiter(3), InMemoryOrchestrations()
    submissions = Submissions(replace(App().services, limiter=limiter))
    async with asyncio.TaskGroup() as group:
        leaving = {name: group.create_task(leave(submissions, name)) for name in ("first", "second", "third")}
        await limiter.all_wait.wait()
        for name in ("third", "second", "first"):
            limiter.gates[name].set()
            await leaving[name]
            if name == "third":
                await submissions.wake_called(lambda: orchestrations)
    await submissions.wake_called(lambda: orchestrations)

    assert sorted(orchestrations.woken) == ["after first", "after second", "after third"]


def test_what_decides_about_a_turn_is_read_from_the_job() -> None:
    """Its urgency, and its names; without a tenant the workspace stands for one."""
    job = a_job(an_order(urgency="low"), source={"door": "http"})
    urgent = replace(job, order=an_order(urgency="high", workspace="chem"), source={"door": "http", "tenant": "lab"})

    assert candidate_of(job) == Candidate(job.id, NOW.timestamp(), -1, (job.target, "default", "default"))
    assert candidate_of(urgent) == Candidate(job.id, NOW.timestamp(), 1, (job.target, "chem", "lab"))
    assert candidate_of(replace(job, order=an_order())).urgency == 0
