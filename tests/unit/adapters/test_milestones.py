"""Milestones: how far a page is read, and how often they are asked for."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from quantum.adapters import milestones
from quantum.adapters.milestones import Milestones
from quantum.adapters.tables import Tables
from quantum.jobs.lists import Ordering, Series
from quantum.settings import StorageSettings

SERIES = [Series(Ordering.NEWEST, phase=phase) for phase in ("", "failed", "succeeded")]
PLACES = [f"{place:03d}" for place in range(20)]
STORAGE = StorageSettings(
    "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=aw==;TableEndpoint=http://127.0.0.1:1/a;"
)


class KnownTables(Tables):
    """Tables of which only the rows are asked for; `asked` counts how often."""

    asked = 0

    async def rows(self, *_: Any, **__: Any) -> AsyncIterator[dict[str, Any]]:
        """Give the same rows."""
        self.asked += 1
        for place in PLACES:
            yield {"RowKey": place}


@pytest.mark.parametrize(
    ("after", "top", "past"),
    [
        ("!", 10, "002"),
        ("004", 10, "007"),
        ("0045", 10, "007"),
        ("!", 200, "007"),
        ("016", 10, "019"),
        ("017", 10, None),
    ],
)
async def test_a_page_is_read_to_a_milestone_behind_it(after: str, top: int, past: str | None) -> None:
    """The larger the page the farther, counted from where it begins; to the end of the list where there are none."""
    assert await Milestones(KnownTables(STORAGE)).past(SERIES[0], after, top) == past


async def test_milestones_are_read_once_for_each_list() -> None:
    """Whatever is read of it."""
    tables = KnownTables(STORAGE)
    known = Milestones(tables)

    for series in (*SERIES, *SERIES):
        await known.past(series, "!", 10)

    assert tables.asked == len(SERIES)


@pytest.mark.parametrize(("what", "limit"), [("REMEMBERED_SECONDS", 0.0), ("REMEMBERED", 1)])
async def test_milestones_are_read_again(monkeypatch: pytest.MonkeyPatch, what: str, limit: float) -> None:
    """When they are old, or have made room for those of other lists."""
    monkeypatch.setattr(milestones, what, limit)
    tables = KnownTables(STORAGE)
    known = Milestones(tables)

    for series in (*SERIES, *SERIES):
        await known.past(series, "!", 10)

    assert tables.asked == 2 * len(SERIES)
