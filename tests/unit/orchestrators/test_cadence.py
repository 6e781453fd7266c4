"""Pauses: they grow, begin anew with every piece of news, spread, and never fall below what a service asked for."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrators.cadence import BACKOFF_SPREAD, FIRST_SECONDS, LONGEST_SECONDS, SPREAD, backoff, pause, spread
from quantum.jobs.progress import Watcher

seconds = st.floats(-(10**3), 10**7)


def seconds_of_pause(waited: float, in_phase: float, queue: float | None = None, woken: float | None = None) -> float:
    """The pause in seconds, less what spreads it."""
    since_woken = None if woken is None else timedelta(seconds=woken)
    length = pause(
        timedelta(seconds=waited), timedelta(seconds=in_phase), "", queue_seconds=queue, since_woken=since_woken
    )
    return length.total_seconds()


def test_the_first_look_comes_soon() -> None:
    """A target without a queue answers within the second."""
    assert seconds_of_pause(0, 0) == FIRST_SECONDS


@pytest.mark.parametrize(
    ("waited", "longest"),
    [(1, 0.2), (5, 1.0), (60, 5), (3600, 36), (86_400, 180), (30 * 86_400, LONGEST_SECONDS)],
)
def test_pauses_grow_with_the_time_but_less_and_less(waited: float, longest: float) -> None:
    """A fifth of the first seconds; half a minute or so after an hour; never more than a quarter of an hour."""
    assert longest * 0.85 <= seconds_of_pause(waited, waited) <= longest


def test_pauses_are_short_again_when_a_job_begins_to_execute() -> None:
    """After hours in a queue an execution of seconds is seen to end within little more than a second."""
    assert seconds_of_pause(7200, 4) == 1.2


def test_in_the_first_half_of_a_known_queue_pauses_are_twice_as_long() -> None:
    """There is little to be seen; from then on, or where the queue is not known, nothing is presumed."""
    unknown = seconds_of_pause(900, 900)

    assert unknown == 18
    assert seconds_of_pause(900, 900, queue=3600) == 36
    assert [seconds_of_pause(900, 900, queue=queue) for queue in (0, 60, 1800)] == [unknown] * 3


def test_after_a_wake_pauses_begin_anew_and_double() -> None:
    """What woke us is about to be seen, or was nothing: soon the pauses are what they were."""
    pauses = [seconds_of_pause(7200, 7200, woken=woken) for woken in (0, 0.1, 0.2, 0.4, 10, 3600)]

    assert pauses == [FIRST_SECONDS, 0.1, 0.2, 0.4, 10, seconds_of_pause(7200, 7200)]


@settings(deadline=None, max_examples=200)
@given(seconds, seconds, st.none() | st.floats(0, 10**6), st.none() | seconds, st.text(max_size=9))
def test_every_pause_keeps_its_bounds(
    waited: float, in_phase: float, queue: float | None, woken: float | None, seed: str
) -> None:
    """From the first look to a quarter of an hour, whatever the clocks say, and the same for the same job."""
    facts = timedelta(seconds=waited), timedelta(seconds=in_phase), seed
    since_woken = None if woken is None else timedelta(seconds=woken)
    length = pause(*facts, queue_seconds=queue, since_woken=since_woken)

    assert FIRST_SECONDS <= length.total_seconds() <= LONGEST_SECONDS
    assert length == pause(*facts, queue_seconds=queue, since_woken=since_woken)


@settings(deadline=None, max_examples=200)
@given(seconds.filter(lambda number: number >= 0), st.text(max_size=9), st.floats(0, 600))
def test_a_step_that_fails_is_left_alone_for_longer_and_longer(struggled: float, seed: str, least: float) -> None:
    """A second at first, five minutes at most, and never less than Retry-After."""
    length = backoff(timedelta(seconds=struggled), seed, least)

    longest = max(least * (1 + SPREAD), 300 * (1 + BACKOFF_SPREAD))
    assert max(least, 1) <= length.total_seconds() + 1e-6 <= longest + 1e-5


def test_jobs_do_not_look_in_step() -> None:
    """A hundred jobs of one moment spread over the whole tenth."""
    shares = sorted(spread(f"job {n}") for n in range(100))

    assert 0 <= shares[0] < 0.1
    assert 0.9 < shares[-1] <= 1
    assert len(set(shares)) == 100


@pytest.mark.parametrize("least", [0.0, 600.0])
def test_jobs_that_failed_together_do_not_come_back_together(least: float) -> None:
    """A hundred jobs that one outage, or one Retry-After, has stopped come back spread over a tenth of it or more."""
    moments = sorted(backoff(timedelta(seconds=256), f"job {n}", least).total_seconds() for n in range(100))

    gaps = [after - before for before, after in pairwise(moments)]
    assert moments[-1] - moments[0] > 0.09 * moments[0]
    assert max(gaps) < 0.1 * (moments[-1] - moments[0])


def watched_pauses(watcher: Watcher, until: timedelta) -> list[float]:
    """The pauses of a job that waits, in seconds, from its submission until then."""
    waited, pauses = timedelta(), []
    while waited < until:
        pauses.append(pause(waited, waited, f"job:{len(pauses)}", watcher=watcher).total_seconds())
        waited += timedelta(seconds=pauses[-1])
    return pauses


def test_a_job_that_its_watcher_has_listed_soon_sleeps_for_a_quarter_of_an_hour() -> None:
    """In the first hour it looks less than a twentieth as often as a job on its own."""
    watched = watched_pauses(Watcher(1000, listed=True), timedelta(hours=1))

    assert 0.9 * LONGEST_SECONDS <= watched[-1] <= LONGEST_SECONDS
    assert len(watched) <= 10


def test_a_job_behind_many_others_looks_at_doubling_ages_until_it_is_listed() -> None:
    """Each pause is twice what it has waited, so what nobody saw is seen soon."""
    pauses = watched_pauses(Watcher(1000, listed=False), timedelta(minutes=1))

    assert all(2 * sum(pauses[:number]) <= pauses[number] for number in range(1, len(pauses)))
    assert len(pauses) <= 8


@pytest.mark.parametrize(("jobs", "longest"), [(25, 900), (2_500, 900), (10_000, 3_600), (1_000_000, 7_200)])
def test_very_many_watched_jobs_sleep_longer(jobs: int, longest: float) -> None:
    """All together they check three times a second at most, and each does after two hours at most."""
    seconds = pause(timedelta(days=1), timedelta(days=1), "", watcher=Watcher(jobs, listed=True)).total_seconds()

    assert seconds == longest
    assert jobs / seconds < 3 or longest == 7_200
