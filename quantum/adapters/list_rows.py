"""The rows that lists are read from, and their keys: among the jobs on their way, and among those that have ended.

What callers chose is in a key by its digest, or letter by letter as `quantum.jobs.lists` spells it: nothing that a key
may not hold, and never longer than a key may be. What no key says is in columns.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from quantum.adapters.tables import Query
from quantum.jobs.lists import CHOICES, FIRST, PAST, Listing, Ordering, Series, all_series, letters, place_of, values
from quantum.jobs.model import Job

OPEN = "open"  # the partition of jobs on their way: one transaction writes all rows of a job
SHOWN = "list."  # row keys of that partition that lists read; before them are ids
# Digits of a time that ended jobs share within a partition: less than three hours, for the service may look at all of
# the first partition in which a page lies.
PERIOD = 6


def content(job: Job) -> dict[str, Any]:
    """What a row says of a job."""
    return {"job": json.dumps(job.to_wire(), separators=(",", ":"))}


def columns(job: Job) -> dict[str, Any]:
    """What lists are filtered by, of jobs in a range of keys."""
    at = place_of(job, Ordering.OLDEST).partition("-")[0]
    chosen = dict(_column(choice, value) for choice in CHOICES for value in values(job, choice))
    return {"phase": job.phase.value, "name": letters(job.order.name), "at": at} | chosen


def matching(listing: Listing) -> Query:
    """Ask for the jobs that a list's range of keys does not choose by itself."""
    rest = listing.scanned
    since, until = rest.between
    tests: list[tuple[str, str, Any]] = [(*_column(*each), "eq") for each in rest.chosen]
    tests += [("phase", rest.phase, "eq")] if rest.phase else []
    tests += [("name", letters(rest.name), "ge"), ("name", letters(rest.name) + PAST, "lt")] if rest.name else []
    tests += [("at", since, "ge")] if since else []
    tests += [("at", until, "lt")] if until else []
    text = " and ".join(f"{column} {test} @{column}{test}" for column, _, test in tests)
    return Query(text, {f"{column}{test}": value for column, value, test in tests})


def open_rows(job: Job) -> list[dict[str, Any]]:
    """The rows of a job on its way, one for each order: whatever becomes of the job, their keys stay."""
    said = content(job) | columns(job)
    return [{"PartitionKey": OPEN, "RowKey": f"{SHOWN}{order}={place_of(job, order)}"} | said for order in Ordering]


def open_range(listing: Listing, after: str, end: str) -> Query:
    """The keys from one place to another in a list's order, among all jobs on their way."""
    key = f"{SHOWN}{listing.order}="
    text = "PartitionKey eq @partition and RowKey gt @after and RowKey lt @end"
    return Query(text, {"partition": OPEN, "after": key + after, "end": key + end})


def open_matching(listing: Listing) -> Query:
    """Ask for a list's jobs among those on their way, whose keys say nothing of what jobs are chosen by."""
    choice, value = listing.series.choice, listing.series.value
    rest = matching(listing)
    if not choice:
        return rest
    column, said = _column(choice, value)
    return Query(f"{column} eq @chosen", {"chosen": said}) & rest


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
