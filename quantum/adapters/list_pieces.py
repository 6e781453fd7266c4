"""Reads the next piece of a list from one of the two places where jobs are listed, in a limited number of requests.

The table service looks for the jobs of a list within a range of keys, and may break off before it has as many as were
asked for. A piece then has fewer, and says up to which place it has all of them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import Any

from azure.data.tables.aio import TableClient

from quantum.adapters.list_rows import digest_of, ended_range, matching, open_matching, open_range, place_in
from quantum.adapters.tables import Query, Tables
from quantum.jobs.lists import FIRST, Listing
from quantum.settings import OPEN_TABLE

ANSWERS = 4  # to one query, for one page: the service takes five seconds at most for each
STRIDE = 1000  # rows that a page gets past at least: as many as the service gives at once


@dataclass(frozen=True)
class Piece:
    """Rows of a list in its order: all up to the place `until`, or to the list's end where that is None."""

    rows: list[dict[str, Any]]
    until: str | None = None


@dataclass(frozen=True)
class Stretch:
    """A range of keys in a table, and which of its rows are a list's."""

    tables: Tables
    table: TableClient
    keys: Callable[[str, str], Query]
    matching: Query
    end: str

    async def piece(self, after: str, top: int) -> Piece:
        """Read the first rows after a place: fewer than asked for where the service has looked at many for them."""
        rows, goes_on = await self._matching(after, self.end, top, ANSWERS)
        if rows or not goes_on:
            return Piece(rows, place_in(rows[-1]) if goes_on else None)
        return await self._stride(after, top)

    async def _stride(self, after: str, top: int) -> Piece:
        """Read a part whose length is known: how far it got when it found nothing, only the service can tell."""
        passed, goes_on = await self._keys(after)
        until = place_in(passed[-1]) if goes_on else None
        rows, fills = await self._matching(after, f"{until}{FIRST}" if until else self.end, top, None)
        return Piece(rows, place_in(rows[-1]) if fills else until)

    async def _matching(self, after: str, end: str, top: int, answers: int | None) -> tuple[list[dict[str, Any]], bool]:
        """Ask until there are enough rows, or there have been enough answers; True where the query goes on."""
        query, rows, token = self.keys(after, end) & self.matching, [], None
        for number in count(1):
            answer = await self.tables.answer(self.table, query, top, token)
            rows += answer.rows
            token = answer.token
            if token is None or len(rows) >= top or number == answers:
                break
        return rows, token is not None

    async def _keys(self, after: str) -> tuple[list[dict[str, Any]], bool]:
        """Read the keys of the next rows, whichever list they are of."""
        answer = await self.tables.keys(self.table, self.keys(after, self.end), STRIDE)
        while answer.token is not None and not answer.rows:
            answer = await self.tables.keys(self.table, self.keys(after, self.end), STRIDE, answer.token)
        return answer.rows, answer.token is not None


def on_their_way(tables: Tables, listing: Listing) -> Stretch:
    """Where a list's jobs stand that have not ended, or are not filed yet."""
    table, keys = tables.named(OPEN_TABLE), partial(open_range, listing)
    return Stretch(tables, table, keys, open_matching(listing), listing.piece[1])


def ended(tables: Tables, listing: Listing) -> Stretch:
    """Where a list's jobs stand that have ended."""
    table, keys = tables.of_series(digest_of(listing.series)), partial(ended_range, listing)
    return Stretch(tables, table, keys, matching(listing), listing.piece[1])
