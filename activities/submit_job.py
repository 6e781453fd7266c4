"""Creates a job in the workspace, once."""

from collections.abc import Sequence

from quantum.jobs.errors import NotFoundError, Outcome, RefusedError, expected_outcomes
from quantum.jobs.model import Job
from quantum.service.cancellation import why_stop
from quantum.service.sessions import open_own_session
from quantum.service.targets import named
from quantum.wiring import intake, services
from quantum.workspaces.remote import RemoteJob, Target


@expected_outcomes
async def submit_job(payload: dict) -> dict:  # type: ignore[type-arg]  # the worker takes bare types only
    """Submit, unless the caller has cancelled, or it is too late, or the target is not available and another is named.

    Outcomes: `submitted` with the workspace's account of the job, `notSubmitted` with `why`, `targetUnavailable`, and
    those of `quantum.jobs.errors`. A job that is there already was submitted by a former attempt.
    """
    job = Job.from_wire(payload)
    if why := await why_stop(services(), job):
        return await _former_attempt(job) or {"outcome": "notSubmitted", "why": why}
    workspace = await services().workspaces.named(job.order.workspace)
    targets = await intake().targets.at_hand(job.order.workspace)
    if job.next_target and _is_unavailable(job, targets):
        return await _former_attempt(job) or {"outcome": "targetUnavailable"}
    assert job.program is not None  # noqa: S101  # intake stores the program before it claims the job
    try:
        await open_own_session(services(), job)
        remote = await workspace.submit(job, job.program)
    except RefusedError:
        targets = await intake().targets.at_hand(job.order.workspace, cached=False)
        if job.next_target and _is_unavailable(job, targets):
            return {"outcome": "targetUnavailable"}
        raise
    return _submitted(remote) | {"queueSeconds": _queue_seconds(job, targets)}


async def _former_attempt(job: Job) -> Outcome | None:
    """What a former attempt submitted, though its answer may not have reached us: it must not run elsewhere too."""
    try:
        workspace = await services().workspaces.named(job.order.workspace)
        return _submitted(await workspace.job(job.remote_id))
    except NotFoundError:
        return None


def _is_unavailable(job: Job, targets: Sequence[Target]) -> bool:
    return any(target.availability == "Unavailable" for target in named(targets, (job.target,)))


def _queue_seconds(job: Job, targets: Sequence[Target]) -> int | None:
    return next((target.average_queue_seconds for target in named(targets, (job.target,))), None)


def _submitted(remote: RemoteJob) -> Outcome:
    return {"outcome": "submitted", **remote.account()}
