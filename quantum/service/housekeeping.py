"""Periodic housekeeping: restart lost jobs, continue stalled ones, file ended ones, purge old histories.

The rows of the index stay, so that an order's idempotency key stays valid as long as they do.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from quantum.jobs.errors import NotFoundError, RefusedError, ServiceError
from quantum.jobs.lifecycle import Phase
from quantum.jobs.model import Failure, Job
from quantum.jobs.parts import remote_ids
from quantum.ports import Entry, InstanceStatus, Orchestrations, Services, State
from quantum.service.batch_care import look_after_batches
from quantum.service.budgets import Budgets
from quantum.service.care import CLAIM_PATIENCE, GRACE, take_turns
from quantum.service.lost_uploads import LostUploads
from quantum.service.purging import prefixes_at
from quantum.service.redeliveries import forget_redeliveries
from quantum.service.sending import send_answer
from quantum.service.sessions import close_own_sessions
from quantum.service.stalled_orchestrations import StalledOrchestrations, TakeStep, is_stalled
from quantum.telemetry import names as telemetry
from quantum.wire import codec
from quantum.workspaces.watching import MANY

MAX_RESTARTS = 3
MAX_QUEUES = 100  # queues of answers that one round examines
MAX_CONSECUTIVE_FAILURES = 5  # failures of a service: then it is down, and more calls would only add to its load
SESSION_CARE = timedelta(hours=1)  # an open session times out before that
LATENESS = timedelta(minutes=15)  # after its deadline a job takes time to stop
ROOM = timedelta(hours=6)
ABANDONED = Failure(
    "OrchestrationFailed", "The orchestration of this job ended early, and did so again when restarted."
)


async def keep_house(
    services: Services,
    orchestrations: Orchestrations,
    retention: timedelta,
    take_step: TakeStep,
    lost: LostUploads | None = None,
) -> Mapping[str, int]:
    """Find lost uploads, look after every job that may not have ended, then purge; count the restarted and abandoned.

    A failure with one job does not stop the others: all failures are raised at the end.
    """
    report = {"started": 0, "givenUp": 0}
    overdue, waiting = 0, Counter[str]()
    done: list[Entry] = []
    failures = await _find(lost) if lost else []
    stalled = StalledOrchestrations(services, orchestrations, take_step)
    consecutive_failures = 0
    async for listed, is_its_turn in take_turns(services.index, services.now()):
        waiting[listed.job.order.workspace] += listed.job.phase is Phase.WAITING
        if not is_its_turn:
            overdue += _is_overdue(listed.job, services)
            continue
        try:
            status = await orchestrations.status(listed.job.id)
            entry = await _latest(listed, status, services)
            if entry is None:
                done += [listed] if _is_left_over(listed.job, services) else []
                continue
            overdue += _is_overdue(entry.job, services)
            stalled.add(entry, status)
            if await _look_after(entry.job, status.state, services, orchestrations, report):
                done.append(entry)
        except Exception as error:  # such as a row that cannot be read
            failures.append(error)
            consecutive_failures = consecutive_failures + 1 if isinstance(error, ServiceError) else 0
            if consecutive_failures == MAX_CONSECUTIVE_FAILURES:
                raise
        else:
            consecutive_failures = 0
    failures += await _start_watchers(waiting, orchestrations)
    await stalled.handle()
    await _file(done, stalled.ended, services)
    services.telemetry.measure(telemetry.OVERDUE, overdue, {})
    failures += await look_after_batches(services, orchestrations)
    failures += await _reconcile(services)
    await orchestrations.purge(services.now() - retention, prefixes_at(services.now()))
    await forget_redeliveries(services)
    failures += await _remove_queues(services)
    _raise([*failures, *stalled.failures])
    return report


def _raise(failures: Sequence[Exception]) -> None:
    if failures:
        raise ExceptionGroup("some orders could not be looked after", failures)


async def _find(lost: LostUploads) -> list[Exception]:
    try:
        await lost.look()
    except ServiceError as error:  # listing or saving the state failed: the next round continues
        return [*lost.failures, error]
    return lost.failures


async def _start_watchers(waiting: Mapping[str, int], orchestrations: Orchestrations) -> list[Exception]:
    """Start the watchers that are missing; those that run are left alone."""
    try:
        for workspace in [each for each, number in waiting.items() if number >= MANY]:
            await orchestrations.start_watcher(workspace)
    except ServiceError as error:
        return [error]
    return []


async def _reconcile(services: Services) -> list[Exception]:
    """Settle what ended jobs have reserved."""
    try:
        return await Budgets(services).reconcile()
    except ServiceError as error:
        return [error]


async def _remove_queues(services: Services) -> list[Exception]:
    try:
        await services.answer_queues.remove_unused(MAX_QUEUES)
    except ServiceError as error:
        return [error]
    return []


def _is_overdue(job: Job, services: Services) -> bool:
    waits = job.phase is Phase.AWAITING_APPROVAL  # for people, whose time is up at its own moment
    if waits or job.is_final or services.now() <= expected_end(job):
        return False
    age = services.now() - codec.moment(job.created_at)
    telemetry.log_event(telemetry.JOB_OVERDUE, {**telemetry.about(job), telemetry.SECONDS: round(age.total_seconds())})
    return True


async def _look_after(
    job: Job, state: State, services: Services, orchestrations: Orchestrations, report: dict[str, int]
) -> bool:
    """Restart or abandon a job whose orchestration does not run; return True where nothing is left to do."""
    if state == "running":
        return False
    if job.is_final and state != "died":
        return await _needs_no_more_care(job, services)
    if services.now() - codec.moment(job.history[-1]["at"]) <= GRACE:
        return False
    if job.progress.restarts >= MAX_RESTARTS:
        await _give_up(job, services)
        report["givenUp"] += 1
    else:
        await _start(job, state, services, orchestrations)
        report["started"] += 1
    return False


async def _latest(listed: Entry, status: InstanceStatus, services: Services) -> Entry | None:
    """Return a job's entry as it is after its status was read; None for an entry that was never claimed.

    An orchestration records the end of its job before it ends itself. So the entry is read again where the
    orchestration is not running and the list shows no end, and where it has stalled.
    """
    is_settled = listed.job.is_final or status.state == "running"
    if is_settled and listed.job.phase is not Phase.REJECTED and not is_stalled(status, services.now()):
        return listed
    entry = await services.index.find(listed.job.id)
    return entry if entry and entry.job.created_at == listed.job.created_at else None


def _is_left_over(job: Job, services: Services) -> bool:
    """Say whether an entry was never claimed, and will not be."""
    return services.now() - codec.moment(job.created_at) > CLAIM_PATIENCE


async def _file(done: Sequence[Entry], others: Sequence[str], services: Services) -> None:
    """Close the entries of ended jobs, after all other work; failures wait for the next round."""
    with suppress(ServiceError):
        await services.index.close_entries(done)
        for job_id in others:
            await services.index.close_id(job_id)


async def _needs_no_more_care(job: Job, services: Services) -> bool:
    """Close an ended job's own session; the orchestration already tried once."""
    try:
        await close_own_sessions(services, job)
    except ServiceError:  # retry later: the workspace ends an idle session anyway
        return services.now() - codec.moment(job.history[-1]["at"]) > SESSION_CARE
    return True


def expected_end(job: Job) -> datetime:
    """Return when a job becomes overdue: after its deadline, or after three times its target's queue time."""
    if job.deadline_at:
        return job.deadline_at + LATENESS
    return (
        codec.moment(job.remote.since or job.created_at) + 3 * timedelta(seconds=job.remote.queue_seconds or 0) + ROOM
    )


async def _start(job: Job, state: State, services: Services, orchestrations: Orchestrations) -> None:
    """Start a job's orchestration; one whose job has ended only sends the answer."""
    if state != "unknown":
        job = replace(job, progress=replace(job.progress, restarts=job.progress.restarts + 1))
        await services.index.record(job)
    await orchestrations.start(job.resumed())


async def _give_up(job: Job, services: Services) -> None:
    """Abandon a job whose orchestration keeps failing, and answer its caller.

    The remote job is cancelled, so that it is not billed for nothing. The answer goes out before the entry is closed;
    if that fails, it goes out again under the same id.
    """
    if not job.is_final:
        at = {"phase": Phase.FAILED.value, "at": codec.timestamp(services.now())}
        job = replace(job, phase=Phase.FAILED, error=ABANDONED, history=(*job.history, at))
        with suppress(ServiceError):  # it may not exist, or have ended
            workspace = await services.workspaces.get(job.order.workspace)
            for remote_id in remote_ids(job):
                with suppress(RefusedError, NotFoundError):  # other parts may run
                    await workspace.cancel(remote_id)
        with suppress(ServiceError):
            await close_own_sessions(services, job)
    await send_answer(services, job)
    await services.index.record(job)
    await services.index.close_id(job.id)
