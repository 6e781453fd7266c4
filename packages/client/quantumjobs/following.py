"""Follows a job or a batch to its end: when to look again, what is news, and how long to bear an outage; no I/O."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from quantumjobs import calls
from quantumjobs.errors import WatchTimeoutError
from quantumjobs.exchange import NoAnswer, ask, is_passing, jitter, read, settled, wanted_pause
from quantumjobs.jobs import JobView

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from quantumjobs.calls import Named
    from quantumjobs.exchange import Reply, Request, Steps


class Followed(Protocol):
    """What can be followed: a view with an id and a phase."""

    @property
    def id(self) -> str:
        """The id."""

    @property
    def phase(self) -> str:
        """The phase."""

    @property
    def raw(self) -> Mapping[str, object]:
        """The whole document."""

    @property
    def is_final(self) -> bool:
        """Whether it has ended."""


View = TypeVar("View", bound=Followed)

FIRST_PAUSE, SLOWEST_PAUSE, GROWTH = 0.5, 10.0, 1.5  # seconds, where the server does not say
OUTAGE_LIMIT = 900.0  # seconds without one good answer after which a watcher gives up


@dataclass
class Watcher(Generic[View]):
    """One watcher of one job or batch, given by id or by a view that is the first news.

    `timeout` is in seconds; `on_outage` receives why the deployment is out of reach, and None when it is back.
    """

    job: Named
    timeout: float | None = None
    on_outage: Callable[[str | None], None] = lambda _: None
    clock: Callable[[], float] = time.monotonic
    pause: float = FIRST_PAUSE
    requested_pause: float = 0.0
    last: View | None = None
    started: float = field(init=False)

    def __post_init__(self) -> None:
        self.started = self.clock()

    def request(self, name: Named) -> Request:
        """Make the request for the view."""
        raise NotImplementedError

    def viewed(self, document: object) -> View:
        """Read a view from an answer."""
        raise NotImplementedError

    def first_news(self) -> View | None:
        """Take the view that the caller gave, if it was one."""
        raise NotImplementedError

    @property
    def is_over(self) -> bool:
        """Say whether the last news was the end."""
        return self.last is not None and self.last.is_final

    def next_news(self) -> Steps[View]:
        """Come back with the next view that differs from the last, or raise WatchTimeoutError."""
        if self.last is not None:
            return (yield from self._changed(self.last))
        first = self.first_news()
        if first is not None:
            return self._remember(first)
        answer = yield from ask(self.request(self.job))
        self.requested_pause = wanted_pause(answer)
        return self._remember(read(answer, self.viewed))

    def _changed(self, last: View) -> Steps[View]:
        last_answer = self.clock()
        while True:
            reply = yield replace(self.request(last.id), after=self._next_pause(last))
            self.requested_pause = wanted_pause(reply)
            if is_passing(reply) and self.clock() - last_answer < OUTAGE_LIMIT:
                self.on_outage(_trouble(reply))
                continue
            view = read(settled(reply), self.viewed)
            last_answer = self.clock()
            self.on_outage(None)
            if view.raw != last.raw:
                return self._remember(view)

    def _next_pause(self, last: View) -> float:
        """Wait as long as the server wants, or ever longer; never past the timeout."""
        pause = self.requested_pause or self.pause * jitter(0.8, 1.2)
        self.pause = min(self.pause * GROWTH, SLOWEST_PAUSE)
        if self.timeout is None:
            return pause
        left = self.timeout - (self.clock() - self.started)
        if left <= 0:
            raise self.timed_out(last)
        return min(pause, left)

    def timed_out(self, last: View) -> WatchTimeoutError:
        """Make the error of a timeout."""
        return WatchTimeoutError(last.id, last.phase)

    def _remember(self, view: View) -> View:
        self.last, self.pause = view, FIRST_PAUSE
        return view


class Following(Watcher[JobView]):
    """One watcher of one job."""

    def request(self, name: Named) -> Request:
        """Make the request for the job's view."""
        return calls.view_request(name)

    def viewed(self, document: object) -> JobView:
        """Read the job's view."""
        return JobView.from_wire(document)

    def first_news(self) -> JobView | None:
        """Take the view that the caller gave, if it was one."""
        return self.job if isinstance(self.job, JobView) else None


def _trouble(reply: Reply) -> str:
    return reply.reason if isinstance(reply, NoAnswer) else f"HTTP {reply.status}"
