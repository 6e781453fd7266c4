"""The simulation of schedules: theirs is azure-quantum-python's, ours is the app's, and the promise holds."""

from itertools import islice
from random import Random

import pytest

from benchmarks import cadence
from benchmarks.cadence import Job, our_pauses, population, sdk_pauses, watched


def test_their_schedule_is_the_one_of_azure_quantum_python() -> None:
    """Half as much again each time; the pause that passes 30 s is the last that grows."""
    pauses = [round(pause, 1) for pause in islice(sdk_pauses(Job(0, 0, None), 0), 17)]

    assert pauses[:4] == [0.2, 0.3, 0.5, 0.7]
    assert pauses[12:] == [25.9, 38.9, 30.0, 30.0, 30.0]


@pytest.mark.parametrize("schedule", [sdk_pauses, our_pauses])
def test_a_job_is_watched_until_it_is_seen_to_have_ended(schedule: cadence.Schedule) -> None:
    """The last look is the first one after the end."""
    job = Job(waits=30, executes=10, queue_time=None)

    seen = watched(job, schedule(job, 0))

    pauses = list(islice(schedule(job, 0), seen.polls))
    assert sum(pauses[:-1]) < job.lasts <= sum(pauses)
    assert seen.delay == pytest.approx(sum(pauses) - job.lasts)


def test_the_jobs_are_of_every_kind() -> None:
    """From fractions of a second to hours, with targets that tell of their queues, are silent, or far off."""
    jobs = list(population(Random(1), 500))  # noqa: S311  # no secret

    assert min(job.lasts for job in jobs) < 1
    assert max(job.lasts for job in jobs) > 6 * 3600
    assert any(job.queue_time is None for job in jobs)
    assert any(job.queue_time == 0 and job.waits > 600 for job in jobs)
    assert any(job.queue_time and not job.waits / 5 < job.queue_time < job.waits * 5 for job in jobs)
    assert jobs == list(population(Random(1), 500))  # noqa: S311  # no secret


async def test_our_schedule_keeps_its_promise() -> None:
    """No more polls, no later on average, and relative to the job never half as late."""
    figures = [figure async for figure in cadence.measure()]

    assert [figure.passes for figure in figures[:3]] == [True] * 3
