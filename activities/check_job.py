"""Checks a remote job."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from activities.activity import activity
from orchestrators.messages import CheckJob, JobChecked
from quantum.app import App
from quantum.jobs.errors import ServiceError
from quantum.jobs.lifecycle import IN_THE_WORKSPACE, phase_of
from quantum.jobs.model import Account
from quantum.ports import Entry, Services, Workspace
from quantum.service.cancellation import cancel_requested, refuse_outdated
from quantum.service.recording import try_to_record
from quantum.telemetry import names as telemetry
from quantum.wire import codec
from quantum.workspaces.remote import RemoteJob


@activity
async def check_job(message: CheckJob, app: App) -> JobChecked:
    """Read the job's remote status, and whether its caller requested cancellation; record a new phase."""
    services = app.services
    workspace = await services.workspaces.get(message.workspace)
    remote, entry = await asyncio.gather(_look(workspace, message), services.index.find(message.id))
    services.telemetry.measure(telemetry.POLLS, 1, telemetry.about(message))
    refuse_outdated(entry, message.phase, message.steps_outside)
    at = _moment(message, remote.account, entry, services.now())
    recorded = await _record(services, message, remote.account, entry, at)
    watcher = await app.watching.watcher_of(message.workspace, message.id, remote)
    return JobChecked(remote.account, cancel_requested(entry), codec.timestamp(at), recorded, watcher)


async def _look(workspace: Workspace, message: CheckJob) -> RemoteJob:
    if message.parts:
        from quantum.service.parts import check_parts  # noqa: PLC0415  # few jobs are divided

        return await check_parts(workspace, message.target, message.parts)
    return await workspace.job(message.remote_id)


def _moment(message: CheckJob, account: Account, entry: Entry | None, now: datetime) -> datetime:
    """Return when an earlier run of this check recorded the phase, or now."""
    phase = phase_of(account.status)
    if entry is not None and message.phase is not phase is entry.job.phase:
        return codec.moment(entry.job.history[-1]["at"])
    return now


async def _record(services: Services, message: CheckJob, account: Account, entry: Entry | None, at: datetime) -> bool:
    """Record a phase that differs from the last; return False where the orchestration has to."""
    if phase_of(account.status) not in IN_THE_WORKSPACE - {message.phase}:
        await _record_parts(services, message, account, entry, at)
        return True
    if entry is None or entry.job.phase not in {message.phase, phase_of(account.status)}:
        return False  # the index lacks an earlier phase
    job = replace(entry.job, progress=message.counted(entry.job.progress)).seen(account, at)
    return await try_to_record(services, job, entry)


async def _record_parts(
    services: Services, message: CheckJob, account: Account, entry: Entry | None, at: datetime
) -> None:
    """Show how far the parts of a divided job are, as its phase stays; the end of the job records them anyway."""
    if account.parts == message.parts or entry is None or entry.job.phase is not message.phase:
        return
    if phase_of(account.status) in IN_THE_WORKSPACE:
        with suppress(ServiceError):
            await services.index.record(entry.job.seen(account, at))
