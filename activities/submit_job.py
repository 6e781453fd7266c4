"""Creates a remote job, once."""

from collections.abc import Sequence

from activities.activity import activity
from orchestrators.messages import ApprovalNeeded, NoPlace, NotSubmitted, SubmitJob, Submitted, TargetUnavailable
from quantum.app import App
from quantum.jobs.errors import NotFoundError, RefusedError
from quantum.jobs.model import Account, Job
from quantum.jobs.program import Program
from quantum.ports import Entry, Services, Workspace
from quantum.programs.prices import is_billed
from quantum.service.cancellation import require_current, why_stop
from quantum.service.prepare import program_of
from quantum.service.recording import moment_of_move, try_to_record
from quantum.service.sessions import open_own_session
from quantum.service.targets import select_targets
from quantum.wire import codec
from quantum.workspaces.remote import Target

type Outcome = Submitted | NotSubmitted | TargetUnavailable | NoPlace | ApprovalNeeded


@activity
async def submit_job(
    message: SubmitJob, app: App
) -> Submitted | NotSubmitted | TargetUnavailable | NoPlace | ApprovalNeeded:
    """Submit, unless the job was cancelled, has expired, needs an approval, or should turn to its next target.

    Where a budget covers the target, the estimate is reserved first; without room the job is refused.
    An existing remote job was submitted by an earlier attempt. The index has the phase before the orchestration does.
    The job has had its place since it was staged, unless an attempt to submit has failed since then.
    """
    async with app.submissions.place(message.job) as place:
        outcome = await _submit(message.job, app, place.pause_seconds)
        place.is_over = isinstance(outcome, Submitted | NotSubmitted | ApprovalNeeded)
    return outcome


async def _submit(job: Job, app: App, pause_seconds: float | None) -> Outcome:
    services = app.services
    entry = await require_current(services, job)
    if why := why_stop(services, job, entry):
        return await _earlier_attempt(services, job, entry) or NotSubmitted(why)
    if pause_seconds is not None:
        return NoPlace(pause_seconds)
    workspace = await services.workspaces.get(job.order.workspace)
    targets = await app.targets.best_effort(job.order.workspace)
    if job.next_target and _is_unavailable(job, targets) and not await _has_begun(workspace, job):
        return await _earlier_attempt(services, job, entry) or TargetUnavailable()
    program = program_of(job)
    if is_billed(job.target) and (outcome := await _reserve(app, job, entry, program)):
        return outcome
    try:
        await open_own_session(services, job)
        account = await _create(services, workspace, job, program)
    except RefusedError:
        targets = await app.targets.best_effort(job.order.workspace, cached=False)
        if job.next_target and _is_unavailable(job, targets) and not await _has_begun(workspace, job):
            return TargetUnavailable()
        raise
    return await _submitted(services, job, entry, account, _queue_seconds(job, targets))


async def _create(services: Services, workspace: Workspace, job: Job, program: Program) -> Account:
    if job.is_divided:
        from quantum.service.parts import submit_parts  # noqa: PLC0415  # few jobs are divided

        return await submit_parts(workspace, job, program, services.now())
    return (await workspace.submit(job, program)).account


async def _reserve(app: App, job: Job, entry: Entry | None, program: Program) -> Submitted | ApprovalNeeded | None:
    """Reserve the estimate; None where the job may be submitted. Budgets do not stop what was submitted before."""
    try:
        approval = await app.budgets.reserve(job, program)
    except RefusedError:
        if submitted := await _earlier_attempt(app.services, job, entry):
            return submitted
        raise
    if approval is None:
        return None
    return await _earlier_attempt(app.services, job, entry) or ApprovalNeeded(approval)


async def _submitted(
    services: Services, job: Job, entry: Entry | None, account: Account, queue_seconds: float | None = None
) -> Submitted:
    """Record the phase of a submitted job; where that fails now, the orchestration sees to it."""
    at = moment_of_move(job, entry, services.now())
    moved = job.without_failures(SubmitJob.activity).submitted(queue_seconds, at).seen(account, at)
    recorded = await try_to_record(services, moved, entry)
    return Submitted(account, codec.timestamp(at), queue_seconds, recorded)


async def _earlier_attempt(services: Services, job: Job, entry: Entry | None) -> Submitted | None:
    """Find the job of an earlier attempt whose reply was lost: it must not run on another target too."""
    try:
        workspace = await services.workspaces.get(job.order.workspace)
        account = await _read(workspace, job)
    except NotFoundError:
        return None
    return await _submitted(services, job, entry, account)


async def _has_begun(workspace: Workspace, job: Job) -> bool:
    """Say whether a divided job has a part on its target, which the others then follow."""
    if not job.is_divided:
        return False
    try:
        await workspace.job(job.remote_id)
    except NotFoundError:
        return False
    return True


async def _read(workspace: Workspace, job: Job) -> Account:
    if job.is_divided:
        from quantum.service.parts import earlier_parts  # noqa: PLC0415  # few jobs are divided

        return await earlier_parts(workspace, job)
    return (await workspace.job(job.remote_id)).account


def _is_unavailable(job: Job, targets: Sequence[Target]) -> bool:
    present = select_targets(targets, (job.target,))
    if job.choice:  # what spoke for it may have changed
        from quantum.programs.choice import obstacles  # noqa: PLC0415  # most orders name their target

        return any(obstacles(target, job.order.constraints) for target in present)
    return any(target.availability == "Unavailable" for target in present)


def _queue_seconds(job: Job, targets: Sequence[Target]) -> int | None:
    return next((target.average_queue_seconds for target in select_targets(targets, (job.target,))), None)
