"""The rows that lists are read from, and their keys: among the jobs on their way, and among those that have ended.

What callers chose is in a key by its digest, or letter by letter as `quantum.jobs.lists` spells it: nothing that a key
may not hold, and never longer than a key may be.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from quantum.jobs.lists import CHOICES, Listing, Ordering, Series, all_series, place_of, values
from quantum.jobs.model import Job

OPEN_TABLE = "jobsopen"
OPEN = "open"  # the partition of jobs on their way: one transaction writes all rows of a job
SHOWN = "list."  # row keys of that partition that lists read; before them are ids
FORMERLY_SHOWN = ("list:", "list;")  # between these are those that a former version's lists read
FORMERLY_ENDED = "jobsnewestworkspace"  # a table of a former version, with each job that had ended once
PERIOD = 6  # digits of a place that ended jobs share within a partition: less than three hours
MILESTONES_TABLE = "jobsmilestones"
MILESTONE = 512  # one job of so many, by its id's digest, has its places noted


def content(job: Job) -> dict[str, Any]:
    """What a row tells of a job."""
    return {"job": json.dumps(job.to_wire(), separators=(",", ":"))}


def open_rows(job: Job) -> list[dict[str, Any]]:
    """The rows of a job on its way, one for each order: whatever becomes of the job, their keys stay."""
    chosen = [(choice, value) for choice in CHOICES for value in values(job, choice)]
    told = content(job) | dict(_column(*each) for each in chosen) | {"phase": job.phase.value}
    return [{"PartitionKey": OPEN, "RowKey": f"{SHOWN}{order}={place_of(job, order)}"} | told for order in Ordering]


def open_range(listing: Listing, after: str) -> tuple[str, dict[str, Any]]:
    """A query for a piece of a list, among the jobs on their way: few enough for the table to look through them."""
    key = f"{SHOWN}{listing.order}="
    query = "PartitionKey eq @partition and RowKey gt @after and RowKey lt @end"
    asked = dict(_column(*each) for each in listing.chosen) | ({"phase": listing.phase} if listing.phase else {})
    query = " and ".join([query, *(f"{column} eq @{column}" for column in asked)])
    return query, {"partition": OPEN, "after": key + after, "end": key + listing.piece[1]} | asked


def ended_rows(job: Job) -> Iterator[tuple[str, dict[str, Any]]]:
    """The rows of a job that has ended, each with its table."""
    told = content(job)
    noted = int(_digest([job.id]), 16) % MILESTONE == 0
    for series in (replace(series, phase=phase) for series in all_series(job) for phase in ("", job.phase.value)):
        place = place_of(job, series.order)
        yield table_of(series), {"PartitionKey": _partition(series, place), "RowKey": place} | told
        if noted:
            yield MILESTONES_TABLE, {"PartitionKey": _milestones_of(series), "RowKey": place}


def ended_range(listing: Listing, after: str, end: str) -> tuple[str, dict[str, str]]:
    """A query for a piece of a list from one place to another, among the jobs that have ended.

    Row keys sort as the partitions do.
    """
    query = "PartitionKey le @last and PartitionKey ge @first and RowKey gt @after and RowKey lt @end"
    first, last = (_partition(listing.series, place) for place in (after, end))
    return query, {"first": first, "last": last, "after": after, "end": end}


def milestones(series: Series) -> tuple[str, dict[str, str]]:
    """A query for the places of a series that are noted."""
    return "PartitionKey eq @series", {"series": _milestones_of(series)}


def kind_of(series: Series) -> str:
    """The kind of a list: what it is by, and in which order."""
    return f"jobs{series.order}{''.join(choice for choice, _ in series.chosen)}{'phase' if series.phase else ''}"


def table_of(series: Series) -> str:
    """The table of a list: one of sixteen of its kind, so that what it does not need is seldom in its way."""
    shared = series.chosen or series.phase
    return f"{kind_of(series)}{int(_key(series)[0], 16):02}" if shared else kind_of(series)


def place_in(row: Mapping[str, Any]) -> str:
    """Where a row's job stands in the list that the row was read for."""
    key = str(row["RowKey"])
    return key.rpartition("=")[2]


def _column(choice: str, value: str) -> tuple[str, Any]:
    """A column of a job on its way: its tags have one each."""
    return (f"tag{_digest([value])}", True) if choice == "tag" else (choice, value)


def _key(series: Series) -> str:
    """Spell what the jobs of a series have in common; a blob may have named its target with any letters."""
    return _digest([*([value for _, value in series.chosen] or [""]), series.phase])


def _digest(texts: Sequence[str]) -> str:
    return hashlib.sha256(json.dumps(texts).encode()).hexdigest()[:32]


def _milestones_of(series: Series) -> str:
    return f"{table_of(series)}.{_key(series)}"


def _partition(series: Series, place: str) -> str:
    """The partition of a place in a series: by a time's first digits, or a whole name."""
    period = place.partition("!")[0] if series.order is Ordering.NAME else place[:PERIOD]
    return f"{_key(series)}.{period}"
