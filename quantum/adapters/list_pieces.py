"""Reads the next piece of a list from the open or the ended jobs, in a limited number of requests.

The table service scans a range of keys for the jobs of a list. The query also selects samples of the other rows, so
that the progress of a scan is known even where it finds nothing. Open jobs have one row each, newest first: for another
order all of them are read and sorted.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from heapq import nsmallest
from itertools import count

from quantum.adapters.list_rows import (
    Search,
    digest_of,
    ended_range,
    ended_search,
    open_position,
    open_range,
    open_search,
)
from quantum.adapters.table_wire import Query, Row
from quantum.adapters.tables import PAGE, Tables
from quantum.jobs.lists import Listing, Ordering
from quantum.storage import OPEN_TABLE

ANSWERS = 4  # responses to one scan: the service limits each to five seconds
SAMPLES = 40  # a scan ends after so many: about ten thousand rows


@dataclass(frozen=True)
class Piece:
    """Rows of a list by their positions: all up to the position `until`, or to the list's end where that is None."""

    rows: dict[str, Row]
    until: str | None = None


@dataclass(frozen=True)
class Stretch:
    """A range of keys in a table, which are positions in the list, and the scan of it."""

    tables: Tables
    table: str
    keys: Callable[[str, str], Query]
    search: Search
    end: str

    async def read(self, after: str, top: int) -> Piece:
        """Read the first rows after a position, fewer than `top` where the scan is long."""
        query, token, until = self.search.within(self.keys(after, self.end)), None, None
        size = max(top, SAMPLES) if self.search.tests else top
        rows: dict[str, Row] = {}
        samples = 0
        for answers in count(1):
            answer = await self.tables.answer(self.table, query, size, token)
            matches = {row["RowKey"]: row for row in answer.rows if self.search.matches(row)}
            rows |= matches
            samples += len(answer.rows) - len(matches)
            token = answer.token
            if token is None:
                break
            until = answer.rows[-1]["RowKey"] if answer.rows else until
            # Without a row the progress of the scan is unknown, but small: continue.
            if until is not None and (len(rows) >= top or samples >= SAMPLES or answers >= ANSWERS):
                return Piece(rows, until)
        return Piece(rows)


@dataclass(frozen=True)
class Sorting:
    """All open jobs of a list, sorted in an order that their keys do not have."""

    tables: Tables
    listing: Listing

    async def read(self, after: str, top: int) -> Piece:
        """Read the first `top` rows after a position, by reading them all."""
        listing = self.listing
        times = Listing(since=listing.since, until=listing.until).key_range
        query, token = open_search(listing).strictly(open_range(*times)), None
        first: list[tuple[str, Row]] = []
        while True:
            answer = await self.tables.answer(OPEN_TABLE, query, PAGE, token)
            positions = ((open_position(row, listing.order), row) for row in answer.rows)
            ahead = (each for each in positions if each[0] > after)
            first = nsmallest(top + 1, [*first, *ahead], key=lambda each: each[0])
            token = answer.token
            if token is None:
                return Piece(dict(first[:top]), first[top - 1][0] if len(first) > top else None)


def open_stretch(tables: Tables, listing: Listing) -> Stretch | Sorting:
    """Return the stretch of a list's open jobs, and of those that are not filed yet."""
    if listing.order is not Ordering.NEWEST:
        return Sorting(tables, listing)
    return Stretch(tables, OPEN_TABLE, open_range, open_search(listing), listing.key_range[1])


def ended_stretch(tables: Tables, listing: Listing) -> Stretch:
    """Return the stretch of a list's ended jobs."""
    table, keys = tables.of_series(digest_of(listing.series)), partial(ended_range, listing)
    return Stretch(tables, table, keys, ended_search(listing), listing.key_range[1])
