"""The rules of a watcher: whom a list wakes, whom it leaves alone, and how often."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID, uuid5

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrators import cadence
from quantum.jobs.lifecycle import Phase
from quantum.jobs.model import Job, Part
from quantum.wire import codec
from quantum.workspaces import watching as rules
from quantum.workspaces.remote import ListedJob
from quantum.workspaces.watching import (
    COST_SHARE,
    GUESSES,
    LONGEST_REPEAT,
    NEW,
    PAUSE_SECONDS,
    REFRESH,
    REPEAT,
    Reading,
    Watch,
    pause_after,
)
from tests.support.builders import JOB_ID, NOW, a_job, an_order, with_progress, with_remote

HOUR_AGO = NOW - timedelta(hours=1)
QPU = "ionq.qpu.aria-1"


def a_waiting_job(number: int = 0, since: datetime = HOUR_AGO, phase: Phase = Phase.WAITING) -> Job:
    """A job that the index knows to wait in the workspace."""
    job = with_remote(a_job(an_order(target=QPU)), since=codec.timestamp(since), status="Waiting")
    return replace(job, id=str(uuid5(UUID(JOB_ID), str(number))), phase=phase)


def listed(job: Job, status: str = "Waiting", created: datetime = HOUR_AGO) -> ListedJob:
    """The job in the workspace's list."""
    return ListedJob(job.remote_id, status, QPU, created)


def reading(*jobs: ListedJob, at: datetime = NOW, is_complete: bool = True) -> Reading:
    """A reading of the list."""
    return Reading(at, {job.id: job for job in jobs}, is_complete)


def watching(*jobs: Job) -> Watch:
    """A watch that has just read these jobs from the index."""
    watch = Watch()
    watch.replace_jobs(jobs, NOW)
    return watch


def woken(watch: Watch, seen: Reading, at: datetime | None = None) -> list[str]:
    """The ids that a reading wakes, or asks the index about."""
    wakes = watch.compare(seen, at or seen.began)
    return [*wakes.first, *wakes.repeated]


def test_a_job_that_waits_as_recorded_sleeps_on() -> None:
    """In the words of either kind of workspace."""
    job = a_waiting_job()
    watch = watching(job)

    assert woken(watch, reading(listed(job))) == []
    assert woken(watch, reading(listed(job, "Queued"))) == []


def test_a_job_that_moved_is_woken() -> None:
    """At its first other status, and at the next one too."""
    job = a_waiting_job()
    watch = watching(job)

    assert woken(watch, reading(listed(job, "Executing"))) == [job.id]
    assert woken(watch, reading(listed(job, "CancellationRequested"))) == [job.id]


def test_an_unknown_status_counts_as_running() -> None:
    """It wakes a job that waits, and leaves one alone that executes."""
    waits, executes = a_waiting_job(1), a_waiting_job(2, phase=Phase.EXECUTING)
    watch = watching(waits, executes)

    assert woken(watch, reading(listed(waits, "Tepid"), listed(executes, "Tepid"))) == [waits.id]


def test_a_job_that_is_not_listed_is_woken_to_look() -> None:
    """Its end is decided by nobody but itself."""
    job = a_waiting_job()

    assert woken(watching(job), reading()) == [job.id]


def test_a_list_that_was_cut_short_says_nothing_about_the_rest() -> None:
    """A job beyond it may be anything."""
    job = a_waiting_job()

    assert woken(watching(job), reading(is_complete=False)) == []


def test_a_job_too_new_for_the_list_is_left_alone() -> None:
    """Until a list must have it."""
    job = a_waiting_job(since=NOW - timedelta(seconds=5))
    watch = watching(job)

    assert woken(watch, reading()) == []
    assert woken(watch, reading(at=NOW + NEW)) == [job.id]


def test_the_same_observation_wakes_again_only_after_a_pause_that_doubles() -> None:
    """However long the list says so."""
    job = a_waiting_job()
    watch = watching(job)
    rounds = [NOW + timedelta(seconds=10 * number) for number in range(360)]

    times = [at for at in rounds if woken(watch, reading(listed(job, "Executing"), at=at))]

    gaps = [later - former for former, later in pairwise(times)]
    assert gaps == [min(REPEAT * 2**number, LONGEST_REPEAT) for number in range(len(gaps))]


def test_a_repeated_observation_is_checked_with_the_index() -> None:
    """A job that has followed the list meanwhile is known as it is now, and one that has ended is forgotten."""
    moved, ended = a_waiting_job(1), a_waiting_job(2)
    watch = watching(moved, ended)
    seen = reading(listed(moved, "Executing"), at=NOW + REPEAT)
    watch.compare(seen, NOW)

    assert {*watch.compare(seen, NOW + REPEAT).repeated} == {moved.id, ended.id}
    assert watch.correct(moved.id, replace(moved, phase=Phase.EXECUTING))
    assert not watch.has_changed(moved.id, seen)
    assert not watch.correct(ended.id, replace(ended, phase=Phase.SUCCEEDED))
    assert woken(watch, seen, NOW + timedelta(days=1)) == []


def test_a_list_that_swings_wakes_a_job_no_oftener() -> None:
    """Stale in one direction, then in the other, a hundred times."""
    job = a_waiting_job()
    watch = watching(job)
    rounds = [
        reading(*([listed(job)] if number % 2 else []), at=NOW + timedelta(seconds=number)) for number in range(100)
    ]

    assert sum(len(woken(watch, each)) for each in rounds) == 2


def test_a_new_job_is_watched_before_the_index_is_read_again() -> None:
    """Its id is the same here and there; until then it is not known whose it is."""
    job = a_waiting_job(since=NOW)
    watch = watching()

    assert woken(watch, reading(listed(job, created=NOW))) == []
    assert woken(watch, reading(listed(job, "Executing", created=NOW), at=NOW + NEW)) == [job.id]


def test_a_new_job_of_somebody_else_is_woken_once() -> None:
    """The index, asked before the second time, does not have it: it is ignored until the index is read again."""
    job = a_waiting_job(since=NOW)
    watch = watching()
    seen = reading(listed(job, "Executing", created=NOW), at=NOW)
    assert watch.compare(seen, NOW).first == [job.id]
    assert watch.compare(seen, NOW + REPEAT).repeated == [job.id]

    assert not watch.correct(job.id, None)

    assert woken(watch, seen, NOW + timedelta(hours=1)) == []


def test_a_list_that_is_empty_by_mistake_wakes_only_so_many_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The others in the rounds that follow."""
    monkeypatch.setattr(rules, "MOST_WOKEN", 2)
    jobs = [a_waiting_job(number) for number in range(5)]
    watch = watching(*jobs)

    rounds = [watch.compare(reading(), NOW).first for _ in range(4)]

    assert [len(each) for each in rounds] == [2, 2, 1, 0]
    assert {remote_id for each in rounds for remote_id in each} == {job.id for job in jobs}


def test_what_the_index_does_not_have_belongs_to_others() -> None:
    """A job of the same age or older than its last reading is not ours, and never woken."""
    other = a_waiting_job()
    watch = watching(a_waiting_job(1, phase=Phase.COLLECTING))

    assert woken(watch, reading(listed(other, "Executing"))) == []
    assert watch.waiting(reading(listed(other))) == {}


def test_a_fallback_is_watched_under_its_remote_id() -> None:
    """And woken under its own."""
    job = with_progress(replace(a_waiting_job(), order=an_order(target=QPU, fallback_targets=(QPU,))), fallback=1)
    watch = watching(job)

    assert job.remote_id != job.id
    assert woken(watch, reading()) == [job.remote_id]
    assert watch.jobs[job.remote_id].job_id == job.id


def test_each_part_of_a_divided_job_is_watched_until_it_has_ended() -> None:
    """News of any part wakes the job; a part that has ended is not missed in the list."""
    whole = a_waiting_job()
    parts = (Part(whole.remote_id, 5, "Succeeded"), Part("second", 5, "Waiting"), Part("third", 5, "Executing"))
    job = replace(whole, remote=replace(whole.remote, parts=parts))
    second, third = ListedJob("second", "Waiting", QPU, HOUR_AGO), ListedJob("third", "Executing", QPU, HOUR_AGO)

    assert set(watching(job).jobs) == {"second", "third"}
    assert {each.job_id for each in watching(job).jobs.values()} == {job.id}
    assert woken(watching(job), reading(second, third)) == []
    assert len(woken(watching(job), reading(replace(second, status="Executing"), third))) == 1


def test_waiting_jobs_are_counted_by_target() -> None:
    """With the time of the oldest."""
    jobs = [a_waiting_job(number, HOUR_AGO + timedelta(minutes=number)) for number in range(3)]
    seen = reading(*map(listed, jobs[1:]), listed(jobs[0], "Executing"))

    assert watching(*jobs).waiting(seen) == {QPU: 2}
    assert watching(*jobs).oldest(seen) == {QPU: HOUR_AGO + timedelta(minutes=1)}
    assert watching(*jobs).youngest(seen) == HOUR_AGO + timedelta(minutes=2)


def test_the_index_is_read_at_first_and_now_and_then() -> None:
    """Or when there are many new jobs of which it is not known whose they are."""
    watch = watching()
    assert Watch().needs_index(NOW)
    assert not watch.needs_index(NOW)
    assert watch.needs_index(NOW + REFRESH)

    watch.compare(reading(*(listed(a_waiting_job(number), created=NOW) for number in range(GUESSES + 1))), NOW)

    assert watch.needs_index(NOW)


def test_pauses_are_short_for_short_lists_and_long_for_costly_ones() -> None:
    """A round never takes more than its share of the time."""
    assert pause_after(0, 0) == pause_after(1, 0) == PAUSE_SECONDS
    assert pause_after(100, 0) == 10 * PAUSE_SECONDS
    assert pause_after(1, 3) == 3 * COST_SHARE


@pytest.mark.parametrize("age", [timedelta(minutes=2), timedelta(minutes=10), timedelta(hours=1), timedelta(days=3)])
def test_nobody_is_looked_at_less_often_than_it_would_look(age: timedelta) -> None:
    """Where the youngest job has waited long, pauses are longer, up to those of its own cadence or a minute."""
    own = cadence.pause(age, age, "").total_seconds()

    assert PAUSE_SECONDS <= pause_after(1, 0, age) <= max(min(own, 60.0), PAUSE_SECONDS) + 0.001


STATUSES = st.sampled_from(["Waiting", "Queued", "Executing", "Finishing", "Tepid", "Cancelling", None])


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 120), STATUSES), min_size=1, max_size=80))
def test_any_schedule_wakes_soon_and_seldom(schedule: list[tuple[int, str | None]]) -> None:
    """Whatever lists say: a first change wakes at once, and all wakes together stay within the doubling pauses."""
    job, at = a_waiting_job(), NOW
    watch = watching(job)
    wakes: Counter[str] = Counter()
    observed: set[Phase | None] = set()
    for seconds, status in schedule:
        at += timedelta(seconds=seconds)
        seen = reading(*([listed(job, status)] if status else []), at=at)
        ids = woken(watch, seen)
        wakes.update(ids)
        phase = seen.listed[job.id].phase if status else None
        if phase is not Phase.WAITING and phase not in observed:
            assert ids == [job.id]
            observed.add(phase)
    repeats = wakes[job.id] - len(observed)
    assert repeats <= (at - NOW) / REPEAT


def test_a_watch_that_has_not_read_the_index_guesses_nothing() -> None:
    """It could not tell the jobs that are new from those that are not ours."""
    watch = Watch()

    assert woken(watch, reading(listed(a_waiting_job(), "Executing", NOW))) == []
    assert (watch.jobs, watch.guessed) == ({}, set())
