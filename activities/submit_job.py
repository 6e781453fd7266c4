"""Creates a job in the workspace, once."""

from quantum.errors import NotFoundError, Outcome, expected_outcomes
from quantum.model import Job, RemoteJob
from quantum.wiring import intake, services


@expected_outcomes
async def submit_job(payload: dict) -> dict:  # type: ignore[type-arg]  # the worker takes bare types only
    """Submit, unless the caller has cancelled, or it is too late, or the target is not available and another is named.

    Outcomes: `submitted` with the workspace's account of the job, `notSubmitted`, `targetUnavailable`, and those of
    `quantum.errors`. A job that is there already was submitted by a former attempt.
    """
    job = Job.from_wire(payload["job"])
    if payload["tooLate"] or await _is_cancelled(job):
        return await _former_attempt(job) or {"outcome": "notSubmitted"}
    known = {target.id: target for target in await intake().targets.at_hand(services())}
    target = known.get(job.target)
    if target and target.availability == "Unavailable" and job.next_target:
        return await _former_attempt(job) or {"outcome": "targetUnavailable"}
    assert job.program is not None  # noqa: S101  # intake stores the program before it claims the job
    remote = await services().workspace.submit(job, job.program)
    return _submitted(remote) | {"queueSeconds": target.average_queue_seconds if target else None}


async def _former_attempt(job: Job) -> Outcome | None:
    """What a former attempt submitted, though its answer may not have reached us: it must not run elsewhere too."""
    try:
        return _submitted(await services().workspace.job(job.remote_id))
    except NotFoundError:
        return None


async def _is_cancelled(job: Job) -> bool:
    entry = await services().index.find(job.id)
    return entry is not None and entry.job.cancel_requested


def _submitted(remote: RemoteJob) -> Outcome:
    return {"outcome": "submitted", **remote.account()}
