"""The rows that lists are read from, and their keys: among the jobs on their way, and among those that have ended.

What callers chose is in a key by its digest, or letter by letter as `quantum.lists` spells it: nothing that a key may
not hold, and never longer than a key may be.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from quantum.lists import FIRST, PAST, Listing, Ordering, Series, all_series, place_of
from quantum.model import Job

OPEN_TABLE = "jobsopen"
OPEN = "open"  # the partition of jobs on their way: one transaction moves all rows of a job
SHOWN = "list:"  # row keys of that partition that lists read; the others are ids
PERIOD = 6  # digits of a place that ended jobs share within a partition: less than three hours


def content(job: Job) -> dict[str, Any]:
    """What a row tells of a job."""
    return {"job": json.dumps(job.to_wire(), separators=(",", ":"))}


def open_rows(job: Job) -> Mapping[str, dict[str, Any]]:
    """The rows of a job on its way, by their row keys, which its phase does not move."""
    told = content(job) | {"phase": job.phase.value}
    keys = [f"{_series_key(series)}{place_of(job, series.order)}" for series in all_series(job)]
    return {key: {"PartitionKey": OPEN, "RowKey": key} | told for key in keys}


def open_range(listing: Listing, after: str) -> tuple[str, dict[str, str]]:
    """A query for a piece of a list, among the jobs on their way: few enough for the table to look at their phases."""
    key = _series_key(replace(listing.series, phase=""))
    query = "PartitionKey eq @partition and RowKey gt @after and RowKey lt @end"
    values = {"partition": OPEN, "after": key + after, "end": key + listing.piece[1]}
    return (f"{query} and phase eq @phase", values | {"phase": listing.phase}) if listing.phase else (query, values)


def ended_rows(job: Job) -> Iterator[tuple[str, dict[str, Any]]]:
    """The rows of a job that has ended, each with its table."""
    told = content(job)
    for series in (replace(series, phase=phase) for series in all_series(job) for phase in ("", job.phase.value)):
        place = place_of(job, series.order)
        keys = {"PartitionKey": f"{_digest(series)}.{_period(series.order, place)}", "RowKey": place}
        yield table_of(series), keys | told


def ended_range(listing: Listing, after: str) -> tuple[str, dict[str, str]]:
    """A query for a piece of a list, among the jobs that have ended: row keys sort as the partitions do.

    Where the partitions alone say what is asked for, row keys are not: Azurite weighs every row by every word of it.
    """
    digest, (start, end), by_name = _digest(listing.series), listing.piece, listing.order is Ordering.NAME
    to_the_end = by_name or end == PAST
    last = end if to_the_end else end[:PERIOD]
    query = "PartitionKey ge @first and PartitionKey le @last"
    values = {"first": f"{digest}.{_period(listing.order, after)}", "last": f"{digest}.{last}"}
    if after != (start if by_name else FIRST):
        query, values = f"{query} and RowKey gt @after", values | {"after": after}
    if not to_the_end:
        query, values = f"{query} and RowKey lt @end", values | {"end": end}
    return query, values


def table_of(series: Series) -> str:
    """The table of a kind of list: what a list does not need is not in its way."""
    return f"jobs{series.order}{series.by}{'phase' if series.phase else ''}"


def place_in(row: Mapping[str, Any]) -> str:
    """Where a row's job stands in the list that the row was read for."""
    key = str(row["RowKey"])
    return key.rpartition(":")[2]


def _series_key(series: Series) -> str:
    return f"{SHOWN}{series.order}:{series.by}:{_digest(series)}:"


def _digest(series: Series) -> str:
    """Spell what the jobs of a series have in common; a blob may have named its target with any letters."""
    return hashlib.sha256(json.dumps([series.value, series.phase]).encode()).hexdigest()[:32]


def _period(order: Ordering, place: str) -> str:
    """The partition of a place: a time's first digits, or a whole name."""
    return place[:PERIOD] if order is not Ordering.NAME else place.partition("!")[0]
