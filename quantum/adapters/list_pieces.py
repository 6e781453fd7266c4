"""Reads the next piece of a list from the open or the ended jobs, in a limited number of requests.

The table service scans a range of keys for the jobs of a list. The query also selects samples of the other rows, so
that the progress of a scan is known even where it finds nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import Any

from azure.data.tables.aio import TableClient

from quantum.adapters.list_rows import (
    Search,
    digest_of,
    ended_range,
    ended_search,
    open_range,
    open_search,
    position_in,
)
from quantum.adapters.tables import Query, Tables
from quantum.jobs.lists import Listing
from quantum.storage import OPEN_TABLE

ANSWERS = 4  # responses to one scan: the service limits each to five seconds
SAMPLES = 40  # a scan ends after so many: about ten thousand rows


@dataclass(frozen=True)
class Piece:
    """Rows of a list in its order: all up to the position `until`, or to the list's end where that is None."""

    rows: list[dict[str, Any]]
    until: str | None = None


@dataclass(frozen=True)
class Stretch:
    """A range of keys in a table, and the scan of it."""

    tables: Tables
    table: TableClient
    keys: Callable[[str, str], Query]
    search: Search
    end: str

    async def read(self, after: str, top: int) -> Piece:
        """Read the first rows after a position, fewer than `top` where the scan is long."""
        query, token, until = self.search.within(self.keys(after, self.end)), None, None
        size = max(top, SAMPLES) if self.search.tests else top
        rows: list[dict[str, Any]] = []
        samples = 0
        for answers in count(1):
            answer = await self.tables.answer(self.table, query, size, token)
            matches = [row for row in answer.rows if self.search.matches(row)]
            rows += matches
            samples += len(answer.rows) - len(matches)
            token = answer.token
            if token is None:
                break
            until = position_in(answer.rows[-1]) if answer.rows else until
            # Without a row the progress of the scan is unknown, but small: continue.
            if until is not None and (len(rows) >= top or samples >= SAMPLES or answers >= ANSWERS):
                return Piece(rows, until)
        return Piece(rows)


def open_stretch(tables: Tables, listing: Listing) -> Stretch:
    """Return the stretch of a list's open jobs, and of those that are not filed yet."""
    table, keys = tables.table(OPEN_TABLE), partial(open_range, listing)
    return Stretch(tables, table, keys, open_search(listing), listing.key_range[1])


def ended_stretch(tables: Tables, listing: Listing) -> Stretch:
    """Return the stretch of a list's ended jobs."""
    table, keys = tables.of_series(digest_of(listing.series)), partial(ended_range, listing)
    return Stretch(tables, table, keys, ended_search(listing), listing.key_range[1])
