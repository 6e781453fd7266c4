"""A claim writes twice, and its process may die between them: the order is taken whole, or not at all."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

import pytest

from quantum.adapters.job_index import AzureTableJobIndex
from quantum.adapters.tables import Tables
from quantum.jobs.errors import ServiceUnavailableError
from quantum.jobs.lists import Listing, Ordering
from quantum.jobs.model import Job
from quantum.settings import StorageSettings
from tests.support.builders import a_job, an_order

WRITES = ("the open row", "the claim")


@dataclass
class Cut:
    """Where the writes of a process end: before its next after `left`, or after that."""

    left: int
    arrives: bool


class CutOffTables(Tables):
    """Tables of which a process hears nothing from one write on; that one may come there."""

    def __init__(self, settings: StorageSettings, cut: Cut) -> None:
        super().__init__(settings)
        self._cut = cut

    async def insert(self, table: str, row: Mapping[str, Any]) -> bool:
        """Insert a row, unless cut off."""
        inserted = await super().insert(table, row) if self._goes_on() else False
        self._end()
        return inserted

    def _goes_on(self) -> bool:
        self._cut.left -= 1
        return self._cut.left >= 0 or (self._cut.left == -1 and self._cut.arrives)

    def _end(self) -> None:
        if self._cut.left < 0:
            raise ServiceUnavailableError("the process is no more")


def a_new_job() -> Job:
    """A job under a name of its own, that nobody has claimed."""
    return replace(a_job(an_order(name=f"cut-{uuid4().hex}")), id=str(uuid4()))


@pytest.mark.parametrize("arrives", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("left", range(2), ids=WRITES)
async def test_a_claim_is_cut_short_anywhere_and_the_order_is_taken_whole_or_not_at_all(
    storage: Callable[[str], StorageSettings], left: int, *, arrives: bool
) -> None:
    """What was claimed is always found by housekeeping, what was not can be claimed; who comes again is listed once."""
    settings, job = storage("azurite"), a_new_job()
    dying, living = (
        AzureTableJobIndex(settings, CutOffTables(settings, Cut(left, arrives))),
        AzureTableJobIndex(settings),
    )
    was_claimed = left == 1 and arrives

    with pytest.raises(ServiceUnavailableError):
        await dying.claim(job, "digest")

    assert (await living.find(job.id) is not None) is was_claimed
    marked = job.id in [entry.job.id async for entry in living.open_entries()]
    assert marked or not was_claimed
    assert await living.claim(job, "digest") is not was_claimed
    await living.record(job)  # as the orchestration does first, whoever started it
    listed, _ = await living.page(Listing(Ordering.NAME, name=job.order.name), 5, None)
    assert [entry.id for entry in listed] == [job.id]
    await dying.close()
    await living.close()


async def test_an_open_row_without_a_claim_is_removed(storage: Callable[[str], StorageSettings]) -> None:
    """Housekeeping does not look for ever after an order that never was."""
    settings, job = storage("azurite"), a_new_job()
    dying = AzureTableJobIndex(settings, CutOffTables(settings, Cut(0, arrives=True)))
    living = AzureTableJobIndex(settings)
    with pytest.raises(ServiceUnavailableError):
        await dying.claim(job, "digest")

    await living.close_entries([entry async for entry in living.open_entries() if entry.job.id == job.id])

    assert job.id not in [entry.job.id async for entry in living.open_entries()]
    await dying.close()
    await living.close()
