"""The rules of places: a bound, the order of ages, and an end to everything that is held."""

from dataclasses import dataclass, field
from random import Random
from uuid import UUID

import pytest

from quantum.jobs.places import CALL, FIRST_PAUSE, HOLD, MAX_WAITERS, UNLISTED_PAUSE, Candidate, Line, serve

LIMIT = 3


def a_job(number: int) -> Candidate:
    """The job that was created in this second."""
    return Candidate(str(UUID(int=number)), float(number))


def after(*takers: int, line: Line | None = None, now: float = 1000.0, limit: int = LIMIT) -> Line:
    """The line after these jobs asked, one after the other."""
    line = line or Line()
    for number in takers:
        line = serve(line, [a_job(number)], (), now, limit).line
    return line


def numbers(*job_ids: str) -> list[int]:
    """The numbers of jobs."""
    return [UUID(job_id).int for job_id in job_ids]


def test_as_many_as_the_limit_hold_a_place() -> None:
    """The next one waits."""
    outcome = serve(after(1, 2, 3), [a_job(4)], (), 1000.0, LIMIT)

    assert numbers(*outcome.line.holders) == [1, 2, 3]
    assert outcome.pauses == {a_job(4).job_id: FIRST_PAUSE}


def test_a_place_that_is_free_again_goes_to_the_oldest() -> None:
    """It is called, and a younger one that happens to ask does not get ahead of it."""
    released = serve(after(1, 2, 3, 6, 5), [], {a_job(2).job_id}, 1001.0, LIMIT)
    younger = serve(released.line, [a_job(7)], (), 1001.0, LIMIT)
    oldest = serve(younger.line, [a_job(5)], (), 1002.0, LIMIT)

    assert numbers(*released.called) == [5]
    assert younger.called == ()  # nobody is called twice
    assert younger.pauses[a_job(7).job_id] is not None
    assert oldest.pauses == {a_job(5).job_id: None}
    assert numbers(*(each.job_id for each in oldest.line.waiters)) == [6, 7]


def test_whoever_asks_again_keeps_its_place() -> None:
    """And has it for as long again."""
    places = after(1, now=1500.0, line=after(1, 2, 3))

    assert list(places.holders.values()) == [1500.0 + HOLD, 1000.0 + HOLD, 1000.0 + HOLD]


def test_a_released_job_can_take_a_place_again() -> None:
    """As after an attempt that failed."""
    released = serve(after(1, 2), [], {a_job(1).job_id}, 1000.0, LIMIT).line

    assert numbers(*after(1, line=released).holders) == [2, 1]


def test_requests_that_arrive_together_are_served_by_age() -> None:
    """What is released in the same moment counts."""
    outcome = serve(after(1, 2, 3), [a_job(9), a_job(5), a_job(7)], {a_job(1).job_id, a_job(2).job_id}, 1000.0, LIMIT)

    assert {number: outcome.pauses[a_job(number).job_id] for number in (5, 7, 9)} == {5: None, 7: None, 9: FIRST_PAUSE}


def test_a_holder_that_died_loses_its_place() -> None:
    """After its time, to the oldest that waits."""
    places = after(1, 2, 3, 4)

    renewed = after(2, 3, 4, line=places, now=1000.0 + HOLD / 2)
    outcome = serve(renewed, [a_job(4)], (), 1000.0 + HOLD, LIMIT)

    assert numbers(*outcome.line.holders) == [2, 3, 4]


def test_a_waiter_that_does_not_come_loses_its_turn_and_not_its_age() -> None:
    """The next is called; when the lost one comes back, it is first again."""
    released = serve(after(1, 2, 3, 4, 5), [], {a_job(1).job_id}, 1000.0, LIMIT)
    later = serve(released.line, [], {a_job(99).job_id}, 1000.0 + CALL, LIMIT)
    back = serve(later.line, [a_job(4)], (), 1001.0 + CALL, LIMIT)

    assert numbers(*released.called) == [4]
    assert numbers(*later.called) == [5]
    assert back.pauses == {a_job(4).job_id: None}


def test_a_job_that_gives_up_its_turn_lets_the_next_one_in() -> None:
    """As one that was cancelled in line."""
    released = serve(after(1, 2, 3, 4, 5), [], {a_job(1).job_id}, 1000.0, LIMIT)
    cancelled = serve(released.line, [], {a_job(4).job_id}, 1001.0, LIMIT)

    assert numbers(*cancelled.called) == [5]


def test_the_further_back_the_longer_the_pause() -> None:
    """So that a long line costs little."""
    places = after(*range(1, 14))

    pauses = [serve(places, [a_job(number)], (), 1000.0, LIMIT).pauses[a_job(number).job_id] for number in (4, 7, 10)]

    assert pauses == [FIRST_PAUSE, FIRST_PAUSE + 10, FIRST_PAUSE + 20]


def test_a_line_that_is_full_keeps_the_oldest() -> None:
    """Whoever does not fit comes back by itself."""
    takers = [a_job(number) for number in range(100, 101 + LIMIT + MAX_WAITERS)]
    outcome = serve(Line(), takers, (), 1000.0, LIMIT)
    older = serve(outcome.line, [a_job(50)], (), 1000.0, LIMIT)

    assert outcome.pauses[takers[-1].job_id] == UNLISTED_PAUSE
    assert (older.line.waiters[0].job_id, len(older.line.waiters)) == (a_job(50).job_id, MAX_WAITERS)


def test_a_smaller_limit_takes_no_place_away() -> None:
    """But lets nobody in until enough have left."""
    outcome = serve(after(1, 2, 3), [a_job(4)], {a_job(1).job_id}, 1000.0, 2)

    assert (numbers(*outcome.line.holders), outcome.called) == ([2, 3], ())


@dataclass
class Schedule:
    """Jobs that come, wait, work, crash and lose their wake-ups at random."""

    random: Random
    limit: int
    now: float = 0.0
    line: Line = field(default_factory=Line)
    due: dict[int, float] = field(default_factory=dict)  # when a job that waits asks again
    working: dict[int, float] = field(default_factory=dict)  # until when a job works
    admitted: list[int] = field(default_factory=list)
    crashed: set[int] = field(default_factory=set)
    loses: float = 0.2  # how many wake-ups are lost, and how many holders crash

    def ask(self, number: int) -> None:
        """Let a job ask for a place."""
        outcome = serve(self.line, [a_job(number)], (), self.now, self.limit)
        self.line = outcome.line
        self.wake(outcome.called)
        pause = outcome.pauses[a_job(number).job_id]
        if pause is not None:
            self.due[number] = self.now + pause
            return
        self.due.pop(number, None)
        self.admitted.append(number)
        if self.random.random() < self.loses:
            self.crashed.add(number)
        else:
            self.working[number] = self.now + self.random.uniform(1, 20)

    def wake(self, called: tuple[str, ...]) -> None:
        """Wake the jobs that were called, most of them."""
        for number in numbers(*called):
            if number in self.due and self.random.random() >= self.loses:
                self.due[number] = self.now + 0.1

    def step(self) -> None:
        """Go on to what happens next."""
        upcoming = [(at, number) for times in (self.due, self.working) for number, at in times.items()]
        self.now, number = min(upcoming)
        if number in self.due:
            self.ask(number)
        else:
            del self.working[number]
            outcome = serve(self.line, [], {a_job(number).job_id}, self.now, self.limit)
            self.line = outcome.line
            self.wake(outcome.called)


@pytest.mark.parametrize("seed", range(20))
def test_every_job_gets_a_place_whatever_happens(seed: int) -> None:
    """Never more than the limit hold one, though wake-ups are lost and holders crash, and nobody starves."""
    schedule = Schedule(Random(seed), limit=1 + seed % 7)  # noqa: S311  # repeatable
    schedule.due = {number: schedule.random.uniform(0, 200) for number in range(1, 121)}

    while schedule.due or schedule.working:
        schedule.step()
        assert len(schedule.line.holders) <= schedule.limit

    assert sorted(schedule.admitted) == list(range(1, 121))
    assert schedule.crashed


@pytest.mark.parametrize("seed", range(5))
def test_without_losses_the_order_is_that_of_the_ages(seed: int) -> None:
    """Of jobs that wait together, whatever the order in which they asked."""
    schedule = Schedule(Random(seed), limit=4, loses=0.0)  # noqa: S311  # repeatable
    burst = list(range(1, 101))
    schedule.random.shuffle(burst)
    for number in burst:
        schedule.ask(number)
    at_once = set(schedule.admitted)

    while schedule.due or schedule.working:
        schedule.step()

    later = [number for number in schedule.admitted if number not in at_once]
    assert later == sorted(later)
    assert schedule.now < 100 / 4 * 20  # no place stood empty for long
