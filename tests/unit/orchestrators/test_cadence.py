"""Pauses: they grow, spread, and never fall below what a service asked for."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrators.cadence import FIRST_SECONDS, LONGEST_SECONDS, SPREAD, backoff, pause, spread

seconds = st.floats(0, 10**6)


def test_the_first_look_comes_soon() -> None:
    """A target without a queue answers within the second."""
    length = pause(timedelta(0), None, "job")

    assert FIRST_SECONDS <= length.total_seconds() <= FIRST_SECONDS * (1 + SPREAD)


def test_a_look_comes_a_quarter_of_the_time_later() -> None:
    """What took a minute is seen within a quarter of a minute."""
    length = pause(timedelta(seconds=60), None, "job")

    assert 15 <= length.total_seconds() <= 15 * (1 + SPREAD)


def test_pauses_end_growing() -> None:
    """After days a look still comes every half minute."""
    assert pause(timedelta(days=3), None, "job").total_seconds() <= LONGEST_SECONDS * (1 + SPREAD)


def test_in_the_first_half_of_a_known_queue_nobody_looks() -> None:
    """There is nothing to be seen, so no call is made."""
    first = pause(timedelta(0), 600, "job")
    later = pause(timedelta(seconds=301), 600, "job")

    assert first.total_seconds() >= 300
    assert later.total_seconds() <= LONGEST_SECONDS * (1 + SPREAD)


@settings(deadline=None, max_examples=200)
@given(seconds, st.none() | st.floats(0, 10**5), st.text(max_size=9), st.floats(0, 600))
def test_every_pause_keeps_its_bounds(waited: float, queue: float | None, seed: str, least: float) -> None:
    """At least what the service asked for, at most the known queue or half a minute, the same for the same job."""
    length = pause(timedelta(seconds=waited), queue, seed, least)

    longest = max(LONGEST_SECONDS, (queue or 0) / 2) * (1 + SPREAD)
    assert max(least, FIRST_SECONDS) <= length.total_seconds() + 1e-6 <= max(least, longest) + 1e-5
    assert length == pause(timedelta(seconds=waited), queue, seed, least)


@settings(deadline=None, max_examples=200)
@given(seconds, st.text(max_size=9), st.floats(0, 600))
def test_a_step_that_fails_is_left_alone_for_longer_and_longer(struggled: float, seed: str, least: float) -> None:
    """A second at first, five minutes at most, and never less than Retry-After."""
    length = backoff(timedelta(seconds=struggled), seed, least)

    assert max(least, 1) <= length.total_seconds() + 1e-6 <= max(least, 300 * (1 + SPREAD)) + 1e-5


def test_jobs_do_not_look_in_step() -> None:
    """A hundred jobs of one moment spread over the whole tenth."""
    shares = sorted(spread(f"job {n}") for n in range(100))

    assert 0 <= shares[0] < 0.1
    assert 0.9 < shares[-1] <= 1
    assert len(set(shares)) == 100
