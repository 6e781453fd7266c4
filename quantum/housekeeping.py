"""What is done now and then: orders whose orchestration was lost go on, and old histories are forgotten.

The index keeps its rows, so that the key of an order is remembered for as long as they are kept.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from quantum import wire
from quantum.answers import answer, encode
from quantum.lifecycle import Phase
from quantum.model import Failure, Job
from quantum.ports import Orchestrations, Services

GRACE = timedelta(minutes=2)  # a door that has claimed an order may be about to start it
MAX_RESTARTS = 3
GIVEN_UP = Failure("OrchestrationFailed", "The orchestration of this job ended early, and did so again when restarted.")


async def keep_house(services: Services, orchestrations: Orchestrations, retention: timedelta) -> Mapping[str, int]:
    """Look after every job that has not ended, then purge; says how many jobs it started and gave up."""
    done = {"started": 0, "givenUp": 0}
    async for job_id in services.index.open_ids():
        entry = await services.index.find(job_id)
        if entry is None or entry.job.is_final:
            if entry is not None:
                await services.index.close_id(job_id)
        elif services.now() - wire.moment(entry.job.history[-1]["at"]) > GRACE:
            await _look_after(entry.job, services, orchestrations, done)
    await orchestrations.purge(services.now() - retention)
    return done


async def _look_after(job: Job, services: Services, orchestrations: Orchestrations, done: dict[str, int]) -> None:
    state = await orchestrations.state(job.id)
    if state == "running":
        return
    if job.restarts >= MAX_RESTARTS:
        await _give_up(job, services)
        done["givenUp"] += 1
        return
    restarted = replace(job, restarts=job.restarts + (state == "ended"))
    await services.index.record(restarted)
    await orchestrations.start(restarted)
    done["started"] += 1


async def _give_up(job: Job, services: Services) -> None:
    """Answer for a job whose orchestration cannot be kept alive: its caller must hear something."""
    failed = replace(job, phase=Phase.FAILED, error=GIVEN_UP)
    at = {"phase": Phase.FAILED.value, "at": wire.timestamp(services.now())}
    failed = replace(failed, history=(*job.history, at))
    await services.index.record(failed)
    await services.answers.send(encode(answer(failed, None)))
