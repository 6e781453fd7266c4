"""HelloCities: orchestrations of five activities a second, against durabletask's in-memory backend."""

from collections.abc import Sequence
from statistics import median

from benchmarks.children import child
from benchmarks.figures import TIMES, Figure

COUNT = 100
PAIRS = 7


async def measure() -> Sequence[Figure]:
    """Run pairs, one side after the other, under the same load; return the median pair."""
    with child("benchmarks.cities_on_host") as ours, child("benchmarks.cities_on_durabletask") as theirs:
        for side in (ours, theirs):
            side.ask(COUNT // 4)
        pairs = [(ours.ask(COUNT), theirs.ask(COUNT)) for _ in range(PAIRS)]
    return [
        Figure("HelloCities on the host, journal on", median(COUNT / mine for mine, _ in pairs), "a second"),
        Figure("HelloCities on durabletask, in memory", median(COUNT / other for _, other in pairs), "a second"),
        Figure("the host against durabletask", median(other / mine for mine, other in pairs), TIMES, at_least=1.0),
    ]
