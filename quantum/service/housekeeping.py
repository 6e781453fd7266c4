"""What is done now and then: lost and silent jobs go on, those that have ended are filed, old histories are forgotten.

The index keeps its rows, so that the key of an order is remembered for as long as they are kept.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from quantum.jobs.errors import ServiceError
from quantum.jobs.lifecycle import Phase
from quantum.jobs.model import Failure, Job
from quantum.ports import Orchestrations, Services, State
from quantum.service.answers import answer, encode
from quantum.service.lost_uploads import LostUploads
from quantum.service.purging import prefixes_at
from quantum.service.redeliveries import forget_tries
from quantum.service.sessions import close_own_sessions
from quantum.service.silence import Silent, TakeStep
from quantum.telemetry import names as telemetry
from quantum.wire import codec as wire

GRACE = timedelta(minutes=2)  # a door that has claimed an order may be about to start it
MAX_RESTARTS = 3
MAX_IN_A_ROW = 5  # failures of a service: then it is away, and asking on would only add to its load
SESSION_CARE = timedelta(hours=1)  # by then an open session has long ended by itself
LATENESS = timedelta(minutes=15)  # a deadline is met by asking the workspace to stop, which takes its time
ROOM = timedelta(hours=6)
GIVEN_UP = Failure("OrchestrationFailed", "The orchestration of this job ended early, and did so again when restarted.")


async def keep_house(
    services: Services,
    orchestrations: Orchestrations,
    retention: timedelta,
    take_step: TakeStep,
    lost: LostUploads | None = None,
) -> Mapping[str, int]:
    """Find lost uploads, look after every job that may not have ended, then purge; says what it started and gave up.

    What cannot be looked after holds up nothing else: what went wrong is raised at the end.
    """
    done = {"started": 0, "givenUp": 0}
    overdue = 0
    ended: list[str] = []
    failures = await _find(lost) if lost else []
    silent = Silent(services, orchestrations, take_step)
    in_a_row = 0
    async for job_id in services.index.open_ids():
        try:
            standing = await orchestrations.standing(job_id)
            # That is asked for first: an orchestration notes the end of its job before it ends itself.
            if (entry := await services.index.find(job_id)) is None:
                continue
            overdue += _is_overdue(entry.job, services)
            silent.add(entry, standing)
            if await _look_after(entry.job, standing.state, services, orchestrations, done):
                ended.append(job_id)
        except Exception as error:  # such as a row that cannot be read
            failures.append(error)
            in_a_row = in_a_row + 1 if isinstance(error, ServiceError) else 0
            if in_a_row == MAX_IN_A_ROW:
                raise
        else:
            in_a_row = 0
    await silent.mind()
    await _file([*ended, *silent.ended], services)
    services.telemetry.measure(telemetry.OVERDUE, overdue, {})
    await orchestrations.purge(services.now() - retention, prefixes_at(services.now()))
    await forget_tries(services)
    _raise([*failures, *silent.failures])
    return done


def _raise(failures: Sequence[Exception]) -> None:
    if failures:
        raise ExceptionGroup("some orders could not be looked after", failures)


async def _find(lost: LostUploads) -> list[Exception]:
    try:
        await lost.look()
    except ServiceError as error:  # the list, or the record of how far the search has come: the next round goes on
        return [*lost.failures, error]
    return lost.failures


def _is_overdue(job: Job, services: Services) -> bool:
    if job.is_final or services.now() <= expected_end(job):
        return False
    taken = services.now() - wire.moment(job.created_at)
    telemetry.tell(telemetry.JOB_OVERDUE, {**telemetry.about(job), telemetry.SECONDS: round(taken.total_seconds())})
    return True


async def _look_after(
    job: Job, state: State, services: Services, orchestrations: Orchestrations, done: dict[str, int]
) -> bool:
    """See that a job goes on whose orchestration does not run; True where nothing is left to be done for it."""
    if state == "running":
        return False
    if job.is_final and state != "died":
        return await _needs_no_more_care(job, services)
    if services.now() - wire.moment(job.history[-1]["at"]) <= GRACE:
        return False
    if job.progress.restarts >= MAX_RESTARTS:
        await _give_up(job, services)
        done["givenUp"] += 1
    else:
        await _start(job, state, services, orchestrations)
        done["started"] += 1
    return False


async def _file(ended: Sequence[str], services: Services) -> None:
    """Close what has ended, once all else has been looked after; what fails is left for the next time."""
    with suppress(ServiceError):
        for job_id in ended:
            await services.index.close_id(job_id)


async def _needs_no_more_care(job: Job, services: Services) -> bool:
    """Close the session that an ended job had to itself, of which its orchestration tried once."""
    try:
        await close_own_sessions(services, job)
    except ServiceError:  # another time: the workspace ends a session that idles, so there is nothing to hurry for
        return services.now() - wire.moment(job.history[-1]["at"]) > SESSION_CARE
    return True


def expected_end(job: Job) -> datetime:
    """When somebody should look at a job: past its deadline, or at three times the queue that its target told of."""
    if job.deadline_at:
        return job.deadline_at + LATENESS
    return wire.moment(job.remote.since or job.created_at) + 3 * timedelta(seconds=job.remote.queue_seconds or 0) + ROOM


async def _start(job: Job, state: State, services: Services, orchestrations: Orchestrations) -> None:
    """Start a job whose orchestration is not there; one that has ended has only its answer still to come."""
    if state != "unknown":
        job = replace(job, progress=replace(job.progress, restarts=job.progress.restarts + 1))
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
            workspace = await services.workspaces.named(job.order.workspace)
            await workspace.cancel(job.remote_id)
        with suppress(ServiceError):
            await close_own_sessions(services, job)
    await services.answers.send(encode(answer(job, None)))
    await services.index.record(job)
    await services.index.close_id(job.id)
