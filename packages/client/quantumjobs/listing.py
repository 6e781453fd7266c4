"""Goes through the pages of a list; no I/O."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from quantumjobs.errors import UnexpectedAnswerError

if TYPE_CHECKING:
    from collections.abc import Callable

    from quantumjobs.exchange import Steps
    from quantumjobs.jobs import JobPage, JobView


LARGEST_PAGE = 200  # the API gives no more at once


@dataclass
class Listing:
    """One way through one list of jobs, `top` of them at most; `page` reads so many from a continuation on."""

    page: Callable[[int | None, str | None], Steps[JobPage]]
    top: int | None = None
    page_size: int | None = None
    continuation: str | None = None
    is_over: bool = False

    def next_jobs(self) -> Steps[tuple[JobView, ...]]:
        """Come back with the next page's jobs."""
        page = yield from self.page(self._page_size(), self.continuation)
        if page.continuation is not None and page.continuation == self.continuation:
            raise UnexpectedAnswerError(200, "a page of the list names itself as the next")
        jobs = page.jobs[: self.top]
        if self.top is not None:
            self.top -= len(jobs)
        self.continuation, self.is_over = page.continuation, page.continuation is None or self.top == 0
        return jobs

    def _page_size(self) -> int | None:
        if self.top is None:
            return self.page_size
        return min(self.top, self.page_size or LARGEST_PAGE)
