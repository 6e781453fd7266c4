"""The poll loop: a poll of a job that runs for days costs no more than a poll of one that runs for minutes."""

from collections.abc import AsyncIterator, Sequence
from statistics import median

from benchmarks.measuring.children import child
from benchmarks.measuring.figures import TIMES, Figure

JOBS = 3
ROUND = 25  # polls between two continue-as-new: the mean over a whole round covers every length of history


async def measure() -> AsyncIterator[Figure]:
    """Compare the round that ends at poll 500 with the one that ends at poll 50, in the same jobs."""
    with child("benchmarks.programs.polls_on_host") as host:
        host.ask("to warm up")
        jobs = [host.ask(number) for number in range(JOBS)]
    early = [mean_cost(moments, 50) for moments in jobs]
    late = [mean_cost(moments, 500) for moments in jobs]
    ratio = median(after / before for before, after in zip(early, late, strict=True))
    for figure in [
        Figure("a look at a job, the 50th", median(early) * 1000, "ms"),
        Figure("a look at a job, the 500th", median(late) * 1000, "ms"),
        Figure("the 500th look against the 50th", ratio, TIMES, at_most=1.5),
    ]:
        yield figure


def mean_cost(moments: Sequence[float], last: int) -> float:
    """Return the mean seconds between two polls in the round that ends with this one."""
    return (moments[last - 1] - moments[last - 1 - ROUND]) / ROUND
