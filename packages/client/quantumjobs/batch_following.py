"""Follows a batch to its end, and goes through its members page by page; no I/O."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from quantumjobs.batch_calls import batch_request, members_page
from quantumjobs.batches import Batch
from quantumjobs.errors import UnexpectedAnswerError, WatchTimeoutError
from quantumjobs.following import Watcher
from quantumjobs.listing import LARGEST_PAGE

if TYPE_CHECKING:
    from quantumjobs.batches import Member
    from quantumjobs.calls import Named
    from quantumjobs.exchange import Request, Steps


class BatchFollowing(Watcher[Batch]):
    """One watcher of one batch."""

    def request(self, name: Named) -> Request:
        """Make the request for the batch's view."""
        return batch_request(name)

    def viewed(self, document: object) -> Batch:
        """Read the batch's view."""
        return Batch.from_wire(document)

    def first_news(self) -> Batch | None:
        """Take the view that the caller gave, if it was one."""
        return self.job if isinstance(self.job, Batch) else None

    def timed_out(self, last: Batch) -> WatchTimeoutError:
        """Make the error of a timeout."""
        return WatchTimeoutError(last.id, last.phase, "batch")


@dataclass
class MemberListing:
    """One way through the members of a batch, of one phase or target where that is given."""

    batch: Named
    phase: str | None = None
    target: str | None = None
    continuation: str | None = None
    is_over: bool = False

    def next_members(self) -> Steps[tuple[Member, ...]]:
        """Come back with the next page's members."""
        page = yield from members_page(self.batch, LARGEST_PAGE, self.continuation, self.phase, self.target)
        if page.continuation is not None and page.continuation == self.continuation:
            raise UnexpectedAnswerError(200, "a page of the members names itself as the next")
        self.continuation, self.is_over = page.continuation, page.continuation is None
        return page.members
