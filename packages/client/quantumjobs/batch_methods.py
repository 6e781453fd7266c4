"""The methods of both clients for batches: many orders that run as one."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from quantumjobs import batch_calls
from quantumjobs.batch_following import BatchFollowing, MemberListing
from quantumjobs.batch_requests import Grid, ranking, request_of
from quantumjobs.orders import OrderFields, Program, build_order

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
    from os import PathLike

    from typing_extensions import Unpack

    from quantumjobs.batches import Batch, BatchPage, BatchTable, Member, MemberPage
    from quantumjobs.calls import Named
    from quantumjobs.exchange import Steps
    from quantumjobs.orders import Json

T = TypeVar("T")


class BatchMethods:
    """The blocking methods; `_run` is the client's."""

    def _run(self, steps: Steps[T]) -> T:
        raise NotImplementedError

    def submit_batch(self, request: Mapping[str, object], *, idempotency_key: str | None = None) -> Batch:
        """Hand over a batch: an order with `targets` and `sweep`, or `orders`; RefusedError names every fault."""
        return self._run(batch_calls.submit_batch(request, idempotency_key))

    def batch(self, batch: Named) -> Batch:
        """Read a batch, or raise NotFoundError."""
        return self._run(batch_calls.batch(batch))

    def cancel_batch(self, batch: Named) -> Batch:
        """Ask for every member of a batch to be stopped."""
        return self._run(batch_calls.cancel_batch(batch))

    def pause_batch(self, batch: Named) -> Batch:
        """Ask that no more members of a batch start for now; those on their way go on."""
        return self._run(batch_calls.pause_batch(batch))

    def resume_batch(self, batch: Named) -> Batch:
        """Let a paused batch go on."""
        return self._run(batch_calls.resume_batch(batch))

    def rerun_batch(self, batch: Named, *, idempotency_key: str | None = None) -> Batch:
        """Run the members of an ended batch again that did not succeed, as a new batch; ApiError (409) if none can."""
        return self._run(batch_calls.rerun_batch(batch, idempotency_key))

    def batch_table(self, batch: Named) -> BatchTable:
        """Read how each member of a batch ended; ApiError (409) while it has not ended."""
        return self._run(batch_calls.batch_table(batch))

    def batches_page(
        self, *, phase: str | None = None, top: int | None = None, continuation: str | None = None
    ) -> BatchPage:
        """Read one page of the batches, newest first, of one phase where that is given."""
        return self._run(batch_calls.batches_page(top, continuation, phase))

    def members_page(
        self,
        batch: Named,
        *,
        phase: str | None = None,
        target: str | None = None,
        top: int | None = None,
        continuation: str | None = None,
    ) -> MemberPage:
        """Read one page of a batch's members, of one phase or target where that is given."""
        return self._run(batch_calls.members_page(batch, top, continuation, phase, target))

    def compare(
        self,
        program: Program | Mapping[str, Json] | str | PathLike[str] | object,
        targets: Sequence[str],
        *,
        by: str | None = None,
        reference: object = None,
        idempotency_key: str | None = None,
        **fields: Unpack[OrderFields],
    ) -> Batch:
        """Run one program on several targets; `by` and `reference` say what makes one of them the best."""
        request = request_of(build_order(program, **fields), targets, rank=ranking(by, reference))
        return self.submit_batch(request, idempotency_key=idempotency_key)

    def sweep(
        self,
        program: Program | Mapping[str, Json] | str | PathLike[str] | object,
        grid: Grid,
        targets: Sequence[str] = (),
        *,
        by: str | None = None,
        reference: object = None,
        idempotency_key: str | None = None,
        **fields: Unpack[OrderFields],
    ) -> Batch:
        """Run one program at equal steps of an argument, on each of the targets, else on the order's own."""
        request = request_of(build_order(program, **fields), targets, grid, ranking(by, reference))
        return self.submit_batch(request, idempotency_key=idempotency_key)

    def watch_batch(
        self,
        batch: Named,
        *,
        timeout: float | None = None,
        on_outage: Callable[[str | None], None] = lambda _: None,
    ) -> Iterator[Batch]:
        """Yield the batch now, at every change, and last at its end, or raise WatchTimeoutError (seconds).

        Outages are waited out: `on_outage` hears the reason of each, and None while all is well.
        """
        following = BatchFollowing(batch, timeout, on_outage)
        while not following.is_over:
            yield self._run(following.next_news())

    def wait_batch(self, batch: Named, *, timeout: float | None = None) -> Batch:
        """Come back with the batch at its end, whatever that is, or raise WatchTimeoutError."""
        for view in self.watch_batch(batch, timeout=timeout):
            last = view
        return last

    def members(self, batch: Named, *, phase: str | None = None, target: str | None = None) -> Iterator[Member]:
        """Yield the members of a batch by number, of one phase or target where that is given."""
        listing = MemberListing(batch, phase, target)
        while not listing.is_over:
            yield from self._run(listing.next_members())


class AsyncBatchMethods:
    """The asynchronous methods; `_run` is the client's."""

    async def _run(self, steps: Steps[T]) -> T:
        raise NotImplementedError

    async def submit_batch(self, request: Mapping[str, object], *, idempotency_key: str | None = None) -> Batch:
        """Hand over a batch: an order with `targets` and `sweep`, or `orders`; RefusedError names every fault."""
        return await self._run(batch_calls.submit_batch(request, idempotency_key))

    async def batch(self, batch: Named) -> Batch:
        """Read a batch, or raise NotFoundError."""
        return await self._run(batch_calls.batch(batch))

    async def cancel_batch(self, batch: Named) -> Batch:
        """Ask for every member of a batch to be stopped."""
        return await self._run(batch_calls.cancel_batch(batch))

    async def pause_batch(self, batch: Named) -> Batch:
        """Ask that no more members of a batch start for now; those on their way go on."""
        return await self._run(batch_calls.pause_batch(batch))

    async def resume_batch(self, batch: Named) -> Batch:
        """Let a paused batch go on."""
        return await self._run(batch_calls.resume_batch(batch))

    async def rerun_batch(self, batch: Named, *, idempotency_key: str | None = None) -> Batch:
        """Run the members of an ended batch again that did not succeed, as a new batch; ApiError (409) if none can."""
        return await self._run(batch_calls.rerun_batch(batch, idempotency_key))

    async def batch_table(self, batch: Named) -> BatchTable:
        """Read how each member of a batch ended; ApiError (409) while it has not ended."""
        return await self._run(batch_calls.batch_table(batch))

    async def batches_page(
        self, *, phase: str | None = None, top: int | None = None, continuation: str | None = None
    ) -> BatchPage:
        """Read one page of the batches, newest first, of one phase where that is given."""
        return await self._run(batch_calls.batches_page(top, continuation, phase))

    async def members_page(
        self,
        batch: Named,
        *,
        phase: str | None = None,
        target: str | None = None,
        top: int | None = None,
        continuation: str | None = None,
    ) -> MemberPage:
        """Read one page of a batch's members, of one phase or target where that is given."""
        return await self._run(batch_calls.members_page(batch, top, continuation, phase, target))

    async def compare(
        self,
        program: Program | Mapping[str, Json] | str | PathLike[str] | object,
        targets: Sequence[str],
        *,
        by: str | None = None,
        reference: object = None,
        idempotency_key: str | None = None,
        **fields: Unpack[OrderFields],
    ) -> Batch:
        """Run one program on several targets; `by` and `reference` say what makes one of them the best."""
        request = request_of(build_order(program, **fields), targets, rank=ranking(by, reference))
        return await self.submit_batch(request, idempotency_key=idempotency_key)

    async def sweep(
        self,
        program: Program | Mapping[str, Json] | str | PathLike[str] | object,
        grid: Grid,
        targets: Sequence[str] = (),
        *,
        by: str | None = None,
        reference: object = None,
        idempotency_key: str | None = None,
        **fields: Unpack[OrderFields],
    ) -> Batch:
        """Run one program at equal steps of an argument, on each of the targets, else on the order's own."""
        request = request_of(build_order(program, **fields), targets, grid, ranking(by, reference))
        return await self.submit_batch(request, idempotency_key=idempotency_key)

    async def watch_batch(
        self,
        batch: Named,
        *,
        timeout: float | None = None,
        on_outage: Callable[[str | None], None] = lambda _: None,
    ) -> AsyncIterator[Batch]:
        """Yield the batch now, at every change, and last at its end, or raise WatchTimeoutError (seconds).

        Outages are waited out: `on_outage` hears the reason of each, and None while all is well.
        """
        following = BatchFollowing(batch, timeout, on_outage)
        while not following.is_over:
            yield await self._run(following.next_news())

    async def wait_batch(self, batch: Named, *, timeout: float | None = None) -> Batch:
        """Come back with the batch at its end, whatever that is, or raise WatchTimeoutError."""
        async for view in self.watch_batch(batch, timeout=timeout):
            last = view
        return last

    async def members(
        self, batch: Named, *, phase: str | None = None, target: str | None = None
    ) -> AsyncIterator[Member]:
        """Yield the members of a batch by number, of one phase or target where that is given."""
        listing = MemberListing(batch, phase, target)
        while not listing.is_over:
            for member in await self._run(listing.next_members()):
                yield member
