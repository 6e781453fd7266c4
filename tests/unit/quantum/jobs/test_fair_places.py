"""Limits by target, workspace and tenant: never more at once, never more starts in a period, and tenants take turns."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count
from random import Random
from uuid import UUID

import pytest

from quantum.jobs.fair_limits import FairLimits, Limit, key_of, read_limits
from quantum.jobs.fair_places import MOST_SLOTS, serve_fairly
from quantum.jobs.places import CALL, FIRST_PAUSE, HOLD, MAX_WAITERS, UNLISTED_PAUSE, Candidate, Line, Round, serve

NOW = 1_000_000.0
PLENTY = 1000


def limits_of(text: str) -> FairLimits:
    """Read a setting."""
    limits = read_limits(text)
    assert isinstance(limits, FairLimits)
    return limits


def a_job(number: int, tenant: str = "a", target: str = "t", urgency: int = 0) -> Candidate:
    """The job that was created in this second."""
    return Candidate(str(UUID(int=number)), NOW - 5000 + number, urgency, (target, "w", tenant))


def numbers(job_ids: Iterable[str]) -> list[int]:
    """The numbers of jobs."""
    return [UUID(job_id).int for job_id in job_ids]


@dataclass
class Scene:
    """A line with its limits, and the time."""

    limits: FairLimits
    limit: int = PLENTY
    now: float = NOW
    line: Line = field(default_factory=Line)

    def ask(self, *jobs: Candidate, leavers: Iterable[Candidate] = ()) -> Round:
        """Serve requests that come together."""
        leaving = {job.job_id for job in leavers}
        outcome = serve_fairly(self.line, jobs, leaving, self.now, self.limit, self.limits)
        self.line = outcome.line
        return outcome

    @property
    def holders(self) -> list[int]:
        """Who has a place."""
        return sorted(numbers(self.line.holders))

    @property
    def waiters(self) -> list[int]:
        """Who waits, in the order of turns."""
        return numbers(each.job_id for each in self.line.waiters)


@pytest.mark.parametrize("dimension", ["target", "workspace", "tenant"])
def test_a_name_has_as_many_places_as_its_limit(dimension: str) -> None:
    """Others pass those that wait for it."""
    scene = Scene(limits_of(f'{{"{dimension}": {{"x": {{"atOnce": 2}}}}}}'))
    names = {"target": "t", "workspace": "w", "tenant": "a"}
    limited = [Candidate(a_job(n).job_id, n, 0, (*(names | {dimension: "X"}).values(),)) for n in range(1, 5)]
    outcome = scene.ask(*limited, a_job(9))

    assert scene.holders == [1, 2, 9]
    assert outcome.pauses[limited[2].job_id] == FIRST_PAUSE
    released = scene.ask(leavers=limited[:1])
    assert numbers(released.called) == [3]
    assert scene.ask(limited[2]).pauses == {limited[2].job_id: None}


def test_every_other_name_has_a_limit_of_its_own() -> None:
    """A name of its own goes before `*`."""
    scene = Scene(limits_of('{"tenant": {"*": {"atOnce": 1}, "big": {"atOnce": 3}}}'))
    jobs = [a_job(n, tenant) for n, tenant in enumerate(["a", "a", "b", "b", "big", "big", "big", "big"])]
    scene.ask(*jobs)

    assert scene.holders == [0, 2, 4, 5, 6]


def test_starts_are_limited_in_every_period() -> None:
    """However the jobs come and go, and whenever the period is thought to begin."""
    scene = Scene(limits_of('{"target": {"t": {"starts": 5, "period": "PT60S"}}}'))
    random, started, ids = Random(7), [], count(1)  # noqa: S311  # repeatable
    for _ in range(400):
        scene.now += random.uniform(0, 3)
        job = a_job(next(ids))
        if scene.ask(job).pauses[job.job_id] is None:
            started.append(scene.now)
        scene.ask(leavers=[job])

    assert len(started) > 400 * 1.5 / 60 * 5 * 0.8
    assert all(sum(at <= other < at + 60 for other in started) <= 5 for at in started)


def test_who_waits_for_a_period_comes_back_when_it_has_passed() -> None:
    """Further back, a period more for each number of starts before it."""
    scene = Scene(limits_of('{"target": {"t": {"starts": 2, "period": "PT1M"}}}'))
    jobs = [a_job(n) for n in range(1, 8)]
    outcome = scene.ask(*jobs)
    pauses = [outcome.pauses[job.job_id] or 0.0 for job in jobs]

    assert pauses[:2] == [0.0, 0.0]
    assert 60 <= pauses[2] == pauses[3] <= 66
    assert pauses[4] == pauses[5] == pauses[2] + 60
    scene.now += pauses[2]
    back = scene.ask(jobs[2], leavers=jobs[:2])
    assert (back.pauses, numbers(back.called)) == ({jobs[2].job_id: None}, [4])


def test_the_starts_of_jobs_that_were_called_are_theirs() -> None:
    """A job behind them waits for the next period."""
    scene = Scene(limits_of('{"target": {"t": {"starts": 1, "period": "P1D"}}}'), limit=1)
    first, second, third = (a_job(n) for n in (1, 2, 3))
    scene.ask(a_job(9, target="other"))
    scene.ask(first, second)
    scene.ask(leavers=[a_job(9, target="other")])

    assert (scene.waiters, scene.line.waiters[0].until) == ([1, 2], scene.now + CALL)
    assert scene.ask(third).pauses == {third.job_id: UNLISTED_PAUSE}


def test_the_urgent_are_first() -> None:
    """Then age decides, for one tenant."""
    scene = Scene(limits_of('{"tenant": {"*": {"atOnce": 1}}}'))
    jobs = [a_job(2), a_job(1), a_job(4, urgency=1), a_job(3, urgency=-1), a_job(0, urgency=-1)]
    scene.ask(a_job(9))
    scene.ask(*jobs)

    assert scene.waiters == [4, 1, 2, 0, 3]


def test_the_urgent_are_first_where_nothing_is_limited_by_key() -> None:
    """The rules of one limit know urgency, too."""
    line = serve(Line(), [a_job(9)], (), NOW, 1).line
    line = serve(line, [a_job(1), a_job(2, urgency=1), a_job(3, urgency=-1)], (), NOW, 1).line

    assert numbers(each.job_id for each in line.waiters) == [2, 1, 3]


def test_tenants_take_turns() -> None:
    """By what they have had lately, not by who came first."""
    scene = Scene(limits_of('{"target": {"*": {"atOnce": 2}}}'))
    scene.ask(*(a_job(n, "a") for n in range(1, 9)))
    scene.ask(*(a_job(n, "b") for n in range(11, 15)))

    assert scene.holders == [1, 2]
    # The first has two places and two starts, so that the other's first four are before its next.
    assert scene.waiters == [11, 12, 13, 14, 3, 4, 5, 6, 7, 8]
    both = Scene(scene.limits, limit=1)
    both.ask(a_job(0, "c", "other"))
    both.ask(*(a_job(n, tenant) for n, tenant in enumerate("aaabb", 1)))
    assert both.waiters == [1, 4, 2, 5, 3]


@pytest.mark.parametrize(
    "setting",
    ['{"target": {"*": {"atOnce": 20}}}', '{"target": {"*": {"starts": 20, "period": "PT1M"}}}'],
    ids=["places", "starts"],
)
def test_a_small_tenant_waits_two_windows_at_most(setting: str) -> None:
    """One has a thousand orders in line, the other comes later with ten; a window is twenty places, or a period."""
    scene = Scene(limits_of(setting))
    large = [a_job(n, "large") for n in range(1000)]
    small = [a_job(2000 + n, "small") for n in range(10)]
    scene.ask(*large)
    scene.ask(*small)
    order, running = [], [job for job in large if job.job_id in scene.line.holders]
    by_id = {job.job_id: job for job in (*large, *small)}
    for _ in range(3):
        order += running
        scene.now += 66
        called = scene.ask(leavers=running).called
        running = [by_id[job_id] for job_id in called]
        outcome = scene.ask(*running)
        assert set(outcome.pauses.values()) == {None}

    assert len(order) == 60
    assert set(small) <= set(order[:40])


def test_two_steady_tenants_share_evenly() -> None:
    """Though one has ten times as many orders in line."""
    scene = Scene(limits_of('{"target": {"*": {"atOnce": 4}}}'))
    ids, shares, by_id = count(1), Counter[str](), {}
    for _ in range(60):
        jobs = [a_job(next(ids), tenant) for tenant in "a" * 10 + "b"]
        by_id |= {job.job_id: job for job in jobs}
        taken = [by_id[job_id] for job_id in scene.line.holders]
        called = scene.ask(*jobs, leavers=taken).called
        scene.ask(*(by_id[job_id] for job_id in called))
        shares.update(by_id[job_id].names[2] for job_id in scene.line.holders)
        scene.now += 1

    assert shares["a"] > shares["b"] >= 58  # it has no more than that


def test_who_asks_again_renews_its_place_and_starts_nothing() -> None:
    """For another target it takes a place anew, and may have to wait."""
    scene = Scene(limits_of('{"target": {"t": {"starts": 2, "period": "PT1M"}, "other": {"atOnce": 1}}}'))
    job = a_job(1)
    scene.ask(job, a_job(2, target="other"))
    scene.now += 10
    renewed = scene.ask(job)
    elsewhere = scene.ask(a_job(1, target="other"))

    assert renewed.pauses == {job.job_id: None}
    assert renewed.line.holders[job.job_id] == scene.now + HOLD
    assert sum(renewed.line.starts[key_of("target", "t")].values()) == 1
    assert elsewhere.pauses == {job.job_id: FIRST_PAUSE}
    assert scene.holders == [2]


def test_a_full_line_keeps_the_first() -> None:
    """Whoever does not fit comes back by itself."""
    scene = Scene(limits_of('{"tenant": {"*": {"atOnce": 1}}}'))
    jobs = [a_job(n) for n in range(MAX_WAITERS + 2)]
    outcome = scene.ask(*jobs)

    assert outcome.pauses[jobs[-1].job_id] == UNLISTED_PAUSE
    assert len(scene.line.waiters) == MAX_WAITERS


def test_more_names_than_a_row_holds_wait() -> None:
    """Until some of their starts count no more; what the row says of limits is never dropped."""
    scene = Scene(FairLimits({}, {"target": Limit(starts=1, period=60.0)}))
    scene.line = Line(starts={f"{n:012x}": {int(NOW) + 5: 1} for n in range(MOST_SLOTS)})
    job = a_job(1)

    assert scene.ask(job).pauses == {job.job_id: UNLISTED_PAUSE}
    scene.now += 6
    assert scene.ask(job).pauses == {job.job_id: None}


def test_jobs_of_an_older_release_have_no_keys() -> None:
    """Only the limit of all counts for them."""
    scene = Scene(limits_of('{"tenant": {"*": {"atOnce": 1}}}'), limit=2)
    scene.line = serve(Line(), [a_job(1), a_job(2), a_job(3)], (), NOW, 2).line
    outcome = scene.ask(leavers=[a_job(1)])

    assert numbers(outcome.called) == [3]


def test_without_the_setting_keys_are_dropped() -> None:
    """And cost the row no columns."""
    scene = Scene(limits_of('{"tenant": {"*": {"atOnce": 1, "starts": 5, "period": "PT1M"}}}'))
    scene.ask(a_job(1))
    line = serve(scene.line, [], (), NOW, 5).line

    assert (line.keys, line.starts) == ({}, {})


def test_a_job_without_names_has_the_limit_of_all_alone() -> None:
    """Nothing is counted for it."""
    scene = Scene(limits_of('{"tenant": {"*": {"atOnce": 1}}}'), limit=1)
    outcome = scene.ask(Candidate(a_job(1).job_id, NOW), Candidate(a_job(2).job_id, NOW + 1))

    assert (scene.holders, scene.line.starts) == ([1], {})
    assert outcome.pauses[a_job(2).job_id] == FIRST_PAUSE
