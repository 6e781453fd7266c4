"""Which benchmarks `make bench`, `make bench-scale` and `make bench-rivals` run, in their order."""

from collections.abc import AsyncIterator, Callable, Mapping
from functools import partial

from benchmarks import (
    bell,
    burst,
    cadence,
    compiling,
    faults,
    lists,
    polling,
    rate,
    size,
    start,
    steady,
    storage,
    timers,
)
from benchmarks.measuring.figures import Figure
from benchmarks.measuring.stacks import Stacks

type Benchmark = Callable[[], AsyncIterator[Figure]]
type Suite = tuple[Mapping[str, Benchmark], Mapping[str, Benchmark]]  # those that share stacks, and the others


def bench(stacks: Stacks) -> Suite:
    """Return what ends within ten minutes on two quiet cores."""
    paired = {
        "bell": partial(bell.measure, stacks),  # first: of a stack that has seen no order
        "burst": partial(burst.measure, stacks),
        "steady": partial(steady.measure, stacks),
    }
    alone = {
        "storage": storage.measure,
        "start": start.measure,
        "deaf": steady.measure_deaf,
        "timers": timers.measure,
        "rate": rate.measure,
        "polling": polling.measure,
        "cadence": cadence.measure,
        "size": size.measure,
        "lists": lists.measure,
        "compiling": compiling.measure,
    }
    return paired, alone


def scale(stacks: Stacks) -> Suite:
    """Return what takes an hour and longer."""
    return {"large burst": partial(burst.measure_large, stacks)}, {"faults": faults.measure}


SUITES: Mapping[str, Callable[[Stacks], Suite]] = {"bench": bench, "scale": scale}


def suite(name: str, stacks: Stacks) -> Suite:
    """Return the benchmarks of a suite: first those that share stacks."""
    return SUITES[name](stacks)


def names_of(name: str) -> list[str]:
    """Name the benchmarks of a suite."""
    return [name for benchmarks in suite(name, Stacks()) for name in benchmarks]
