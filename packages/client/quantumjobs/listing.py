"""Goes through the pages of a list; no I/O."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from quantumjobs.errors import UnexpectedAnswerError

if TYPE_CHECKING:
    from collections.abc import Callable

    from quantumjobs.exchange import Steps
    from quantumjobs.jobs import JobPage, JobView


@dataclass
class Listing:
    """One way through one list of jobs, of which `page` reads a page by its continuation."""

    page: Callable[[str | None], Steps[JobPage]]
    continuation: str | None = None
    is_over: bool = False

    def next_jobs(self) -> Steps[tuple[JobView, ...]]:
        """Come back with the next page's jobs."""
        page = yield from self.page(self.continuation)
        if page.continuation is not None and page.continuation == self.continuation:
            raise UnexpectedAnswerError(200, "a page of the list names itself as the next")
        self.continuation, self.is_over = page.continuation, page.continuation is None
        return page.jobs
