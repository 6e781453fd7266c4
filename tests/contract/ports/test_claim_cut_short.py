"""A claim writes three times, and its process may die between them: the order is taken whole, or not at all."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

import pytest
from azure.core.exceptions import ServiceResponseError
from azure.data.tables.aio import TableClient

from quantum.adapters.job_index import AzureTableJobIndex
from quantum.adapters.tables import Tables
from quantum.jobs.errors import ServiceUnavailableError
from quantum.jobs.lists import Listing, Ordering
from quantum.jobs.model import Job
from quantum.settings import StorageSettings
from tests.support.builders import a_job, an_order

WRITES = ("the marker", "the claim", "the rows of lists")


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

    async def upsert(self, table: TableClient, row: Mapping[str, Any]) -> None:
        """Write a row, unless cut off."""
        if self._goes_on():
            await super().upsert(table, row)
        self._end()

    async def insert(self, table: TableClient, row: Mapping[str, Any]) -> None:
        """Insert a row, unless cut off."""
        if self._goes_on():
            await super().insert(table, row)
        self._end()

    async def submit(self, table: TableClient, operations: Sequence[Any]) -> None:
        """Carry out a transaction, unless cut off."""
        if self._goes_on():
            await super().submit(table, operations)
        self._end()

    def _goes_on(self) -> bool:
        self._cut.left -= 1
        return self._cut.left >= 0 or (self._cut.left == -1 and self._cut.arrives)

    def _end(self) -> None:
        if self._cut.left < 0:
            raise ServiceResponseError("the process is no more")


def a_new_job() -> Job:
    """A job under a name of its own, that nobody has claimed."""
    return replace(a_job(an_order(name=f"cut-{uuid4().hex}")), id=str(uuid4()))


@pytest.mark.parametrize("arrives", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("left", range(3), ids=WRITES)
async def test_a_claim_is_cut_short_anywhere_and_the_order_is_taken_whole_or_not_at_all(
    storage: Callable[[str], StorageSettings], left: int, *, arrives: bool
) -> None:
    """What was claimed is always found by housekeeping, what was not can be claimed; who comes again is listed once."""
    settings, job = storage("azurite"), a_new_job()
    dying, living = (
        AzureTableJobIndex(settings, CutOffTables(settings, Cut(left, arrives))),
        AzureTableJobIndex(settings),
    )
    was_claimed = left > 1 or (left == 1 and arrives)

    with pytest.raises(ServiceUnavailableError):
        await dying.claim(job, "digest")

    assert (await living.find(job.id) is not None) is was_claimed
    marked = job.id in [id_ async for id_ in living.open_ids()]
    assert marked or not was_claimed
    assert await living.claim(job, "digest") is not was_claimed
    await living.record(job)  # as the orchestration does first, whoever started it
    listed, _ = await living.page(Listing(Ordering.NAME, name=job.order.name), 5, None)
    assert [entry.id for entry in listed] == [job.id]
    await dying.close()
    await living.close()


async def test_a_marker_without_a_claim_is_taken_away(storage: Callable[[str], StorageSettings]) -> None:
    """Housekeeping does not look for ever after an order that never was."""
    settings, job = storage("azurite"), a_new_job()
    dying = AzureTableJobIndex(settings, CutOffTables(settings, Cut(0, arrives=True)))
    living = AzureTableJobIndex(settings)
    with pytest.raises(ServiceUnavailableError):
        await dying.claim(job, "digest")

    await living.close_id(job.id)

    assert job.id not in [id_ async for id_ in living.open_ids()]
    await dying.close()
    await living.close()
