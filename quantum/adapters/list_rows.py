"""The rows that lists are read from, and their keys: among the jobs on their way, and among those that have ended.

What callers chose is in a key by its digest, or letter by letter as `quantum.jobs.lists` spells it: nothing that a key
may not hold, and never longer than a key may be. What no key says is in columns.
"""

import hashlib
import json
import operator
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from quantum.adapters.tables import Query
from quantum.jobs.lists import CHOICES, FIRST, PAST, Listing, Ordering, Series, all_series, letters, place_of, values
from quantum.jobs.model import Job

OPEN = "open"  # the partition of jobs on their way: one transaction writes all rows of a job
SHOWN = "list."  # row keys of that partition that lists read; before them are ids
# Digits of a time that ended jobs share within a partition: less than three hours, for the service may look at all of
# the first partition in which a page lies.
PERIOD = 6
SAMPLED = "sampled"  # a column of some rows, which a search comes back with whatever it looks for
SAMPLE = 256  # one job of so many has it, by the digest of its id
TESTS = {"eq": operator.eq, "ge": operator.ge, "lt": operator.lt}


def content(job: Job) -> dict[str, Any]:
    """What a row says of a job."""
    return {"job": json.dumps(job.to_wire(), separators=(",", ":"))}


def columns(job: Job) -> dict[str, Any]:
    """What lists are filtered by, of jobs in a range of keys."""
    at = place_of(job, Ordering.OLDEST).partition("-")[0]
    chosen = dict(_column(choice, value) for choice in CHOICES for value in values(job, choice))
    sampled = {SAMPLED: True} if int(_digest([job.id]), 16) % SAMPLE == 0 else {}
    return {"phase": job.phase.value, "name": letters(job.order.name), "at": at} | chosen | sampled


@dataclass(frozen=True)
class Search:
    """Tests of columns that the rows of a list pass, within a range of keys: a column, a test, a value."""

    tests: tuple[tuple[str, str, Any], ...]

    def within(self, keys: Query) -> Query:
        """Ask for the rows that pass, and for samples of the others, which tell how far the service has come."""
        if not self.tests:
            return keys
        passing = " and ".join(f"{column} {test} @{column}{test}" for column, test, _ in self.tests)
        text = f"{keys.text} and ( {passing} or {SAMPLED} eq @{SAMPLED} )"
        sought = {f"{column}{test}": value for column, test, value in self.tests}
        return Query(text, {**keys.values, **sought, SAMPLED: True})

    def finds(self, row: Mapping[str, Any]) -> bool:
        """Whether a row passes, or is a sample only."""
        return all(column in row and TESTS[test](row[column], value) for column, test, value in self.tests)


def ended_search(listing: Listing) -> Search:
    """What is left to look for in a list's range of keys, among the jobs that have ended."""
    rest = listing.scanned
    since, until = rest.between
    tests: list[tuple[str, str, Any]] = []
    for column, value in [*(_column(*each) for each in rest.chosen), ("phase", rest.phase)]:
        tests += [(column, "eq", value)] if value else []
    if name := letters(rest.name):
        tests += [("name", "ge", name), ("name", "lt", name + PAST)]
    tests += [("at", test, at) for test, at in (("ge", since), ("lt", until)) if at]
    return Search(tuple(tests))


def open_search(listing: Listing) -> Search:
    """The same among the jobs on their way, whose keys say nothing of what jobs are chosen by."""
    rest = ended_search(listing).tests
    series = listing.series
    if not series.choice:
        return Search(rest)
    column, value = _column(series.choice, series.value)
    return Search(((column, "eq", value), *rest))


def open_rows(job: Job) -> list[dict[str, Any]]:
    """The rows of a job on its way, one for each order: whatever becomes of the job, their keys stay."""
    said = content(job) | columns(job)
    return [{"PartitionKey": OPEN, "RowKey": f"{SHOWN}{order}={place_of(job, order)}"} | said for order in Ordering]


def open_range(listing: Listing, after: str, end: str) -> Query:
    """The keys from one place to another in a list's order, among all jobs on their way."""
    key = f"{SHOWN}{listing.order}="
    text = "PartitionKey eq @partition and RowKey gt @after and RowKey lt @end"
    return Query(text, {"partition": OPEN, "after": key + after, "end": key + end})


def ended_rows(job: Job) -> Iterator[dict[str, Any]]:
    """The rows of a job that has ended, one for each of its series."""
    said = content(job) | columns(job)
    for series in all_series(job):
        place = place_of(job, series.order)
        yield {"PartitionKey": _partition(series, place), "RowKey": place} | said


def ended_range(listing: Listing, after: str, end: str) -> Query:
    """The keys from one place to another in a list's series, among the jobs that have ended.

    Row keys sort as the partitions do.
    """
    text = "PartitionKey ge @first and PartitionKey le @last and RowKey gt @after and RowKey lt @end"
    first, last = (_partition(listing.series, place) for place in (after, end))
    return Query(text, {"first": first, "last": last, "after": after, "end": end})


def digest_of(series: Series) -> str:
    """Spell which series it is, at the beginning of its partitions."""
    return _digest([series.order, series.choice, series.value])


def place_in(row: Mapping[str, Any]) -> str:
    """Where a row's job stands in the list that the row was read for."""
    key = str(row["RowKey"])
    return key.rpartition("=")[2]


def _column(choice: str, value: str) -> tuple[str, Any]:
    """A column that a job is chosen by: its tags have one each."""
    return (f"tag{_digest([value])}", True) if choice == "tag" else (choice, value)


def _digest(texts: Sequence[str]) -> str:
    return hashlib.sha256(json.dumps(texts).encode()).hexdigest()[:32]


def _partition(series: Series, place: str) -> str:
    """The partition of a place in a series: by a time's first digits, after the name where that is the order."""
    name, mark, at = place.partition(FIRST) if series.order is Ordering.NAME else ("", "", place)
    return f"{digest_of(series)}.{name}{mark}{at[:PERIOD]}"
