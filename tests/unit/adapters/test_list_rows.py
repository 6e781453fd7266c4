"""The rows that lists read, and the pages made of them: they are the list, whatever the jobs and whatever is asked."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quantum.adapters import list_pieces, list_rows
from quantum.adapters.job_index import AzureTableJobIndex
from quantum.adapters.list_pieces import ANSWERS, SAMPLES
from quantum.adapters.list_rows import ended_rows, open_row
from quantum.jobs.lifecycle import Phase
from quantum.jobs.lists import CHOICES, Listing, Ordering, position_of
from quantum.jobs.model import Job
from quantum.ports import Entry
from quantum.settings import StorageSettings
from quantum.storage import JOBS_TABLE, LISTS_TABLE, OPEN_TABLE
from quantum.wire import codec
from tests.support.builders import NOW, a_job, an_order
from tests.support.fakes.index import fits
from tests.support.fakes.tables import InMemoryTables

ANYWHERE = StorageSettings(None, table="https://none.table.core.windows.net")
MOMENTS = [NOW + timedelta(milliseconds=ms) for ms in (0, 1, 999_999, 10_000_000, 10_000_001, 10**9, 10**10)]
NAMES = ["bell", "bell 2", "Bell", "be", "b/ell", "bell~", "!", "$0", "\N{SNOWMAN}" * 70, "\U0001f600"]
TARGETS = ["ionq.simulator", "ionq.qpu", "rigetti.sim.qvm"]
TAGS: list[dict[str, str]] = [{}, {"team": "chem"}, {"team": "chem", "run": "a=b/#?\\"}]
ILLEGAL = set("/\\#?\t\n\r\x7f")


@st.composite
def jobs(draw: st.DrawFn) -> Job:
    """Any job, at one of a few moments so that some of them share theirs."""
    order = an_order(
        name=draw(st.sampled_from(NAMES)),
        target=draw(st.sampled_from(TARGETS)),
        tags=draw(st.sampled_from(TAGS)),
        workspace=draw(st.sampled_from(["default", "other"])),
    )
    created = codec.timestamp(draw(st.sampled_from(MOMENTS)))
    phase = draw(st.sampled_from(Phase))
    return replace(a_job(order), id=str(UUID(int=draw(st.integers(0, 2**128 - 1)))), created_at=created, phase=phase)


@st.composite
def listings(draw: st.DrawFn) -> Listing:
    """Any list that may be asked for: any filters, in any order."""
    tags = [f"{name}={text}" for name, text in TAGS[-1].items()]
    words = {"workspace": ["default", "other"], "provider": ["ionq", "none"], "target": TARGETS, "tag": tags}
    chosen = [(choice, draw(st.sampled_from(words[choice]))) for choice in CHOICES if draw(st.booleans())]
    bound: st.SearchStrategy[datetime | None] = st.none() | st.sampled_from(MOMENTS)
    return Listing(
        draw(st.sampled_from(Ordering)),
        tuple(chosen),
        draw(st.sampled_from(["", "", *map(str, Phase)])),
        draw(st.sampled_from(["", "", "b", "bell", "B", "\N{SNOWMAN}" * 64])),
        draw(bound),
        draw(bound),
    )


async def filled(tables: InMemoryTables, stored: Sequence[Job]) -> AzureTableJobIndex:
    """An index of jobs, in which those that have ended are filed if their ids are even."""
    index = AzureTableJobIndex(ANYWHERE, tables)
    for job in stored:
        await index.claim(job, "digest")
        if int(job.id[-1], 16) % 2 == 0:
            await index.close_id(job.id)
    return index


async def pages(index: AzureTableJobIndex, listing: Listing, top: int) -> list[list[str]]:
    """The ids on all pages of a list."""
    ids_by_page: list[list[str]] = []
    continuation = None
    while not ids_by_page or continuation:
        page, continuation = await index.page(listing, top, continuation)
        ids_by_page.append([job.id for job in page])
    return ids_by_page


@settings(deadline=None, max_examples=100)
@given(
    st.lists(jobs(), max_size=12, unique_by=lambda job: job.id),
    listings(),
    st.integers(1, 4),
    st.integers(1, 12),
    st.sampled_from([1, 2, 4, 256]),
)
def test_all_pages_together_are_the_list(
    stored: list[Job], listing: Listing, top: int, looks: int, sample: int
) -> None:
    """In its order, each job once, wherever the service breaks off, on their way or ended."""
    expected = [position_of(job, listing.order) for job in stored if fits(job, listing)]

    async def shown() -> list[list[str]]:
        return await pages(await filled(InMemoryTables(looks), stored), listing, top)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(list_rows, "SAMPLE", sample)
        patch.setattr(list_pieces, "SAMPLES", 2)
        ids_by_page = asyncio.run(shown())

    positions = {job.id: position_of(job, listing.order) for job in stored}
    assert [positions[job_id] for page in ids_by_page for job_id in page] == sorted(expected)
    assert max(map(len, ids_by_page)) <= top


@settings(deadline=None)
@given(jobs())
def test_keys_can_be_kept(job: Job) -> None:
    """No key holds what a key may not, or is longer than one may be."""
    keys = [row[name] for row in (open_row(job), *ended_rows(job)) for name in ("PartitionKey", "RowKey")]

    assert not any(ILLEGAL & set(key) or len(key) > 512 or not key.isascii() for key in keys)


def test_nothing_that_becomes_of_a_job_moves_its_row() -> None:
    """Another phase, another target: the same keys, so that each change is one write."""
    job = a_job(an_order(tags=TAGS[-1], fallback_targets=("rigetti.qpu",)))

    changed = job.failed_over().moved_to(Phase.STAGING, NOW)

    assert open_row(changed)["RowKey"] == open_row(job)["RowKey"]


@pytest.mark.parametrize(
    ("tags", "former"), [({}, 18), ({"team": "chem"}, 30), ({f"t{n}": "" for n in range(16)}, 210)]
)
async def test_a_job_that_has_ended_writes_a_third_of_the_rows_that_it_once_did(
    tags: dict[str, str], former: int
) -> None:
    """In three tables, in the layout for Azure."""
    tables = InMemoryTables()
    index = AzureTableJobIndex(ANYWHERE, tables)
    job = replace(a_job(an_order(tags=tags)), phase=Phase.SUCCEEDED)
    await index.claim(job, "digest")

    await index.close_id(job.id)

    assert tables.rows_by_table.keys() == {JOBS_TABLE, OPEN_TABLE, LISTS_TABLE}
    assert tables.written[LISTS_TABLE] == len(tables.rows_by_table[LISTS_TABLE]) == 5 + len(tags) <= former / 3
    assert tables.rows_by_table[OPEN_TABLE] == {}


async def test_a_change_of_phase_is_one_request() -> None:
    """It writes one row; nothing is read."""
    tables = InMemoryTables()
    index = AzureTableJobIndex(ANYWHERE, tables)
    await index.claim(a_job(), "digest")
    tables.requests.clear()

    await index.record(a_job().moved_to(Phase.STAGING, NOW))

    assert tables.requests == Counter(upsert=1)


async def test_a_job_whose_row_is_known_is_found_by_one_request() -> None:
    """Whoever claimed or recorded it knows its key; another process reads the claim first, once."""
    tables = InMemoryTables()
    claiming, other = (AzureTableJobIndex(ANYWHERE, tables) for _ in range(2))
    await claiming.claim(a_job(), "digest")
    tables.requests.clear()

    numbers = []
    for index in (claiming, other, other):
        assert await index.find(a_job().id) == Entry(a_job(), "digest")
        numbers.append(tables.requests.total())

    assert numbers == [1, 3, 4]


async def test_many_jobs_are_filed_by_few_requests() -> None:
    """One for each partition of a list and hundred rows, one for a hundred open rows; none of them is read."""
    tables = InMemoryTables()
    index = AzureTableJobIndex(ANYWHERE, tables)
    for number in range(100):
        await index.claim(replace(a_job(), id=str(UUID(int=number)), phase=Phase.SUCCEEDED), "digest")
    entries = [entry async for entry in index.open_entries()]
    tables.requests.clear()

    await index.close_entries(entries)

    assert tables.requests == Counter(submit=6)
    assert (tables.rows_by_table[OPEN_TABLE], len(tables.rows_by_table[LISTS_TABLE])) == ({}, 500)


async def test_what_has_changed_since_it_was_read_stays_open() -> None:
    """The others are filed."""
    tables = InMemoryTables()
    index = AzureTableJobIndex(ANYWHERE, tables)
    jobs = [replace(a_job(), id=str(UUID(int=number)), phase=Phase.SUCCEEDED) for number in range(3)]
    for job in jobs:
        await index.claim(job, "digest")
    entries = [entry async for entry in index.open_entries()]
    changed = replace(jobs[1], warnings=("late",))
    await index.record(changed)

    await index.close_entries(entries)

    assert [job async for job in index.open_jobs()] == [changed]
    assert [(await index.find(job.id) or Entry(job, "")).job for job in jobs] == [jobs[0], changed, jobs[2]]


async def an_ended_index(tables: InMemoryTables, number: int, **order: Any) -> AzureTableJobIndex:
    """An index of jobs that have ended, a second apart, of which only the oldest has what an order says."""
    index = AzureTableJobIndex(ANYWHERE, tables)
    for position in range(number):
        created = codec.timestamp(NOW + timedelta(seconds=position))
        job = replace(a_job(an_order(**order if position == 0 else {})), id=str(UUID(int=position)), created_at=created)
        await index.claim(replace(job, phase=Phase.SUCCEEDED), "digest")
        await index.close_id(job.id)
    tables.requests.clear()
    return index


@pytest.mark.parametrize(
    ("listing", "requests"),
    [
        (Listing(), 2),
        (Listing(phase="succeeded"), 2),
        (Listing(Ordering.OLDEST, since=NOW + timedelta(seconds=3)), 2),
        (Listing(Ordering.NAME, name="b"), 2),
        (Listing(chosen=(("workspace", "default"), ("provider", "ionq"))), 2),
        (Listing(phase="waiting"), 1),
    ],
)
async def test_a_page_is_one_request_to_each_place(listing: Listing, requests: int) -> None:
    """Whether it is a range of keys or a search that finds enough; what has not ended is in the first place alone."""
    tables = InMemoryTables()
    index = await an_ended_index(tables, 30)

    await index.page(listing, 5, None)

    assert tables.requests == Counter(answer=requests)


async def test_a_range_of_keys_is_a_full_page_whatever_comes_between() -> None:
    """A tag's only job among many: nothing else is looked at."""
    tables = InMemoryTables(looks=2)
    index = await an_ended_index(tables, 30, tags={"run": "7"})

    ids_by_page = await pages(index, Listing(chosen=(("tag", "run=7"),)), 5)

    assert (ids_by_page, tables.requests) == ([[str(UUID(int=0))]], Counter(answer=2))


async def test_a_search_ends_and_goes_on_from_where_it_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """After so many samples of what it is not looking for, at the last of them; nothing is looked at twice."""
    monkeypatch.setattr(list_rows, "SAMPLE", 1)
    tables = InMemoryTables()
    index = await an_ended_index(tables, 2 * SAMPLES + 1, target="rigetti.sim.qvm")

    ids_by_page = await pages(index, Listing(chosen=(("provider", "rigetti"),)), 5)

    assert (ids_by_page, tables.requests) == ([[], [], [str(UUID(int=0))]], Counter(answer=6))


async def test_a_search_ends_after_a_few_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the service takes its time; those that came to no sample do not count."""
    monkeypatch.setattr(list_rows, "SAMPLE", 10)
    tables = InMemoryTables(looks=1)
    index = await an_ended_index(tables, 40, target="rigetti.sim.qvm")

    ids_by_page = await pages(index, Listing(chosen=(("provider", "rigetti"),)), 5)

    assert [job_id for page in ids_by_page for job_id in page] == [str(UUID(int=0))]
    assert 1 < len(ids_by_page) <= 40 / ANSWERS
    assert tables.requests["answer"] <= 40 + len(ids_by_page) * (1 + ANSWERS)
