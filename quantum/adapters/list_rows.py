"""The rows of lists and their keys, for open jobs and for ended ones.

Callers' texts are in keys as digests, or encoded by `quantum.jobs.lists`, so that every key is valid and short enough.
Other filters are columns.
"""

import hashlib
import json
import operator
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from quantum.adapters.table_wire import Query, Row
from quantum.jobs.lists import (
    CHOICES,
    FIRST,
    PAST,
    Listing,
    Ordering,
    Series,
    all_series,
    key_text,
    position_from,
    position_of,
    values,
)
from quantum.jobs.model import Job

OPEN = "open"  # the partition of open jobs; their keys are their positions among the newest
# Digits of a time that ended jobs share within a partition: less than three hours, for the service may look at all of
# the first partition in which a page lies.
PERIOD = 6
SAMPLED = "sampled"  # a column of some rows, which every scan returns
SAMPLE = 256  # one job in so many has it, by the digest of its id
ALL_NEWEST = Series(Ordering.NEWEST)
TESTS = {"eq": operator.eq, "ge": operator.ge, "lt": operator.lt}


def content(job: Job) -> dict[str, Any]:
    """Encode a job as a column."""
    return {"job": json.dumps(job.to_wire(), separators=(",", ":"))}


def filter_columns(job: Job) -> dict[str, Any]:
    """Return the columns that a scan filters by."""
    at = position_of(job, Ordering.OLDEST).partition("-")[0]
    chosen = dict(_column(choice, value) for choice in CHOICES for value in values(job, choice))
    sampled = {SAMPLED: True} if int(_digest([job.id]), 16) % SAMPLE == 0 else {}
    return {"phase": job.phase.value, "name": key_text(job.order.name), "at": at} | chosen | sampled


@dataclass(frozen=True)
class Search:
    """The filter of a scan within a range of keys: tests of a column, an operator and a value."""

    tests: tuple[tuple[str, str, Any], ...]

    def within(self, keys: Query) -> Query:
        """Query the matching rows, and samples of the others, which show the progress of the scan."""
        if not self.tests:
            return keys
        passing = " and ".join(f"{column} {test} @{column}{test}" for column, test, _ in self.tests)
        text = f"{keys.text} and ( {passing} or {SAMPLED} eq @{SAMPLED} )"
        sought = {f"{column}{test}": value for column, test, value in self.tests}
        return Query(text, {**keys.values, **sought, SAMPLED: True})

    def strictly(self, keys: Query) -> Query:
        """Query the matching rows alone."""
        texts = [f"{column} {test} @{column}{test}" for column, test, _ in self.tests]
        return keys & Query(" and ".join(texts), {f"{column}{test}": value for column, test, value in self.tests})

    def matches(self, row: Mapping[str, Any]) -> bool:
        """Say whether a row matches, or is only a sample."""
        return all(column in row and TESTS[test](row[column], value) for column, test, value in self.tests)


def ended_search(listing: Listing) -> Search:
    """Return the scan within a list's range of keys, for ended jobs."""
    rest = listing.remaining
    since, until = rest.time_range
    tests: list[tuple[str, str, Any]] = []
    for column, value in [*(_column(*each) for each in rest.chosen), ("phase", rest.phase)]:
        tests += [(column, "eq", value)] if value else []
    if name := key_text(rest.name):
        tests += [("name", "ge", name), ("name", "lt", name + PAST)]
    tests += [("at", test, at) for test, at in (("ge", since), ("lt", until)) if at]
    return Search(tuple(tests))


def open_search(listing: Listing) -> Search:
    """Return the scan for open jobs, whose keys contain a time and no filter."""
    tests = ended_search(listing).tests
    series, name = listing.series, key_text(listing.name)
    if series.choice:
        column, value = _column(series.choice, series.value)
        tests = ((column, "eq", value), *tests)
    if listing.order is Ordering.NAME and name:
        tests = (("name", "ge", name), ("name", "lt", name + PAST), *tests)
    return Search(tests)


def open_row(job: Job) -> Row:
    """Make the row of an open job; its key never changes."""
    return {"PartitionKey": OPEN, "RowKey": position_of(job, Ordering.NEWEST)} | content(job) | filter_columns(job)


def open_range(after: str, end: str) -> Query:
    """Query the keys between two positions among all open jobs, newest first."""
    text = "PartitionKey eq @partition and RowKey gt @after and RowKey lt @end"
    return Query(text, {"partition": OPEN, "after": after, "end": end})


def open_position(row: Mapping[str, Any], order: Ordering) -> str:
    """Return the position of an open job's row in an order."""
    return position_from(str(row["RowKey"]), str(row["name"]), order)


def ended_keys(newest: str) -> tuple[str, str]:
    """Return the keys of an ended job's row among all jobs, from its position there."""
    return _partition(ALL_NEWEST, newest), newest


def ended_rows(job: Job) -> Iterator[Row]:
    """Make the rows of an ended job, one for each of its series."""
    columns_of_job = content(job) | filter_columns(job)
    for series in all_series(job):
        position = position_of(job, series.order)
        yield {"PartitionKey": _partition(series, position), "RowKey": position} | columns_of_job


def ended_range(listing: Listing, after: str, end: str) -> Query:
    """Query the keys between two positions in a list's series, among ended jobs.

    Row keys sort as the partitions do.
    """
    text = "PartitionKey ge @first and PartitionKey le @last and RowKey gt @after and RowKey lt @end"
    first, last = (_partition(listing.series, position) for position in (after, end))
    return Query(text, {"first": first, "last": last, "after": after, "end": end})


def digest_of(series: Series) -> str:
    """Return the digest of a series, with which its partition keys begin."""
    return _digest([series.order, series.choice, series.value])


def _column(choice: str, value: str) -> tuple[str, Any]:
    """Return the column of a filter: each tag has its own."""
    return (f"tag{_digest([value])}", True) if choice == "tag" else (choice, value)


def _digest(texts: Sequence[str]) -> str:
    return hashlib.sha256(json.dumps(texts).encode()).hexdigest()[:32]


def _partition(series: Series, position: str) -> str:
    """Return the partition key of a position: the first digits of its time, after the name in the order by name."""
    name, mark, at = position.partition(FIRST) if series.order is Ordering.NAME else ("", "", position)
    return f"{digest_of(series)}.{name}{mark}{at[:PERIOD]}"
