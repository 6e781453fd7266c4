"""The poll loop: a job that is watched for days costs no more a look than one that is watched for minutes."""

from collections.abc import Sequence
from statistics import median

from benchmarks.children import child
from benchmarks.figures import TIMES, Figure

JOBS = 3
ROUND = 25  # looks between two continue-as-new: a mean over one whole round has every age of a history in it


async def measure() -> Sequence[Figure]:
    """Compare the round that ends at look 500 with the one that ends at look 50, in the same jobs."""
    with child("benchmarks.polls_on_host") as host:
        host.ask("to warm up")
        jobs = [host.ask(number) for number in range(JOBS)]
    early = [mean_cost(moments, 50) for moments in jobs]
    late = [mean_cost(moments, 500) for moments in jobs]
    ratio = median(after / before for before, after in zip(early, late, strict=True))
    return [
        Figure("a look at a job, the 50th", median(early) * 1000, "ms"),
        Figure("a look at a job, the 500th", median(late) * 1000, "ms"),
        Figure("the 500th look against the 50th", ratio, TIMES, at_most=1.5),
    ]


def mean_cost(moments: Sequence[float], last: int) -> float:
    """Give the seconds between two looks in the round that ends with this one."""
    return (moments[last - 1] - moments[last - 1 - ROUND]) / ROUND
