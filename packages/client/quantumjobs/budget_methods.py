"""The methods of both clients for budgets and approvals."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from quantumjobs import budget_calls
from quantumjobs.batch_methods import AsyncBatchMethods, BatchMethods

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from quantumjobs.batches import Batch
    from quantumjobs.budgets import BudgetList
    from quantumjobs.calls import Named
    from quantumjobs.exchange import Steps
    from quantumjobs.jobs import JobView

T = TypeVar("T")


class BudgetMethods(BatchMethods):
    """The blocking methods; `_run` is the client's."""

    def _run(self, steps: Steps[T]) -> T:
        raise NotImplementedError

    def budgets(self) -> BudgetList:
        """Read the budgets: what is reserved, spent and left in this period, and who changed them."""
        return self._run(budget_calls.budgets())

    def set_budgets(self, budgets: Sequence[Mapping[str, object]], *, version: int) -> BudgetList:
        """Replace all budgets; ApiError (409) if somebody has changed them since that version."""
        return self._run(budget_calls.set_budgets(budgets, version))

    def approve(self, job: Named, *, why: str | None = None) -> JobView:
        """Let a job that waits for it be submitted; ApiError (409) if it waits for nothing, or was decided before."""
        return self._run(budget_calls.approve(job, why))

    def deny(self, job: Named, *, why: str | None = None) -> JobView:
        """Have a job that waits for an approval rejected; ApiError (409) as for `approve`."""
        return self._run(budget_calls.deny(job, why))

    def approve_batch(self, batch: Named, *, why: str | None = None) -> Batch:
        """Let the members of a batch that waits for it start; ApiError (409) as for `approve`."""
        return self._run(budget_calls.approve_batch(batch, why))

    def deny_batch(self, batch: Named, *, why: str | None = None) -> Batch:
        """Have a batch that waits for an approval rejected; ApiError (409) as for `approve`."""
        return self._run(budget_calls.deny_batch(batch, why))


class AsyncBudgetMethods(AsyncBatchMethods):
    """The asynchronous methods; `_run` is the client's."""

    async def _run(self, steps: Steps[T]) -> T:
        raise NotImplementedError

    async def budgets(self) -> BudgetList:
        """Read the budgets: what is reserved, spent and left in this period, and who changed them."""
        return await self._run(budget_calls.budgets())

    async def set_budgets(self, budgets: Sequence[Mapping[str, object]], *, version: int) -> BudgetList:
        """Replace all budgets; ApiError (409) if somebody has changed them since that version."""
        return await self._run(budget_calls.set_budgets(budgets, version))

    async def approve(self, job: Named, *, why: str | None = None) -> JobView:
        """Let a job that waits for it be submitted; ApiError (409) if it waits for nothing, or was decided before."""
        return await self._run(budget_calls.approve(job, why))

    async def deny(self, job: Named, *, why: str | None = None) -> JobView:
        """Have a job that waits for an approval rejected; ApiError (409) as for `approve`."""
        return await self._run(budget_calls.deny(job, why))

    async def approve_batch(self, batch: Named, *, why: str | None = None) -> Batch:
        """Let the members of a batch that waits for it start; ApiError (409) as for `approve`."""
        return await self._run(budget_calls.approve_batch(batch, why))

    async def deny_batch(self, batch: Named, *, why: str | None = None) -> Batch:
        """Have a batch that waits for an approval rejected; ApiError (409) as for `approve`."""
        return await self._run(budget_calls.deny_batch(batch, why))
