"""Reads the next piece of a list from one of the two places where jobs are listed, in a limited number of requests.

The table service searches a range of keys for the jobs of a list. It is asked for samples of the other rows, too: so
where a search ends, it is known how far it came, though it found nothing.
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
    place_in,
)
from quantum.adapters.tables import Query, Tables
from quantum.jobs.lists import Listing
from quantum.storage import OPEN_TABLE

ANSWERS = 4  # of the service to one search: each takes it five seconds at most
SAMPLES = 40  # after so many a search ends: it has looked at about ten thousand rows


@dataclass(frozen=True)
class Piece:
    """Rows of a list in its order: all up to the place `until`, or to the list's end where that is None."""

    rows: list[dict[str, Any]]
    until: str | None = None


@dataclass(frozen=True)
class Stretch:
    """A range of keys in a table, and what is searched for in it."""

    tables: Tables
    table: TableClient
    keys: Callable[[str, str], Query]
    search: Search
    end: str

    async def piece(self, after: str, top: int) -> Piece:
        """Read the first rows after a place: fewer than asked for where a search has taken long."""
        query, token, until = self.search.within(self.keys(after, self.end)), None, None
        size = max(top, SAMPLES) if self.search.tests else top
        found: list[dict[str, Any]] = []
        samples = 0
        for answers in count(1):
            answer = await self.tables.answer(self.table, query, size, token)
            passing = [row for row in answer.rows if self.search.finds(row)]
            found += passing
            samples += len(answer.rows) - len(passing)
            token = answer.token
            if token is None:
                break
            until = place_in(answer.rows[-1]) if answer.rows else until
            # Without a row there is no telling how far the service came: it was not far, and is asked on.
            if until is not None and (len(found) >= top or samples >= SAMPLES or answers >= ANSWERS):
                return Piece(found, until)
        return Piece(found)


def on_their_way(tables: Tables, listing: Listing) -> Stretch:
    """Where a list's jobs stand that have not ended, or are not filed yet."""
    table, keys = tables.named(OPEN_TABLE), partial(open_range, listing)
    return Stretch(tables, table, keys, open_search(listing), listing.piece[1])


def ended(tables: Tables, listing: Listing) -> Stretch:
    """Where a list's jobs stand that have ended."""
    table, keys = tables.of_series(digest_of(listing.series)), partial(ended_range, listing)
    return Stretch(tables, table, keys, ended_search(listing), listing.piece[1])
