"""Places with limits by key: a target, a workspace, a tenant. Pure rules beside those of `quantum.jobs.places`.

1. A job has a place only if there is one in all and one for each of its keys, and none of its keys has had too many
   starts in its period. A job that has no room lets those behind it pass.
2. The line is ordered by urgency; then the tenant is first that has had less: places that it holds, starts within the
   horizon, and jobs of its own that are older; then by age.
3. A start is a place that was taken, also for another attempt of the same job. Starts are counted in slots, a tenth of
   the period, and a slot counts until all of it has left the period: in no period there are more than the limit.
4. All else is as in `places`: holders and waiters expire, a waiter is called once, and the line is bounded.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from math import ceil

from quantum.jobs.fair_limits import DIMENSIONS, FairLimits, Limit, keys_of
from quantum.jobs.places import (
    CALL,
    FIRST_PAUSE,
    HOLD,
    MARGIN,
    MAX_WAITERS,
    PAUSE_PER_ROUND,
    UNLISTED_PAUSE,
    Candidate,
    Line,
    Round,
    Waiter,
)

SLOTS = 10
MOST_SLOTS = 5000  # of all keys: they fit into a column
ALL = ""  # the key of all jobs
TENANT = DIMENSIONS.index("tenant")


def serve_fairly(
    line: Line, takers: Sequence[Candidate], leavers: Collection[str], now: float, limit: int, limits: FairLimits
) -> Round:
    """Apply requests that arrived together: first what is released, then what is taken, in the order of turns."""
    line = line.without_expired(now).without(leavers)
    requests = {each.job_id: _waiter(each, now) for each in takers}
    renewed = {id_ for id_, each in requests.items() if id_ in line.holders and line.keys.get(id_) == each.keys}
    line = line.without(requests.keys() - renewed)  # who turns to another target takes a place anew
    room = _Room(line, now, limit, limits)
    room.renew(renewed)
    newcomers = [each for id_, each in requests.items() if id_ not in renewed]
    return _round(room, room.in_order([*line.waiters, *newcomers]), requests.keys() - renewed, renewed)


def _waiter(candidate: Candidate, now: float) -> Waiter:
    keys = keys_of(candidate.names)
    return Waiter(candidate.job_id, candidate.created, now, urgency=candidate.urgency, keys=keys)


def _round(room: "_Room", ordered: Iterable[Waiter], takers: Collection[str], renewed: Iterable[str]) -> Round:
    """Walk along the line: whoever has room takes a place, or is called; the others wait."""
    pauses: dict[str, float | None] = dict.fromkeys(renewed)
    waiters: list[Waiter] = []
    called: list[str] = []
    for each in ordered:
        is_taker = each.job_id in takers
        if not is_taker and room.is_full(each.keys):
            room.pass_over(each.keys)
            waiters.append(each)
            continue
        pause = room.pause(each.keys)
        if pause is not None:
            room.pass_over(each.keys)
            if is_taker:
                pauses[each.job_id] = pause if len(waiters) < MAX_WAITERS else UNLISTED_PAUSE
            waiters.append(replace(each, until=room.now + pause + MARGIN) if is_taker else each)
        elif is_taker:
            room.admit(each)
            pauses[each.job_id] = None
        else:
            room.reserve(each.keys)
            called += () if each.called else (each.job_id,)
            waiters.append(each if each.called else replace(each, until=min(each.until, room.now + CALL), called=True))
    return Round(room.line(waiters[:MAX_WAITERS]), pauses, tuple(called))


class _Room:
    """What is free in one round, in all and by key."""

    def __init__(self, line: Line, now: float, limit: int, limits: FairLimits) -> None:
        self.now = now
        self._limits, self._limit_of_all = limits, Limit(at_once=limit)
        self._holders = dict(line.holders)
        self._keys = {job_id: line.keys.get(job_id, ()) for job_id in line.holders}
        self._starts = _that_count(line.starts, now)
        self._held = Counter(key for keys in self._keys.values() for key in (ALL, *keys))
        self._reserved: Counter[str] = Counter()
        self._passed: dict[tuple[str, ...], int] = {}
        self._full: set[tuple[str, ...]] = set()

    def renew(self, jobs: Iterable[str]) -> None:
        """Let jobs hold their places as long again."""
        self._holders.update((job_id, self.now + HOLD) for job_id in jobs)

    def in_order(self, waiters: Iterable[Waiter]) -> list[Waiter]:
        """Order a line: by urgency, then for the tenant that has had less, then by age."""
        had: dict[tuple[int, str], int] = {}
        places: list[tuple[tuple[int, int, float, str], Waiter]] = []
        for each in sorted(waiters, key=lambda waiter: (waiter.created, waiter.job_id)):
            tenant = each.urgency, each.keys[TENANT] if each.keys else ALL
            share = had[tenant] if tenant in had else self._share(tenant[1])
            places.append(((-each.urgency, share, each.created, each.job_id), each))
            had[tenant] = share + 1
        return [each for _, each in sorted(places, key=lambda place: place[0])]

    def pause(self, keys: tuple[str, ...]) -> float | None:
        """Return the longest pause of a job for which there is no room; None if there is some."""
        limits = ((ALL, self._limit_of_all), *self._limits.of(keys))
        pauses = [pause for key, limit in limits for pause in self._pauses(key, limit)]
        if keys and sum(map(len, self._starts.values())) > MOST_SLOTS - len(keys) - 1:
            pauses.append(UNLISTED_PAUSE)
        if pauses:
            self._full.add(keys)
        return min(max(pauses), UNLISTED_PAUSE) if pauses else None

    def is_full(self, keys: tuple[str, ...]) -> bool:
        """Say whether a job with the same keys had no room before: room only shrinks in a round."""
        return keys in self._full

    def _pauses(self, key: str, limit: Limit) -> Iterator[float]:
        at_once, starts = self._held[key] + self._reserved[key], self._count(key) + self._reserved[key]
        if limit.at_once and at_once >= limit.at_once:
            yield FIRST_PAUSE + PAUSE_PER_ROUND * (self._ahead(key) // limit.at_once)
        if limit.starts and starts >= limit.starts:
            first = min(self._starts.get(key, ()), default=self.now + CALL)
            yield first - self.now + limit.period * (self._ahead(key) // limit.starts)

    def _ahead(self, key: str) -> int:
        """Count the jobs with a key that were passed over."""
        return sum(number for keys, number in self._passed.items() if key == ALL or key in keys)

    def admit(self, waiter: Waiter) -> None:
        """Give a job a place, and count its start."""
        self._holders[waiter.job_id] = self.now + HOLD
        self._keys[waiter.job_id] = waiter.keys
        self._held.update((ALL, *waiter.keys))
        for key, limit in self._limits.of(waiter.keys):
            if limit.starts:
                self._start(key, limit.period)
        if waiter.keys:
            self._start(_share_of(waiter.keys[TENANT]), self._limits.horizon)

    def reserve(self, keys: tuple[str, ...]) -> None:
        """Keep room for a job that was called."""
        self._reserved.update((ALL, *keys))

    def pass_over(self, keys: tuple[str, ...]) -> None:
        """Count a job that waits, for the pauses of those behind it."""
        self._passed[keys] = self._passed.get(keys, 0) + 1

    def line(self, waiters: Sequence[Waiter]) -> Line:
        """Return the line after the round."""
        return Line(self._holders, tuple(waiters), self._keys, self._starts)

    def _share(self, tenant: str) -> int:
        """Return how much a tenant has had."""
        return self._held[tenant] + self._count(_share_of(tenant)) if tenant else 0

    def _count(self, key: str) -> int:
        return sum(self._starts.get(key, {}).values())

    def _start(self, key: str, period: float) -> None:
        width = max(1, ceil(period / SLOTS))
        end = (int(self.now) // width + 1) * width + ceil(period)
        slots = self._starts.setdefault(key, {})
        slots[end] = slots.get(end, 0) + 1


def _that_count(starts: Mapping[str, Mapping[int, int]], now: float) -> dict[str, dict[int, int]]:
    """Drop the slots that have left their periods; a slot is named by the moment when it has."""
    slots = ((key, {end: count for end, count in ends.items() if end > now}) for key, ends in starts.items())
    return {key: ends for key, ends in slots if ends}


def _share_of(tenant: str) -> str:
    """Return the key of what a tenant has had within the horizon, whatever its limits are."""
    return sha256(tenant.encode()).hexdigest()[:12]
