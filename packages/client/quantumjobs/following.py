"""Follows a job to its end: when to look again, what counts as news, and how long to bear an outage; no I/O."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from quantumjobs import calls
from quantumjobs.errors import WatchTimeoutError
from quantumjobs.exchange import NoAnswer, ask, is_passing, jitter, read, settled, wanted_pause
from quantumjobs.jobs import JobView

if TYPE_CHECKING:
    from collections.abc import Callable

    from quantumjobs.calls import Named
    from quantumjobs.exchange import Reply, Steps

FIRST_PAUSE, SLOWEST_PAUSE, GROWTH = 0.5, 10.0, 1.5  # seconds, where the server does not say
OUTAGE_LIMIT = 900.0  # seconds without one good answer after which a watcher gives up


@dataclass
class Following:
    """One watcher of one job, given by id or by a view that is the first news.

    `timeout` is in seconds; `on_outage` receives why the deployment is out of reach, and None when it is back.
    """

    job: Named
    timeout: float | None = None
    on_outage: Callable[[str | None], None] = lambda _: None
    clock: Callable[[], float] = time.monotonic
    pause: float = FIRST_PAUSE
    requested_pause: float = 0.0
    last: JobView | None = None
    started: float = field(init=False)

    def __post_init__(self) -> None:
        self.started = self.clock()

    @property
    def is_over(self) -> bool:
        """Say whether the last news was the job's end."""
        return self.last is not None and self.last.is_final

    def next_news(self) -> Steps[JobView]:
        """Come back with the next view that differs from the last, or raise WatchTimeoutError."""
        if self.last is not None:
            return (yield from self._changed(self.last))
        if isinstance(self.job, JobView):
            return self._remember(self.job)
        answer = yield from ask(calls.view_request(self.job))
        self.requested_pause = wanted_pause(answer)
        return self._remember(read(answer, JobView.from_wire))

    def _changed(self, last: JobView) -> Steps[JobView]:
        last_answer = self.clock()
        while True:
            reply = yield replace(calls.view_request(last.id), after=self._next_pause(last))
            self.requested_pause = wanted_pause(reply)
            if is_passing(reply) and self.clock() - last_answer < OUTAGE_LIMIT:
                self.on_outage(_trouble(reply))
                continue
            view = read(settled(reply), JobView.from_wire)
            last_answer = self.clock()
            self.on_outage(None)
            if view.raw != last.raw:
                return self._remember(view)

    def _next_pause(self, last: JobView) -> float:
        """Wait as long as the server wants, or ever longer; never past the timeout."""
        pause = self.requested_pause or self.pause * jitter(0.8, 1.2)
        self.pause = min(self.pause * GROWTH, SLOWEST_PAUSE)
        if self.timeout is None:
            return pause
        left = self.timeout - (self.clock() - self.started)
        if left <= 0:
            raise WatchTimeoutError(last.id, last.phase)
        return min(pause, left)

    def _remember(self, view: JobView) -> JobView:
        self.last, self.pause = view, FIRST_PAUSE
        return view


def _trouble(reply: Reply) -> str:
    return reply.reason if isinstance(reply, NoAnswer) else f"HTTP {reply.status}"
