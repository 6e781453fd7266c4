"""The JobIndex port: the fake and Table storage keep the same promises."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from quantum.adapters.job_index import AzureTableJobIndex
from quantum.adapters.tables import Tables
from quantum.contract.fields import Fault
from quantum.jobs.lifecycle import Phase
from quantum.jobs.lists import Listing, Ordering
from quantum.jobs.model import Failure, Job, RemoteState
from quantum.ports import Entry, JobIndex
from quantum.settings import StorageSettings
from quantum.wire import codec
from tests.support.builders import NOW, a_job, an_order
from tests.support.fakes.index import InMemoryJobIndex
from tests.support.fakes.tables import NOWHERE, InMemoryTables


@pytest.fixture(params=["memory", "tables", "azurite", "azurite in one table", "azure"])
async def index(request: pytest.FixtureRequest, storage: Callable[[str], StorageSettings]) -> AsyncIterator[JobIndex]:
    """An index; that on tables in memory has a service that breaks off whenever it has looked at two rows."""
    index_of_kind = an_index(request.param, storage)
    yield index_of_kind
    await index_of_kind.close()


def an_index(kind: str, storage: Callable[[str], StorageSettings]) -> InMemoryJobIndex | AzureTableJobIndex:
    """An index of a kind."""
    match kind:
        case "memory":
            return InMemoryJobIndex()
        case "tables":
            return AzureTableJobIndex(StorageSettings(NOWHERE), InMemoryTables(looks=2))
        case "azurite in one table":
            return AzureTableJobIndex(storage("azurite"), Tables(storage("azurite")))
        case _:
            return AzureTableJobIndex(storage(kind))


def new_job(name: str = "bell", seconds: int = 0, at: datetime = NOW, **order: Any) -> Job:
    """A job that nobody has claimed."""
    created = codec.timestamp(at + timedelta(seconds=seconds))
    return replace(a_job(an_order(name=name, **order)), id=str(uuid4()), created_at=created)


def ended(job: Job) -> Job:
    """The job when it has failed."""
    return job.moved_to(Phase.FAILED, NOW)


async def test_a_claimed_job_is_found(index: JobIndex) -> None:
    """With everything that it carries, and the digest of its order."""
    job = replace(
        new_job(),
        error=Failure("InvalidOrder", "é\u202e", (Fault("shots", "x", 1, 2),)),
        warnings=("a",),
        remote=RemoteState(cost={"e": None}),
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
    await index.request_cancel(job.id, "2026-11-21T09:00:00.000Z")
    await index.record(job.moved_to(Phase.STAGING, NOW))

    entry = await index.find(job.id)

    assert entry is not None
    assert (entry.job.cancel_requested, entry.job.phase) == (True, Phase.STAGING)
    assert entry.job.cancel_requested_at == "2026-11-21T09:00:00.000Z"


async def test_a_wake_outlives_progress(index: JobIndex) -> None:
    """Housekeeping finds when it last woke a job, whoever recorded the job since."""
    job = new_job()
    await index.claim(job, "digest")
    await index.note_wake(job.id, "2026-11-21T09:00:00.000Z")
    await index.note_wake(job.id, "2026-11-21T09:05:00.000Z")
    moved = job.moved_to(Phase.STAGING, NOW)
    await index.record(moved)

    assert await index.find(job.id) == Entry(moved, "digest", "2026-11-21T09:05:00.000Z")


async def open_ids(index: JobIndex) -> set[str]:
    """The ids of jobs that may not have ended."""
    return {entry.job.id async for entry in index.open_entries()}


async def test_open_jobs_are_listed_by_their_workspace(index: JobIndex) -> None:
    """So that one with jobs on their way is not removed."""
    here, there = (replace(new_job(), order=an_order(workspace=name)) for name in ("chem", "bio"))
    for job in (here, there):
        await index.claim(job, "digest")
    await index.record(here.moved_to(Phase.STAGING, NOW))

    ids = {entry.job.id async for entry in index.open_entries("chem")}

    assert ids & {here.id, there.id} == {here.id}


async def test_open_jobs_are_read_as_they_are(index: JobIndex) -> None:
    """Each with its present state, newest first, of all workspaces or one, until it is closed."""
    word = uuid4().hex
    jobs = [new_job(word, seconds, workspace=word) for seconds in range(3)]
    for job in [*jobs, new_job(word)]:
        await index.claim(job, "digest")
    moved = jobs[1].moved_to(Phase.STAGING, NOW)
    await index.record(moved)
    await index.record(ended(jobs[0]))
    await index.close_id(jobs[0].id)

    assert [job async for job in index.open_jobs(word)] == [jobs[2], moved]
    assert {job.id async for job in index.open_jobs()} >= {jobs[1].id, jobs[2].id}


async def test_a_job_is_open_until_it_has_ended_and_is_closed(index: JobIndex) -> None:
    """Housekeeping finds it whether it was started or not; closed twice, it is the same."""
    job, other = new_job(), new_job()
    for each in (job, other):
        await index.claim(each, "digest")
    opened = await open_ids(index)
    await index.record(ended(job))

    await index.close_id(job.id)
    await index.close_id(job.id)
    await index.close_id(other.id)

    assert opened >= {job.id, other.id}
    assert await open_ids(index) & {job.id, other.id} == {other.id}


async def test_an_order_that_was_rejected_is_closed_like_any_other(index: JobIndex) -> None:
    """Until then, it is where jobs on their way are: should the door die, it is still listed."""
    job = new_job(uuid4().hex).moved_to(Phase.REJECTED, NOW)
    await index.claim(job, "")
    before = await ids_of(index, Listing(Ordering.NAME, name=job.order.name))

    await index.close_id(job.id)

    assert job.id not in await open_ids(index)
    assert await ids_of(index, Listing(Ordering.NAME, name=job.order.name)) == before == [job.id]


async def ids_of(index: JobIndex, listing: Listing, top: int = 200) -> list[str]:
    """The ids that a list gives, all its pages long."""
    ids: list[str] = []
    continuation = None
    while True:
        jobs, continuation = await index.page(listing, top, continuation)
        assert len(jobs) <= top
        ids += [job.id for job in jobs]
        if continuation is None:
            return ids


@pytest.mark.parametrize(("order", "reverse"), [(Ordering.NEWEST, True), (Ordering.OLDEST, False)])
async def test_jobs_are_listed_in_order_page_by_page(index: JobIndex, order: Ordering, *, reverse: bool) -> None:
    """Nothing is missed and nothing comes twice, among jobs on their way and jobs that have ended."""
    since = NOW + timedelta(seconds=uuid4().int % 10**9)
    jobs = [new_job("listed", at=since + timedelta(hours=hours)) for hours in range(7)]
    for number, job in enumerate(jobs):
        await index.claim(job, "digest")
        if number % 2:
            await index.record(ended(job))
            await index.close_id(job.id)
    listing = Listing(order, since=since, until=since + timedelta(hours=6))

    listed = [await ids_of(index, listing, top) for top in (1, 2, 6, 10)]

    assert listed == [[job.id for job in sorted(jobs[:6], key=lambda job: job.created_at, reverse=reverse)]] * 4


@pytest.mark.parametrize("closed", [False, True])
async def test_lists_are_by_what_is_asked(index: JobIndex, *, closed: bool) -> None:
    """Phase as it is now, provider, target, workspace, tag, and how the name begins."""
    word = uuid4().hex
    job = new_job(f"{word} é-a", target=f"{word}.qpu", tags={"team": "a/b#c?", "x": word}, workspace=word)
    other = new_job(f"{word}-b", target=f"{word}.simulator")
    for each in (job, other):
        await index.claim(each, "digest")
    await index.record(job.moved_to(Phase.STAGING, NOW))
    await index.record(ended(job))
    if closed:
        await index.close_id(job.id)

    async def by(what: str, value: str, phase: str = "") -> list[str]:
        return await ids_of(index, Listing(chosen=((what, value),), phase=phase))

    assert set(await by("provider", word)) == {job.id, other.id}
    assert await by("provider", word, "failed") == await by("target", f"{word}.qpu") == [job.id]
    assert (
        await by("tag", f"x={word}")
        == await by("workspace", word)
        == await by("tag", f"x={word}", "failed")
        == [job.id]
    )
    assert await by("tag", f"x={word}", "staging") == await by("tag", f"team={word}") == []
    assert await by("provider", word, "accepted") == [other.id]
    assert await ids_of(index, Listing(Ordering.NAME, name=word)) == [job.id, other.id]
    assert await ids_of(index, Listing(Ordering.NAME, name=f"{word} é")) == [job.id]
    assert await ids_of(index, Listing(Ordering.NAME, (("target", f"{word}.simulator"),), name=word)) == [other.id]
    assert await ids_of(index, Listing(Ordering.NAME, phase="failed", name=word)) == [job.id]
    tagged = (("tag", f"x={word}"),)
    assert await ids_of(index, Listing(Ordering.NAME, tagged, name=f"{word} é")) == [job.id]


@pytest.mark.parametrize("closed", [False, True])
async def test_a_list_may_be_by_several_things(index: JobIndex, *, closed: bool) -> None:
    """Workspace, provider or target, a tag, a phase, how a name begins and times, in each order."""
    word = uuid4().hex
    orders: list[dict[str, Any]] = [
        {"target": f"{word}.qpu", "tags": {"run": word, "x": "1"}, "workspace": word},
        {"target": f"{word}.qpu", "tags": {"run": word}},
        {"target": f"{word}.simulator", "tags": {"run": word}, "workspace": word},
    ]
    jobs = [ended(new_job(f"{3 - seconds} bell", seconds, **order)) for seconds, order in enumerate(orders)]
    for job in jobs:
        await index.claim(job, "digest")
        if closed:
            await index.close_id(job.id)

    async def by(
        phase: str = "",
        order: Ordering = Ordering.NEWEST,
        name: str = "",
        since: datetime | None = None,
        **chosen: str,
    ) -> list[int]:
        ids = await ids_of(index, Listing(order, tuple(chosen.items()), phase, name, since))
        return [[job.id for job in jobs].index(job_id) for job_id in ids]

    assert await by(provider=word, tag=f"run={word}") == [2, 1, 0]
    assert await by(workspace=word, provider=word, tag=f"run={word}") == [2, 0]
    assert await by(target=f"{word}.qpu", tag=f"run={word}") == await by(target=f"{word}.qpu") == [1, 0]
    assert await by(target=f"{word}.qpu", tag="x=1") == await by("failed", workspace=word, tag="x=1") == [0]
    assert await by("succeeded", workspace=word, tag="x=1") == await by(workspace="none", tag="x=1") == []
    assert await by(order=Ordering.OLDEST, provider=word) == [0, 1, 2]
    assert await by(order=Ordering.NAME, provider=word) == await by(name="", provider=word) == [2, 1, 0]
    assert await by(order=Ordering.NAME, name="2", tag=f"run={word}") == await by(name="2", provider=word) == [1]
    second = NOW + timedelta(seconds=1)
    for order in Ordering:
        assert set(await by("failed", order, since=second, provider=word)) == {1, 2}
        assert await by("failed", order, "3", workspace=word, target=f"{word}.qpu", tag="x=1") == [0]


async def test_a_job_leaves_the_lists_of_its_former_target(index: JobIndex) -> None:
    """A fallback is another target, another provider, and the same job; told twice, it is the same."""
    word = uuid4().hex
    job = new_job(target=f"{word}a.qpu", fallback_targets=(f"{word}b.qpu",)).moved_to(Phase.STAGING, NOW)
    await index.claim(job, "digest")

    for _ in range(2):
        await index.record(job.failed_over())

    assert await ids_of(index, Listing(chosen=(("target", f"{word}a.qpu"),))) == []
    assert await ids_of(index, Listing(chosen=(("provider", f"{word}b"),))) == [job.id]


async def test_processes_that_tell_of_a_job_in_turns_agree(storage: Callable[[str], StorageSettings]) -> None:
    """What one remembers of its rows is checked against what another has written since."""
    one, other = (AzureTableJobIndex(storage("azurite")) for _ in range(2))
    word = uuid4().hex
    job = new_job(target=f"{word}a.qpu", fallback_targets=(f"{word}b.qpu",))
    await one.claim(job, "digest")
    staging, fallen = job.moved_to(Phase.STAGING, NOW), job.moved_to(Phase.STAGING, NOW).failed_over()

    for index, state in ((one, staging), (other, fallen), (one, fallen), (other, ended(fallen))):
        await index.record(state)

    assert await ids_of(one, Listing(chosen=(("target", f"{word}a.qpu"),))) == []
    assert await ids_of(one, Listing(chosen=(("target", f"{word}b.qpu"),), phase="staging")) == []
    assert await ids_of(other, Listing(chosen=(("target", f"{word}b.qpu"),), phase="failed")) == [job.id]
    for index in (one, other):
        await index.close()


async def test_what_is_told_by_many_at_once_leaves_no_trace_of_the_losers(index: JobIndex) -> None:
    """A job stands in the lists of one phase: that which was written last."""
    job = new_job(target=f"{uuid4().hex}.qpu")
    await index.claim(job, "digest")
    steps = [job.moved_to(Phase.STAGING, NOW), job.moved_to(Phase.EXPIRED, NOW), job.moved_to(Phase.REJECTED, NOW)]

    await asyncio.gather(*(index.record(step) for step in steps))

    phases = [
        phase for phase in Phase if await ids_of(index, Listing(chosen=(("target", job.target),), phase=phase.value))
    ]
    assert len(phases) == 1


async def test_a_job_that_is_told_of_after_it_was_closed_is_listed_once(index: JobIndex) -> None:
    """Its orchestration may say again what it said: the next housekeeping closes it again."""
    job = ended(new_job(uuid4().hex))
    await index.claim(job, "digest")
    await index.close_id(job.id)

    await index.record(job)

    assert await ids_of(index, Listing(Ordering.NAME, name=job.order.name)) == [job.id]
    assert job.id in await open_ids(index)


async def test_a_filter_is_never_taken_for_a_query(index: JobIndex) -> None:
    """Quotes are letters like others."""
    for listing in (Listing(chosen=(("target", "' or '1' eq '1"),)), Listing(Ordering.NAME, name="o' or '")):
        assert await ids_of(index, listing) == []


async def test_a_token_of_another_list_is_refused(index: JobIndex) -> None:
    """Rather than a page that is wrong: also one that somebody has changed."""
    name = uuid4().hex
    for seconds in range(2):
        await index.claim(new_job(name, seconds), "digest")
    listing = Listing(Ordering.NAME, name=name)
    _, continuation = await index.page(listing, 1, None)

    assert continuation
    for altered, token in (
        (listing, "nonsense"),
        (listing, continuation[:-8] + "AAAAAAAA"),
        (replace(listing, name="another"), continuation),
        (replace(listing, phase="failed"), continuation),
    ):
        with pytest.raises(ValueError, match="continuation is not a cursor of this list"):
            await index.page(altered, 1, token)


async def test_an_index_that_can_be_used_says_nothing(index: JobIndex) -> None:
    """Health is the absence of an error."""
    assert await index.check() is None  # type: ignore[func-returns-value]  # that it does is what is promised
