"""Creates a remote job, once."""

from collections.abc import Sequence

from activities.activity import activity
from orchestrators.messages import NotSubmitted, SubmitJob, Submitted, TargetUnavailable
from quantum.app import App
from quantum.jobs.errors import NotFoundError, RefusedError
from quantum.jobs.model import Job
from quantum.ports import Services
from quantum.service.cancellation import why_stop
from quantum.service.prepare import program_of
from quantum.service.sessions import open_own_session
from quantum.service.targets import select_targets
from quantum.workspaces.remote import Target


@activity
async def submit_job(message: SubmitJob, app: App) -> Submitted | NotSubmitted | TargetUnavailable:
    """Submit, unless the job was cancelled, has expired, or its target is unavailable and it has a fallback.

    An existing remote job was submitted by an earlier attempt.
    """
    job, services = message.job, app.services
    if why := await why_stop(services, job):
        return await _earlier_attempt(services, job) or NotSubmitted(why)
    workspace = await services.workspaces.get(job.order.workspace)
    targets = await app.targets.best_effort(job.order.workspace)
    if job.next_target and _is_unavailable(job, targets):
        return await _earlier_attempt(services, job) or TargetUnavailable()
    program = program_of(job)
    try:
        await open_own_session(services, job)
        remote = await workspace.submit(job, program)
    except RefusedError:
        targets = await app.targets.best_effort(job.order.workspace, cached=False)
        if job.next_target and _is_unavailable(job, targets):
            return TargetUnavailable()
        raise
    return Submitted(remote.account, _queue_seconds(job, targets))


async def _earlier_attempt(services: Services, job: Job) -> Submitted | None:
    """Find the job of an earlier attempt whose reply was lost: it must not run on another target too."""
    try:
        workspace = await services.workspaces.get(job.order.workspace)
        return Submitted((await workspace.job(job.remote_id)).account)
    except NotFoundError:
        return None


def _is_unavailable(job: Job, targets: Sequence[Target]) -> bool:
    return any(target.availability == "Unavailable" for target in select_targets(targets, (job.target,)))


def _queue_seconds(job: Job, targets: Sequence[Target]) -> int | None:
    return next((target.average_queue_seconds for target in select_targets(targets, (job.target,))), None)
