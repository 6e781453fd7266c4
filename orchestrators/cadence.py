"""The pauses between status checks and between retries, as pure functions, so that a replay pauses alike.

A pause is a share of the time since the submission, so that the end of a short job is noticed soon, limited by the
square root of the time in this phase. That root needs the fewest checks for a given mean delay when the length of a
wait is unknown and long waits are rarer than short ones; and it makes pauses short again when the job moves: an
execution mostly takes far less time than the queue before it.
"""

from datetime import timedelta
from math import sqrt
from zlib import crc32

from quantum.jobs.progress import Watcher

FIRST_SECONDS = 0.1
LONGEST_SECONDS = 900.0  # a cancellation whose event was lost takes effect at the next check
SHARE = 0.2  # the end of a job of one minute may be noticed a fifth of a minute late
STRIDE = 0.6  # after a minute in a phase a pause takes 4.6 s at most, after an hour 36 s, after a day 3 minutes
# Of a job that its watcher wakes: for the case that it does not. After 23 s the pause is the longest.
WATCHED_SHARE = 40.0
BEHIND_SHARE = 2.0  # of a job that waits behind many others, and that its watcher may not have listed yet
WATCHED_EACH_SECONDS = 0.36  # all watched jobs together check at most three times a second
LONGEST_WATCHED_SECONDS = 7200.0
SPREAD = 0.1
BACKOFF_SPREAD = 0.5  # wider: jobs that failed together must not all retry together


def pause(
    waited: timedelta,
    in_phase: timedelta,
    seed: str,
    *,
    queue_seconds: float | None = None,
    since_woken: timedelta | None = None,
    watcher: Watcher | None = None,
) -> timedelta:
    """Choose the next pause for a job that was submitted `waited` ago and has been in its phase for `in_phase`.

    `queue_seconds` is for a job that waits: the target's average queue time at submission, which may be far off. In
    its first half a change is unlikely, so pauses are twice as long. After a wake before the job's end, pauses start
    short again and double, up to their former length. `watcher` is what a
    watcher said of the job: then a pause is the time for which the watcher may be wrong.
    """
    elapsed = waited.total_seconds()
    # Two machines' clocks may differ: a phase that began in our future has only just begun.
    seconds = min(elapsed * SHARE, sqrt(max(in_phase.total_seconds(), 0.0)) * STRIDE)
    if queue_seconds and elapsed < queue_seconds / 2:
        seconds *= 2
    if watcher:
        seconds = elapsed * (WATCHED_SHARE if watcher.listed else BEHIND_SHARE)
    if since_woken is not None:
        seconds = min(seconds, since_woken.total_seconds())
    seconds = max(seconds, FIRST_SECONDS) * (1 + SPREAD * spread(seed))
    return timedelta(seconds=min(seconds, _longest(watcher, seed)))


def _longest(watcher: Watcher | None, seed: str) -> float:
    """Return the longest pause; those of many watched jobs grow with their number, and differ."""
    if not watcher:
        return LONGEST_SECONDS
    longest = max(LONGEST_SECONDS, min(watcher.jobs * WATCHED_EACH_SECONDS, LONGEST_WATCHED_SECONDS))
    return longest * (1 - SPREAD * spread(seed))


def backoff(struggled: timedelta, seed: str, least: float = 0.0, longest: float = 300.0) -> timedelta:
    """Choose the pause before a retry: as long as the step has failed for, from one second to `longest`.

    Jitter adds up to half of it. `least` is the service's Retry-After in seconds; jitter spreads the jobs that received
    the same value.
    """
    seconds = min(max(struggled.total_seconds(), 1.0), longest)
    share = spread(seed)
    return timedelta(seconds=max(least * (1 + SPREAD * share), seconds * (1 + BACKOFF_SPREAD * share)))


def spread(seed: str) -> float:
    """Return a number from 0 to 1 that depends on the seed alone."""
    return crc32(seed.encode()) / 0xFFFF_FFFF
