"""The cadence of polls, against azure-quantum-python's own schedule on the same seeded jobs.

No time passes: a job is two lengths, its wait and its execution, and a schedule is a sequence of pauses.
"""

import math
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random
from statistics import mean

from benchmarks.measuring.figures import TIMES, Figure, p95
from orchestrators import cadence

JOBS = 2_000
SEED = 8
SILENT = 0.15  # of the targets report no queue time, or 0
FAR_OFF = 0.10  # report a time that is wrong by a factor of ten


@dataclass(frozen=True)
class Job:
    """A job as a workspace runs it, in seconds; `queue_time` is what its target reported at submission."""

    waits: float
    executes: float
    queue_time: float | None

    @property
    def lasts(self) -> float:
        """The seconds from the submission to the end."""
        return self.waits + self.executes


@dataclass(frozen=True)
class Watched:
    """The result of a schedule on a job: the number of polls, and the delay in seconds after the end."""

    job: Job
    polls: int
    delay: float


type Schedule = Callable[[Job, int], Iterator[float]]


async def measure() -> AsyncIterator[Figure]:
    """Compare both schedules on the same jobs; then again with targets that report no queue times."""
    jobs = list(population(Random(SEED), JOBS))  # noqa: S311  # no secret
    silent = [replace(job, queue_time=None) for job in jobs]
    theirs = watch(jobs, sdk_pauses)
    ours, blind = watch(jobs, our_pauses), watch(silent, our_pauses)
    for figure in [
        Figure("polls against azure-quantum-python", polls(ours) / polls(theirs), TIMES, at_most=1.0),
        Figure("mean delay against azure-quantum-python", delay(ours) / delay(theirs), TIMES, at_most=1.05),
        Figure("relative delay, p95, against the same", lateness(ours) / lateness(theirs), TIMES, at_most=0.5),
        Figure("  polls, targets silent on their queues", polls(blind) / polls(theirs), TIMES),
        Figure("  mean delay, targets silent", delay(blind) / delay(theirs), TIMES),
        Figure("  relative delay, p95, targets silent", lateness(blind) / lateness(theirs), TIMES),
        Figure("  polls a job", polls(ours) / JOBS),
        Figure("  mean delay", delay(ours), "s"),
        Figure("  relative delay, p95", lateness(ours) * 100, "%"),
    ]:
        yield figure


def population(random: Random, count: int) -> Iterator[Job]:
    """Make jobs as a workspace sees them: 40 % for simulators, 25 % for emulators, 35 % for quantum computers."""
    for _ in range(count):
        kind = random.random()
        if kind < 0.40:  # 0.2 s to 10 s, half of them behind somebody else's
            job = Job(random.choice((0.0, random.uniform(0, 1))), log_uniform(random, 0.2, 10), 0)
        elif kind < 0.65:  # seconds to minutes
            job = Job(random.lognormvariate(math.log(15), 1.2), log_uniform(random, 3, 600), None)
        else:  # a median hour in the queue, one in twenty more than half a day; then seconds
            waits = min(random.lognormvariate(math.log(3600), 1.5), 3 * 86_400)
            job = Job(waits, random.lognormvariate(math.log(15), 1.0), None)
        yield replace(job, queue_time=reported_queue_time(random, job))


def log_uniform(random: Random, least: float, most: float) -> float:
    """Draw a length, log-uniformly."""
    return math.exp(random.uniform(math.log(least), math.log(most)))


def reported_queue_time(random: Random, job: Job) -> float | None:
    """Draw a target's reported queue time: an average that fits a single job within a factor of about two."""
    chance = random.random()
    if job.queue_time == 0 or chance < SILENT / 2:
        return 0
    if chance < SILENT:
        return None
    wrong = random.choice((0.1, 10)) if chance < SILENT + FAR_OFF else 1
    return round(job.waits * random.lognormvariate(0, 0.7) * wrong)


def sdk_pauses(_job: Job, _number: int) -> Iterator[float]:
    """azure-quantum-python's `wait_until_completed`: 0.2 s, half as much again each time, 25.9, 38.9, then 30 s."""
    seconds = 0.2
    while True:
        yield seconds
        seconds = 30.0 if seconds >= 30 else seconds * 1.5


def our_pauses(job: Job, number: int) -> Iterator[float]:
    """The app's own schedule, which sees at each poll whether the job waits or executes."""
    elapsed, entered, executing = 0.0, 0.0, job.waits == 0
    for poll in range(10**6):
        seconds = cadence.pause(
            timedelta(seconds=elapsed),
            timedelta(seconds=elapsed - entered),
            f"{number}:{poll}",
            queue_seconds=None if executing else job.queue_time,
        ).total_seconds()
        yield seconds
        elapsed += seconds
        if not executing and elapsed >= job.waits:
            executing, entered = True, elapsed


def watch(jobs: Sequence[Job], schedule: Schedule) -> Sequence[Watched]:
    """Poll every job by a schedule until the poll that sees its end."""
    return [watched(job, schedule(job, number)) for number, job in enumerate(jobs)]


def watched(job: Job, pauses: Iterator[float]) -> Watched:
    """Poll one job."""
    elapsed, looks = 0.0, 0
    while elapsed < job.lasts:
        elapsed += next(pauses)
        looks += 1
    return Watched(job, looks, elapsed - job.lasts)


def polls(results: Sequence[Watched]) -> int:
    """Count the polls of all jobs."""
    return sum(each.polls for each in results)


def delay(results: Sequence[Watched]) -> float:
    """Return the mean delay, in seconds."""
    return mean(each.delay for each in results)


def lateness(results: Sequence[Watched]) -> float:
    """Return the 95th percentile of delays as shares of the jobs' durations."""
    return p95([each.delay / each.job.lasts for each in results])
