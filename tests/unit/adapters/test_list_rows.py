"""The keys of the rows that lists read: a piece of them is the list, whatever the jobs and whatever is asked."""

import operator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from quantum.adapters.list_rows import ended_range, ended_rows, open_range, open_rows, place_in, table_of
from quantum.jobs.lifecycle import Phase
from quantum.jobs.lists import LISTS, Listing, Ordering, place_of
from quantum.jobs.model import Job
from quantum.wire import codec as wire
from tests.builders import NOW, a_job, an_order
from tests.fakes.index import fits

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
    created = wire.timestamp(draw(st.sampled_from(MOMENTS)))
    phase = draw(st.sampled_from(Phase))
    return replace(a_job(order), id=str(UUID(int=draw(st.integers(0, 2**128 - 1)))), created_at=created, phase=phase)


@st.composite
def listings(draw: st.DrawFn) -> Listing:
    """Any list that may be asked for."""
    order = draw(st.sampled_from(Ordering))
    tags = [f"{name}={text}" for name, text in TAGS[-1].items()]
    known = {"workspace": ["default", "other"], "provider": ["ionq", "none"], "target": TARGETS, "tag": tags}
    selection = draw(st.sampled_from(LISTS[order]))
    chosen = tuple((choice, draw(st.sampled_from(known[choice]))) for choice in selection)
    listing = Listing(order, chosen, draw(st.sampled_from(["", *map(str, Phase)])))
    if order is Ordering.NAME:
        return replace(listing, name=draw(st.sampled_from(["", "b", "bell", "B", "\N{SNOWMAN}" * 64])))
    bound: st.SearchStrategy[datetime | None] = st.none() | st.sampled_from(MOMENTS)
    return replace(listing, since=draw(bound), until=draw(bound))


def read(rows: list[dict[str, Any]], query: tuple[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Read a key range as a table would."""
    words, values = query
    tests = {"eq": operator.eq, "gt": operator.gt, "ge": operator.ge, "lt": operator.lt, "le": operator.le}
    clauses = [clause.split() for clause in words.split(" and ")]
    found = [row for row in rows if all(tests[test](row.get(key), values[name[1:]]) for key, test, name in clauses)]
    return sorted(found, key=lambda row: (row["PartitionKey"], row["RowKey"]))


@settings(deadline=None, max_examples=1000)
@given(st.lists(jobs(), max_size=12, unique_by=lambda job: job.id), listings(), st.integers(0, 12))
def test_a_key_range_is_the_list(known: list[Job], listing: Listing, passed: int) -> None:
    """From its beginning or from any place in it, among jobs on their way as among jobs that have ended."""
    expected = sorted(place_of(job, listing.order) for job in known if fits(job, listing))
    after = expected[passed - 1] if 0 < passed <= len(expected) else listing.piece[0]
    expected = [place for place in expected if place > after]
    opened = [row for job in known for row in open_rows(job)]
    ended = [row for job in known for table, row in ended_rows(job) if table == table_of(listing.series)]

    found = [read(opened, open_range(listing, after)), read(ended, ended_range(listing, after, listing.piece[1]))]

    assert [[place_in(row) for row in rows] for rows in found] == [expected, expected]


@settings(deadline=None)
@given(jobs())
def test_keys_can_be_kept(job: Job) -> None:
    """No key holds what a key may not, or is longer than one may be; tables have names that tables may have."""
    rows = [*open_rows(job), *(row for _, row in ended_rows(job))]

    keys = [row[name] for row in rows for name in ("PartitionKey", "RowKey")]

    assert not any(ILLEGAL & set(key) or len(key) > 512 or not key.isascii() for key in keys)
    assert all(table.isalnum() and len(table) <= 63 for table, _ in ended_rows(job))


def test_nothing_that_becomes_of_a_job_moves_its_rows() -> None:
    """Another phase, another target: the same keys, so that each change is the same few writes."""
    job = a_job(an_order(tags=TAGS[-1], fallback_targets=("rigetti.qpu",)))

    changed = job.failed_over().moved_to(Phase.STAGING, NOW)

    assert [row["RowKey"] for row in open_rows(changed)] == [row["RowKey"] for row in open_rows(job)]
