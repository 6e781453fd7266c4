"""Limits by key hold whatever happens: jobs that crash, wake-ups that are lost, requests in any order."""

from collections import Counter
from dataclasses import dataclass, field
from random import Random
from uuid import UUID

import pytest

from quantum.jobs.fair_limits import FairLimits, Limit, keys_of
from quantum.jobs.fair_places import serve_fairly
from quantum.jobs.places import Candidate, Line

LIMITS = FairLimits({}, {"target": Limit(at_once=3), "tenant": Limit(2, 6, 30.0)})
LIMIT = 5


def a_job(number: int) -> Candidate:
    """One of three tenants' jobs for one of two targets, now and then an urgent one."""
    names = (f"target {number % 2}", "w", f"tenant {number % 3}")
    return Candidate(str(UUID(int=number)), float(number), int(number % 10 == 0), names)


@dataclass
class Schedule:
    """Jobs that come, wait, work, crash and lose their wake-ups at random."""

    random: Random
    due: dict[int, float]  # when a job asks
    now: float = 0.0
    line: Line = field(default_factory=Line)
    working: dict[int, float] = field(default_factory=dict)
    starts: list[tuple[float, str]] = field(default_factory=list)  # with the tenant
    admitted: list[int] = field(default_factory=list)
    crashed: int = 0

    def serve(self, *takers: Candidate, leavers: frozenset[str] = frozenset()) -> dict[str, float | None]:
        """Serve a round, and wake most of those that it calls."""
        outcome = serve_fairly(self.line, takers, leavers, self.now, LIMIT, LIMITS)
        self.line = outcome.line
        for number in (UUID(job_id).int for job_id in outcome.called):
            if number in self.due and self.random.random() > 0.2:
                self.due[number] = min(self.due[number], self.now + 0.1)
        return dict(outcome.pauses)

    def ask(self, number: int) -> None:
        """Let a job ask for a place."""
        job = a_job(number)
        pause = self.serve(job)[job.job_id]
        if pause is not None:
            self.due[number] = self.now + pause
            return
        del self.due[number]
        self.admitted.append(number)
        self.starts.append((self.now, job.names[2]))
        if self.random.random() < 0.05:
            self.crashed += 1
        else:
            self.working[number] = self.now + self.random.uniform(1, 20)

    def step(self) -> None:
        """Go on to what happens next."""
        self.now, number = min((at, number) for times in (self.due, self.working) for number, at in times.items())
        if number in self.due:
            self.ask(number)
        else:
            del self.working[number]
            self.serve(leavers=frozenset({a_job(number).job_id}))


@pytest.mark.parametrize("seed", range(8))
def test_no_limit_is_broken_and_everybody_has_a_turn(seed: int) -> None:
    """At no moment are there more places, in no period more starts."""
    random = Random(seed)  # noqa: S311  # repeatable
    schedule = Schedule(random, {number: random.uniform(0, 100) for number in range(1, 91)})

    while schedule.due or schedule.working:
        schedule.step()
        held = Counter(key for keys in schedule.line.keys.values() for key in keys)
        assert len(schedule.line.holders) <= LIMIT
        for keys in schedule.line.keys.values():
            assert held[keys[0]] <= 3
            assert held[keys[2]] <= 2

    assert sorted(schedule.admitted) == list(range(1, 91))
    assert schedule.crashed
    for at, tenant in schedule.starts:
        assert sum(at <= other < at + 30 for other, its in schedule.starts if its == tenant) <= 6


def test_keys_belong_to_those_who_hold_a_place() -> None:
    """What a job leaves behind are its starts."""
    job = a_job(1)
    taken = serve_fairly(Line(), [job], (), 1.0, LIMIT, LIMITS).line
    left = serve_fairly(taken, [], {job.job_id}, 2.0, LIMIT, LIMITS).line

    assert taken.keys == {job.job_id: keys_of(job.names)}
    assert (left.holders, left.keys) == ({}, {})
    assert keys_of(job.names)[2] in left.starts
