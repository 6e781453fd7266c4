"""A place is taken before any work for a job begins, and given back as soon as it is not needed."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from activities.stage_input import stage_input
from activities.submit_job import submit_job
from orchestrators.messages import NoPlace, NotSubmitted, Staged, StageInput, SubmitJob, Submitted, Unavailable
from quantum import wiring
from quantum.app import App as RealApp
from quantum.jobs.errors import ServiceUnavailableError
from quantum.jobs.limiter import Admitted
from quantum.jobs.model import Job
from quantum.jobs.places import FIRST_PAUSE, Candidate
from quantum.service.submissions import KEY
from tests.support.builders import NOW, QIR, App, a_job, a_program, with_progress
from tests.support.fakes.activities import call
from tests.support.fakes.limiter import InMemoryLimiter
from tests.support.fakes.orchestrations import InMemoryOrchestrations

OTHER = Candidate("11111111-1111-5111-8111-111111111111", NOW.timestamp() - 60)
YOUNGER = Candidate("22222222-2222-5222-8222-222222222222", NOW.timestamp() + 60)


class OneAtATime(InMemoryLimiter):
    """A limiter with one place, which may be out of order."""

    is_down = False

    def __init__(self) -> None:
        super().__init__(1, lambda: NOW)

    async def release(self, key: str, job_id: str) -> Admitted:
        """Give a place back."""
        if self.is_down:
            raise ServiceUnavailableError("down")
        return await super().release(key, job_id)

    @property
    def holders(self) -> list[str]:
        """Who has the place."""
        return list(self.lines[KEY].holders)


@pytest.fixture
def limiter() -> OneAtATime:
    """The limiter."""
    return OneAtATime()


@pytest.fixture
def served(app: App, limiter: OneAtATime) -> Iterator[RealApp]:
    """The app with room for one job."""
    app.blobs.contents[a_program().blob] = QIR.encode()
    with wiring.standing_in(replace(app.services, limiter=limiter)) as served:
        yield served


@pytest.fixture
def job() -> Job:
    """A job."""
    return a_job()


@pytest.mark.usefixtures("served")
async def test_a_place_lasts_from_staging_to_submission(limiter: OneAtATime, job: Job) -> None:
    """And not longer."""
    assert isinstance(await call(stage_input, StageInput(job)), Staged)
    staged = limiter.holders

    submitted = await call(submit_job, SubmitJob(job))

    assert isinstance(submitted, Submitted)
    assert (staged, limiter.holders) == ([job.id], [])


@pytest.mark.usefixtures("served")
async def test_without_a_place_nothing_happens(app: App, limiter: OneAtATime, job: Job) -> None:
    """Neither is the program copied nor the phase written."""
    await limiter.take(KEY, OTHER)
    await app.index.claim(job, "d")

    outcomes = [await call(stage_input, StageInput(job)), await call(submit_job, SubmitJob(job))]

    assert outcomes == [NoPlace(FIRST_PAUSE), NoPlace(FIRST_PAUSE)]
    assert (app.workspace.inputs, app.workspace.jobs) == ({}, {})
    entry = await app.index.find(job.id)
    assert entry is not None
    assert entry.job == job


@pytest.mark.usefixtures("served")
async def test_a_cancelled_job_leaves_the_line(app: App, limiter: OneAtATime, job: Job) -> None:
    """Though it has no place."""
    await limiter.take(KEY, OTHER)
    await app.index.claim(job, "d")
    await call(stage_input, StageInput(job))
    await app.index.request_cancel(job.id, "2026-11-21T09:00:00.000Z")

    outcomes = [await call(stage_input, StageInput(job)), await call(submit_job, SubmitJob(job))]

    assert outcomes == [NotSubmitted("cancel")] * 2
    assert limiter.lines[KEY].waiters == ()


@pytest.mark.usefixtures("served")
async def test_a_job_that_may_be_submitted_is_stopped_by_the_next_step(app: App, limiter: OneAtATime, job: Job) -> None:
    """As one with a place."""
    await limiter.take(KEY, OTHER)
    await app.index.claim(job, "d")
    await app.index.request_cancel(job.id, "2026-11-21T09:00:00.000Z")

    assert await call(stage_input, StageInput(with_progress(job, may_be_submitted=True))) == Staged()


async def test_an_attempt_that_fails_gives_its_place_to_the_next(
    served: RealApp, app: App, limiter: OneAtATime, job: Job
) -> None:
    """Which is woken once, and has it for the asking."""
    app.workspace.failure = ServiceUnavailableError("down")
    await limiter.take(KEY, Candidate(job.id, NOW.timestamp()))
    await limiter.take(KEY, YOUNGER)
    engine = InMemoryOrchestrations()

    outcome = await call(stage_input, StageInput(job))
    for _ in range(2):
        await served.submissions.wake_called(lambda: engine)

    assert isinstance(outcome, Unavailable)
    assert engine.woken == [YOUNGER.job_id]
    assert (await limiter.take(KEY, YOUNGER)).pause_seconds is None


@pytest.mark.usefixtures("served")
async def test_a_place_that_cannot_be_given_back_expires(limiter: OneAtATime, job: Job) -> None:
    """The job is submitted without regard to that."""
    await call(stage_input, StageInput(job))
    limiter.is_down = True

    assert isinstance(await call(submit_job, SubmitJob(job)), Submitted)
