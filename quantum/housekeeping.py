"""What is done now and then: orders whose orchestration was lost go on, and old histories are forgotten.

The index keeps its rows, so that the key of an order is remembered for as long as they are kept.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from quantum import telemetry, wire
from quantum.answers import answer, encode
from quantum.errors import ServiceError
from quantum.lifecycle import Phase
from quantum.model import Failure, Job
from quantum.ports import Orchestrations, Services, State

GRACE = timedelta(minutes=2)  # a door that has claimed an order may be about to start it
MAX_RESTARTS = 3
LATENESS = timedelta(minutes=15)  # a deadline is met by asking the workspace to stop, which takes its time
ROOM = timedelta(hours=6)
GIVEN_UP = Failure("OrchestrationFailed", "The orchestration of this job ended early, and did so again when restarted.")


async def keep_house(services: Services, orchestrations: Orchestrations, retention: timedelta) -> Mapping[str, int]:
    """Look after every job that may not have ended, then purge; says how many jobs it started and gave up.

    A job that cannot be looked after holds up no other: what went wrong is raised at the end.
    """
    done = {"started": 0, "givenUp": 0}
    overdue = 0
    failures: list[Exception] = []
    async for job_id in services.index.open_ids():
        try:
            overdue += await _look_after(job_id, services, orchestrations, done)
        except ServiceError:
            raise
        except Exception as error:  # noqa: BLE001  # such as a row that cannot be read
            failures.append(error)
    services.telemetry.measure(telemetry.OVERDUE, overdue, {})
    await orchestrations.purge(services.now() - retention)
    if failures:
        raise ExceptionGroup("some jobs could not be looked after", failures)
    return done


async def _look_after(job_id: str, services: Services, orchestrations: Orchestrations, done: dict[str, int]) -> bool:
    """Start or give up a job where that is needed; True if it takes longer than expected."""
    state = await orchestrations.state(job_id)
    # The state is asked for first: an orchestration notes the end of its job before it ends itself.
    entry = await services.index.find(job_id)
    if entry is None:
        return False
    overdue = _is_overdue(entry.job, services)
    if state != "running":
        await _revive(entry.job, state, services, orchestrations, done)
    return overdue


def _is_overdue(job: Job, services: Services) -> bool:
    if job.is_final or services.now() <= expected_end(job):
        return False
    taken = services.now() - wire.moment(job.created_at)
    telemetry.tell(telemetry.JOB_OVERDUE, {**telemetry.about(job), telemetry.SECONDS: round(taken.total_seconds())})
    return True


async def _revive(
    job: Job, state: State, services: Services, orchestrations: Orchestrations, done: dict[str, int]
) -> None:
    if job.is_final and state != "died":
        await services.index.close_id(job.id)
    elif services.now() - wire.moment(job.history[-1]["at"]) <= GRACE:
        return
    elif job.restarts >= MAX_RESTARTS:
        await _give_up(job, services)
        done["givenUp"] += 1
    else:
        await _start(job, state, services, orchestrations)
        done["started"] += 1


def expected_end(job: Job) -> datetime:
    """When somebody should look at a job: past its deadline, or at three times the queue that its target told of."""
    if job.deadline_at:
        return job.deadline_at + LATENESS
    return wire.moment(job.target_since or job.created_at) + 3 * timedelta(seconds=job.queue_seconds or 0) + ROOM


async def _start(job: Job, state: State, services: Services, orchestrations: Orchestrations) -> None:
    """Start a job whose orchestration is not there; one that has ended has only its answer still to come."""
    if state != "unknown":
        job = replace(job, restarts=job.restarts + 1)
        await services.index.record(job)
    await orchestrations.start(job.taken_up())


async def _give_up(job: Job, services: Services) -> None:
    """Answer for a job whose orchestration cannot be kept alive: its caller must hear something.

    What runs in the workspace would be billed for nobody: it is cancelled. The answer goes out before the rest; should
    that be lost, it goes out again under the same id.
    """
    if not job.is_final:
        at = {"phase": Phase.FAILED.value, "at": wire.timestamp(services.now())}
        job = replace(job, phase=Phase.FAILED, error=GIVEN_UP, history=(*job.history, at))
        with suppress(ServiceError):  # it may not have come there, or have ended
            workspace = await services.workspace_named(job.order.workspace)
            await workspace.cancel(job.remote_id)
    await services.answers.send(encode(answer(job, None)))
    await services.index.record(job)
    await services.index.close_id(job.id)
