"""The JobIndex port: the fake and Table storage keep the same promises."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from quantum import wire
from quantum.adapters.job_index import AzureTableJobIndex
from quantum.lifecycle import Phase
from quantum.model import Failure, Fault, Job
from quantum.ports import Entry, JobIndex
from quantum.settings import StorageSettings
from tests.builders import NOW, a_job, an_order
from tests.fakes.index import InMemoryJobIndex


@pytest.fixture(params=["memory", "azurite", "azure"])
async def index(request: pytest.FixtureRequest, storage: Callable[[str], StorageSettings]) -> AsyncIterator[JobIndex]:
    """An index."""
    found = InMemoryJobIndex() if request.param == "memory" else AzureTableJobIndex(storage(request.param))
    yield found
    await found.close()


def new_job(name: str = "bell", seconds: int = 0, target: str = "ionq.simulator") -> Job:
    """A job that nobody has claimed."""
    created = wire.timestamp(NOW + timedelta(seconds=seconds))
    return replace(a_job(an_order(name=name, target=target)), id=str(uuid4()), created_at=created)


async def test_a_claimed_job_is_found(index: JobIndex) -> None:
    """With everything that it carries, and the digest of its order."""
    job = replace(
        new_job(),
        error=Failure("InvalidOrder", "é\u202e", (Fault("shots", "x", 1, 2),)),
        warnings=("a",),
        cost={"e": None},
    )

    assert await index.claim(job, "digest")

    assert await index.find(job.id) == Entry(job, "digest")


async def test_an_unknown_id_is_not_found(index: JobIndex) -> None:
    """It is no error."""
    assert await index.find(str(uuid4())) is None


async def test_of_many_claims_of_one_id_one_succeeds(index: JobIndex) -> None:
    """However close together they come."""
    job = new_job()

    claimed = await asyncio.gather(*(index.claim(job, f"digest {n}") for n in range(8)))

    assert sorted(claimed) == [False] * 7 + [True]
    entry = await index.find(job.id)
    assert entry is not None
    assert entry.digest == f"digest {claimed.index(True)}"


async def test_progress_keeps_the_claim_and_its_digest(index: JobIndex) -> None:
    """A job that is written over still belongs to its order."""
    job = new_job()
    await index.claim(job, "digest")
    moved = job.moved_to(Phase.STAGING, NOW)

    await index.record(moved)

    assert await index.find(job.id) == Entry(moved, "digest")
    assert not await index.claim(job, "digest")


async def test_a_wish_to_cancel_outlives_progress(index: JobIndex) -> None:
    """The orchestration that does not know of it yet does not wipe it out."""
    job = new_job()
    await index.claim(job, "digest")
    await index.request_cancel(job.id)
    await index.record(job.moved_to(Phase.STAGING, NOW))

    entry = await index.find(job.id)

    assert entry is not None
    assert (entry.job.cancel_requested, entry.job.phase) == (True, Phase.STAGING)


async def open_ids(index: JobIndex) -> set[str]:
    """The ids of jobs that may not have ended."""
    return {job_id async for job_id in index.open_ids()}


async def test_open_jobs_are_listed_by_their_workspace(index: JobIndex) -> None:
    """So that one with jobs on their way is not removed."""
    here, there = (replace(new_job(), order=an_order(workspace=name)) for name in ("chem", "bio"))
    for job in (here, there):
        await index.claim(job, "digest")

    found = {job_id async for job_id in index.open_ids("chem")}

    assert found & {here.id, there.id} == {here.id}


async def test_a_claimed_job_is_open_until_it_is_closed(index: JobIndex) -> None:
    """Housekeeping finds it whether it was started or not; closed twice, it is the same."""
    job, other = new_job(), new_job()
    for each in (job, other):
        await index.claim(each, "digest")
    opened = await open_ids(index)

    await index.close_id(job.id)
    await index.close_id(job.id)

    assert opened >= {job.id, other.id}
    assert await open_ids(index) & {job.id, other.id} == {other.id}


async def test_a_job_that_has_ended_before_it_began_is_not_open(index: JobIndex) -> None:
    """An order that was rejected needs no looking after."""
    job = new_job().moved_to(Phase.REJECTED, NOW)

    await index.claim(job, "")

    assert job.id not in await open_ids(index)


async def test_jobs_are_listed_newest_first_page_by_page(index: JobIndex) -> None:
    """Nothing is missed and nothing comes twice."""
    name = uuid4().hex
    jobs = [new_job(name, seconds) for seconds in range(5)]
    for job in jobs:
        await index.claim(job, "digest")

    listed: list[str] = []
    continuation: str | None = None
    sizes: list[int] = []
    while continuation or not sizes:
        page, continuation = await index.page({"name": name}, 2, continuation)
        listed += [job.id for job in page]
        sizes.append(len(page))

    assert listed == [job.id for job in reversed(jobs)]
    assert sizes == [2, 2, 1]


async def test_lists_are_filtered_by_everything_that_is_asked(index: JobIndex) -> None:
    """Phase as it is now, target, and how the name begins."""
    name = uuid4().hex
    moved, other = new_job(f"{name}-a"), new_job(f"{name}-b", target="ionq.qpu")
    for job in (moved, other):
        await index.claim(job, "digest")
    await index.record(moved.moved_to(Phase.STAGING, NOW))

    async def ids(**filters: str) -> set[str]:
        page, _ = await index.page({"name": name} | filters, 10, None)
        return {job.id for job in page}

    assert await ids() == {moved.id, other.id}
    assert await ids(phase="staging") == {moved.id}
    assert await ids(phase="accepted") == {other.id}
    assert await ids(target="ionq.qpu") == {other.id}
    assert await ids(name=f"{name}-a") == {moved.id}
    assert await ids(phase="staging", target="ionq.qpu") == set()


async def test_a_filter_is_never_taken_for_a_query(index: JobIndex) -> None:
    """Quotes are letters like others."""
    page, continuation = await index.page({"target": "' or '1' eq '1", "name": "o'"}, 10, None)

    assert (list(page), continuation) == ([], None)


async def test_a_token_of_another_list_is_refused(index: JobIndex) -> None:
    """Rather than a page that is wrong."""
    name = uuid4().hex
    for seconds in range(2):
        await index.claim(new_job(name, seconds), "digest")
    _, continuation = await index.page({"name": name}, 1, None)

    assert continuation
    for token in ("nonsense", continuation):
        with pytest.raises(ValueError, match="continuation is not a token of this list"):
            await index.page({"name": "another"}, 1, token)


async def test_an_index_that_can_be_used_says_nothing(index: JobIndex) -> None:
    """Health is the absence of an error."""
    assert await index.check() is None  # type: ignore[func-returns-value]  # that it does is what is promised
