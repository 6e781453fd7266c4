"""Which benchmarks `make bench`, `make bench-scale` and `make bench-rivals` run, in their order."""

from collections.abc import AsyncIterator, Callable, Mapping
from functools import partial

from benchmarks import (
    batches,
    bell,
    burst,
    cadence,
    compiling,
    faults,
    lists,
    polling,
    rate,
    rivals,
    size,
    start,
    steady,
    storage,
    timers,
    waiting_jobs,
)
from benchmarks.measuring.figures import Figure
from benchmarks.measuring.stacks import Stacks

SHORT, LONG = 5_000, 100_000  # jobs in the lists

type Benchmark = Callable[[], AsyncIterator[Figure]]
type Suite = tuple[Mapping[str, Benchmark], Mapping[str, Benchmark]]  # those that share stacks, and the others


def bench(stacks: Stacks) -> Suite:
    """Return what ends within ten minutes on two quiet cores."""
    paired: dict[str, Benchmark] = {
        "bell": partial(bell.measure, stacks),  # first: of a stack that has seen no order
        "burst": partial(burst.measure, stacks),
        "steady": partial(steady.measure, stacks),
    }
    alone: dict[str, Benchmark] = {
        "storage": storage.measure,
        "start": start.measure,
        "deaf": steady.measure_deaf,
        "timers": timers.measure,
        "rate": rate.measure,
        "polling": polling.measure,
        "cadence": cadence.measure,
        "size": size.measure,
        "lists": partial(lists.measure, SHORT),
        "compiling": compiling.measure,
        "batches": batches.measure,
    }
    return paired, alone


def scale(stacks: Stacks) -> Suite:
    """Return what takes an hour and longer."""
    paired: dict[str, Benchmark] = {
        "large burst": partial(burst.measure_large, stacks),
        "waiting jobs": partial(waiting_jobs.measure, stacks),
    }
    alone: dict[str, Benchmark] = {
        "many waiting jobs": waiting_jobs.measure_many,
        "large batches": batches.measure_large,
        "memory of batches": batches.measure_memory,
        "long lists": partial(lists.measure, LONG),
        "faults": faults.measure,
        "many faults": faults.measure_many,
    }
    return paired, alone


def against_rivals(stacks: Stacks) -> Suite:
    """Return what needs PostgreSQL and the rivals' packages."""
    return {"rivals": partial(rivals.measure, stacks)}, {}


SUITES: Mapping[str, Callable[[Stacks], Suite]] = {"bench": bench, "scale": scale, "rivals": against_rivals}


def suite(name: str, stacks: Stacks) -> Suite:
    """Return the benchmarks of a suite: first those that share stacks."""
    return SUITES[name](stacks)


def names_of(name: str) -> list[str]:
    """Name the benchmarks of a suite."""
    return [name for benchmarks in suite(name, Stacks()) for name in benchmarks]
