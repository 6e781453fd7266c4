"""When to look at a job again: pauses that grow with the time it has taken, spread so that jobs do not look in step.

Pure functions of what the orchestration knows, so that a replay makes the same pauses.
"""

from datetime import timedelta
from zlib import crc32

FIRST_SECONDS = 0.2
LONGEST_SECONDS = 30.0
LONGEST_IN_QUEUE_SECONDS = 900.0  # a cancellation whose event was lost is seen at the next look
SHARE = 0.25  # a job that ran for a minute may be seen to have ended a quarter of a minute late
SPREAD = 0.1


def pause(waited: timedelta, queue_seconds: float | None, seed: str, least: float = 0.0) -> timedelta:
    """Choose the next pause for a job that was submitted `waited` ago.

    `queue_seconds` is the target's average queue time at submission: in its first half nothing is to be seen, so the
    first look comes at its middle. `least` is what the service asked for by Retry-After, in seconds.
    """
    elapsed = waited.total_seconds()
    seconds = min(max(elapsed * SHARE, FIRST_SECONDS), LONGEST_SECONDS)
    if queue_seconds and elapsed < queue_seconds / 2:
        seconds = max(seconds, min(queue_seconds / 2 - elapsed, LONGEST_IN_QUEUE_SECONDS))
    return timedelta(seconds=max(least, seconds * (1 + SPREAD * spread(seed))))


def backoff(struggled: timedelta, seed: str, least: float = 0.0, longest: float = 300.0) -> timedelta:
    """Choose the pause before a step is tried again: as long as it has failed for, within a second and `longest`."""
    seconds = min(max(struggled.total_seconds(), 1.0), longest)
    return timedelta(seconds=max(least, seconds * (1 + SPREAD * spread(seed))))


def spread(seed: str) -> float:
    """A number from 0 to 1 that depends on the seed alone."""
    return crc32(seed.encode()) / 0xFFFF_FFFF
