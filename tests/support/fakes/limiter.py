"""Places in memory, by the rules of the app."""

from collections.abc import Callable
from datetime import UTC, datetime

from quantum.jobs.fair_limits import FairLimits
from quantum.jobs.fair_places import serve_fairly
from quantum.jobs.limiter import Admitted
from quantum.jobs.places import Candidate, Line, Round, serve


class InMemoryLimiter:
    """The Limiter port: each request is a round of its own."""

    def __init__(
        self,
        limit: int,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        limits: FairLimits | None = None,
    ) -> None:
        self.lines: dict[str, Line] = {}
        self._limits = limits
        self._limit = limit
        self._now = now

    async def take(self, key: str, candidate: Candidate) -> Admitted:
        """Take a place or renew it, or wait in line for one."""
        outcome = self._serve(key, taker=candidate)
        return Admitted(outcome.pauses[candidate.job_id], outcome.called)

    async def release(self, key: str, job_id: str) -> Admitted:
        """Give a place or a turn back."""
        return Admitted(called=self._serve(key, leaver=job_id).called)

    async def close(self) -> None:
        """Do nothing."""

    def _serve(self, key: str, taker: Candidate | None = None, leaver: str | None = None) -> Round:
        line = self.lines.get(key, Line())
        takers, leavers = [taker] if taker else [], {leaver} if leaver else set()
        now = self._now().timestamp()
        if self._limits:
            outcome = serve_fairly(line, takers, leavers, now, self._limit, self._limits)
        else:
            outcome = serve(line, takers, leavers, now, self._limit)
        self.lines[key] = outcome.line
        return outcome
