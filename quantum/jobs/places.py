"""Places: how many jobs may hold one at the same time, and whose turn is next. Pure rules; time is an argument.

1. At most `limit` jobs hold a place. A free place goes to the first waiter of `precedence`: by urgency, then by age.
2. Everything expires, so that no crash can keep a place: a holder after HOLD, a waiter after the pause that it was
   asked to make. A holder that takes again renews its place; a job that has released one may take another.
3. A waiter whose turn has come is called. One that does not come within CALL loses its turn, not its age: its own
   timer brings it back, and then it is first again.
4. The list of waiters is bounded, and holds the first ones. A job that does not fit comes back later by itself.

`quantum.jobs.fair_places` has rules for limits by target, workspace and tenant. All times are seconds since the epoch.
"""

from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from dataclasses import field, replace

from quantum.wire.records import record

MAX_WAITERS = 2000
HOLD = 600.0  # twice the time after which the durable extension runs an activity of a dead instance again
CALL = 30.0
MARGIN = 60.0  # a waiter's timer may fire late, and its activity may wait in a queue
FIRST_PAUSE = 20.0
PAUSE_PER_ROUND = 10.0  # for every `limit` jobs before it
UNLISTED_PAUSE = 300.0


@record
class Candidate:
    """A job that asks for a place. What decides whose turn is next stands here.

    `names` are its target, workspace and tenant, for limits of these.
    """

    job_id: str
    created: float
    urgency: int = 0
    names: tuple[str, ...] = ()


@record
class Waiter:
    """A job in line until a moment; `called` says that its turn has come, and that it was told so."""

    job_id: str
    created: float
    until: float
    called: bool = False
    urgency: int = 0
    keys: tuple[str, ...] = ()


def precedence(candidate: Candidate | Waiter) -> tuple[int, float, str]:
    """Return the sort key of the line: whoever has less is served first."""
    return -candidate.urgency, candidate.created, candidate.job_id


@record
class Line:
    """Who has a place, with the end of its time, and who waits for one, in the order of their turns.

    `keys` of holders and `starts` by key and moment are written by `quantum.jobs.fair_places` alone.
    """

    holders: Mapping[str, float] = field(default_factory=dict)
    waiters: tuple[Waiter, ...] = ()
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    starts: Mapping[str, Mapping[int, int]] = field(default_factory=dict)

    def without_expired(self, now: float) -> "Line":
        """Drop every holder and waiter whose time is over."""
        holders = {job_id: until for job_id, until in self.holders.items() if until > now}
        return replace(self, holders=holders, waiters=tuple(waiter for waiter in self.waiters if waiter.until > now))

    def without(self, jobs: Collection[str]) -> "Line":
        """Drop jobs, whether they hold a place or wait; those that do neither are no error."""
        holders = {job_id: until for job_id, until in self.holders.items() if job_id not in jobs}
        return replace(
            self, holders=holders, waiters=tuple(waiter for waiter in self.waiters if waiter.job_id not in jobs)
        )

    def taken_by(self, candidate: Candidate, now: float, limit: int) -> tuple["Line", float | None]:
        """Give the job a place and return None, or put it in line and return the seconds of its longest pause."""
        others = self if candidate.job_id in self.holders else self.without({candidate.job_id})
        rank = bisect_left(others.waiters, precedence(candidate), key=precedence)
        if candidate.job_id in self.holders or rank < limit - len(self.holders):
            return replace(others, holders={**self.holders, candidate.job_id: now + HOLD}), None
        if rank >= MAX_WAITERS:
            return others, UNLISTED_PAUSE
        pause = FIRST_PAUSE + PAUSE_PER_ROUND * (rank // max(limit, 1))
        waiters = list(others.waiters)
        until = now + pause + MARGIN
        waiters.insert(rank, Waiter(candidate.job_id, candidate.created, until, urgency=candidate.urgency))
        return replace(others, waiters=tuple(waiters[:MAX_WAITERS])), pause

    def with_calls(self, now: float, limit: int) -> tuple["Line", tuple[str, ...]]:
        """Call each waiter for whom there is a place, once; return the jobs that were not called before."""
        free = max(0, limit - len(self.holders))
        turns = self.waiters[:free]
        fresh = tuple(waiter.job_id for waiter in turns if not waiter.called)
        if not fresh:
            return self, ()
        called = tuple(
            waiter if waiter.called else replace(waiter, until=min(waiter.until, now + CALL), called=True)
            for waiter in turns
        )
        return replace(self, waiters=called + self.waiters[free:]), fresh


@record
class Round:
    """The outcome of one round of requests: the line, the pauses by job (None: it has a place), and who is called."""

    line: Line
    pauses: Mapping[str, float | None]
    called: tuple[str, ...]


def serve(line: Line, takers: Sequence[Candidate], leavers: Collection[str], now: float, limit: int) -> Round:
    """Apply requests that arrived together: first what is released, then what is taken, in the order of turns."""
    line = replace(line.without_expired(now), keys={}, starts={})
    if leavers:
        line = line.without(leavers)
    pauses: dict[str, float | None] = {}
    for candidate in sorted(takers, key=precedence):
        line, pauses[candidate.job_id] = line.taken_by(candidate, now, limit)
    line, called = line.with_calls(now, limit)
    return Round(line, pauses, called)
