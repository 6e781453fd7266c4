"""Goes through the pages of a list; no I/O."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from quantumjobs import calls, workspace_calls
from quantumjobs.errors import UnexpectedAnswerError

if TYPE_CHECKING:
    from quantumjobs.exchange import Steps
    from quantumjobs.views import JobView


@dataclass
class SessionListing:
    """One way through the jobs of one session."""

    session_id: str
    continuation: str | None = None
    is_over: bool = False

    def next_jobs(self) -> Steps[tuple[JobView, ...]]:
        """Come back with the next page's jobs."""
        page = yield from workspace_calls.session_jobs_page(self.session_id, None, self.continuation)
        if page.continuation is not None and page.continuation == self.continuation:
            raise UnexpectedAnswerError(200, "a page of the list names itself as the next")
        self.continuation, self.is_over = page.continuation, page.continuation is None
        return page.jobs


@dataclass
class Listing:
    """One way through one list."""

    top: int | None
    wanted: calls.JobFilter
    continuation: str | None = None
    is_over: bool = False

    def next_jobs(self) -> Steps[tuple[JobView, ...]]:
        """Come back with the next page's jobs."""
        page = yield from calls.list_page(self.top, self.continuation, **self.wanted)
        if page.continuation is not None and page.continuation == self.continuation:
            raise UnexpectedAnswerError(200, "a page of the list names itself as the next")
        self.continuation, self.is_over = page.continuation, page.continuation is None
        return page.jobs
