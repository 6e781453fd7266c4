"""Milestones: where some of the jobs that have ended stand in a list, so that a page need not be asked of all the rest.

Table storage reads a range from where it begins; Azurite first sorts all of it. Milestones are hints: without them, or
with old ones, a page is the same.
"""

import time
from collections.abc import Sequence

from quantum.adapters.list_rows import MILESTONES_TABLE, milestones
from quantum.adapters.tables import Tables
from quantum.jobs.lists import Series

REMEMBERED_SECONDS = 600.0
REMEMBERED = 1000


class Milestones:
    """The milestones of each series that was asked for, as read in the last ten minutes."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._known: dict[Series, tuple[float, Sequence[str]]] = {}

    async def past(self, series: Series, after: str, top: int) -> str | None:
        """A place before which the page after a place most probably ends; None where the list may end as soon.

        One page in many thousands has so many milestones that it goes on past it.
        """
        ahead = [place for place in await self._places(series) if place > after]
        number = 2 + top // 40
        return ahead[number] if len(ahead) > number else None

    async def _places(self, series: Series) -> Sequence[str]:
        since, places = self._known.pop(series, (-REMEMBERED_SECONDS, ()))
        if time.monotonic() - since >= REMEMBERED_SECONDS:
            since, table = time.monotonic(), self._tables.named(MILESTONES_TABLE)
            places = [str(row["RowKey"]) async for row in self._tables.rows(table, *milestones(series))]
        while len(self._known) >= REMEMBERED:
            del self._known[next(iter(self._known))]
        self._known[series] = since, places
        return places
