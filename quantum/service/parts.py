"""Submits, checks and cancels the parts of a divided job, each call all of them, so that its process is any job's.

A part that does not succeed ends the job: the others are cancelled, and what is not submitted yet never is. Each call
may be repeated at any moment: the workspace is asked for a part before it is sent.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from quantum.jobs.errors import NotFoundError, RefusedError, ServiceBusyError, ServiceError, ServiceUnavailableError
from quantum.jobs.lifecycle import Phase
from quantum.jobs.model import Account, Job, Part
from quantum.jobs.parts import account_of, has_ended, is_given_up, never_submitted, parts_of, phase_of_part
from quantum.jobs.program import Program
from quantum.ports import Workspace
from quantum.programs.formats import provider_of
from quantum.wire import codec
from quantum.workspaces.remote import DividedJob, RemoteJob

# The process retries a submission for a week where the service is busy or away, else for a quarter of an hour.
LONG_PATIENCE, PATIENCE = timedelta(days=6), timedelta(minutes=5)


async def submit_parts(workspace: Workspace, job: Job, program: Program, now: datetime) -> Account:
    """Submit the parts that the workspace does not have; a failure of the first is the job's, as nothing runs.

    Later ones are tried again, as any job is, but not for so long that the process would end while parts run. Nothing
    is cancelled here: a repeated attempt would take that for the reason of the end. The first check does it.
    """
    parts: list[Part] = []
    for part in parts_of(job):
        if is_given_up(parts):
            parts.append(never_submitted(part))
            continue
        try:
            parts.append(_seen(part, await workspace.submit(job, program, part)))
        except ServiceError as error:
            if not parts or not _is_final(error, job, now):
                raise
            parts.append(never_submitted(part, error.failure))
    return account_of(parts, provider_of(job.target))


async def earlier_parts(workspace: Workspace, job: Job) -> Account:
    """Read the parts that an earlier attempt submitted, and submit no more; NotFoundError where there are none."""
    return await _summed_up(workspace, job.target, await _existing(workspace, parts_of(job)))


async def read_parts(workspace: Workspace, parts: Sequence[Part]) -> Account:
    """Read what the workspace has of these parts; NotFoundError where it has none."""
    return account_of(await _existing(workspace, parts), "")


async def _existing(workspace: Workspace, parts: Sequence[Part]) -> list[Part]:
    seen: list[Part] = []
    for part in parts:
        try:
            seen.append(_seen(part, await workspace.job(part.remote_id)))
        except NotFoundError:
            if not seen:
                raise
            seen.append(never_submitted(part))
    return seen


async def check_parts(workspace: Workspace, target: str, parts: Sequence[Part]) -> RemoteJob:
    """Read the parts that had not ended, and cancel those that are of no use any more."""
    seen = [part if has_ended(part) else await _looked_at(workspace, part) for part in parts]
    return DividedJob.of(parts[0].remote_id, target, await _summed_up(workspace, target, seen))


async def _looked_at(workspace: Workspace, part: Part) -> Part:
    """Read a part; one of a submission that broke off for an error may not exist, and then never will."""
    try:
        return _seen(part, await workspace.job(part.remote_id))
    except NotFoundError:
        if part.status or part.error is None:
            raise
        return never_submitted(part, part.error)


async def cancel_parts(workspace: Workspace, parts: Sequence[Part]) -> None:
    """Request the cancellation of every part that has not ended; it fails if the workspace refuses them all."""
    failures: list[ServiceError] = []
    open_parts = [part for part in parts if not has_ended(part)]
    for part in open_parts:
        try:
            await workspace.cancel(part.remote_id)
        except ServiceError as error:
            failures.append(error)
    others = [error for error in failures if not isinstance(error, RefusedError)]
    if others or (failures and len(failures) == len(open_parts)):
        raise (others or failures)[0]


async def _summed_up(workspace: Workspace, target: str, parts: Sequence[Part]) -> Account:
    """Sum the parts up; where one has failed, cancel the others, which the next check repeats if need be."""
    if is_given_up(parts):
        for part in parts:
            if not has_ended(part) and phase_of_part(part) is not Phase.CANCELLING:
                with suppress(ServiceError):
                    await workspace.cancel(part.remote_id)
    return account_of(parts, provider_of(target))


def _is_final(error: ServiceError, job: Job, now: datetime) -> bool:
    """Say whether to give up on a part: when it is refused, or has failed for nearly as long as the process waits."""
    if isinstance(error, RefusedError):
        return True
    struggle = job.progress.struggles.get("submit_job")
    patience = LONG_PATIENCE if isinstance(error, ServiceBusyError | ServiceUnavailableError) else PATIENCE
    return struggle is not None and now - codec.moment(struggle.since) >= patience


def _seen(part: Part, remote: RemoteJob) -> Part:
    return replace(
        part,
        status=remote.status,
        cost=remote.cost or part.cost,
        times=remote.times or part.times,
        error=remote.error,
    )
