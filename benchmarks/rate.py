"""HelloCities: orchestrations of five activities a second, against durabletask's in-memory backend."""

from collections.abc import AsyncIterator
from statistics import median

from benchmarks.measuring.children import child
from benchmarks.measuring.figures import TIMES, Figure

COUNT = 100
PAIRS = 7


async def measure() -> AsyncIterator[Figure]:
    """Run pairs, one side after the other, under the same load; return the median pair."""
    with (
        child("benchmarks.programs.cities_on_host") as ours,
        child("benchmarks.programs.cities_on_durabletask") as theirs,
    ):
        for side in (ours, theirs):
            side.ask(COUNT // 4)
        pairs = [(ours.ask(COUNT), theirs.ask(COUNT)) for _ in range(PAIRS)]
    for figure in [
        Figure("HelloCities on the host, journal on", median(COUNT / mine for mine, _ in pairs), "a second"),
        Figure("HelloCities on durabletask, in memory", median(COUNT / other for _, other in pairs), "a second"),
        Figure("the host against durabletask", median(other / mine for mine, other in pairs), TIMES, at_least=1.0),
    ]:
        yield figure
