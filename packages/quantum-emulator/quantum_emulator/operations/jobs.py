"""Create, read, list, cancel, update and delete jobs; `workspace` is a path, `subscription/group/name`."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta

from quantum_emulator import errors, jobs
from quantum_emulator.jobs import Job, Json
from quantum_emulator.lifecycle import FINAL, State
from quantum_emulator.operations import sessions
from quantum_emulator.operations.context import Context
from quantum_emulator.operations.definitions import JobDefinition, job_definition, update
from quantum_emulator.operations.listing import Page, Row, fields_of, page
from quantum_emulator.targets import Target


def create(context: Context, workspace: str, job_id: str, body: Json) -> Json:
    """Create a job, or return the existing one where its definition is the same."""
    definition = job_definition(job_id, body, context.storage)
    existing = context.store.job(workspace, job_id)
    if existing is not None:
        if existing.submitted != definition.submitted:
            raise errors.job_exists(job_id)
        return _view(context, existing, readable=False)
    now, target = context.clock.now(), checked_target(context, workspace, definition)
    starts_at = now + timedelta(seconds=target.queue_seconds)
    job = Job(**vars(definition), workspace=workspace, created=now, modified=now, starts_at=starts_at)
    context.store.save(job, "jobCreated", now, {"name": job.name})
    context.engine.wake()
    return _view(context, job, readable=False)


def checked_target(context: Context, workspace: str, definition: JobDefinition) -> Target:
    """The definition's target, if it accepts the job now."""
    target = target_of(context, definition.target, definition.provider)
    context.behaviour.admit(target.id, context.clock.now())
    if target.availability == "Unavailable":
        raise errors.target_unavailable(target.id)
    if target.quota is not None and _ordered(context, workspace, target) >= target.quota:
        raise errors.quota_exceeded(target.id, target.quota)
    if definition.submitted["inputDataFormat"] not in target.formats:
        raise errors.invalid_job(f"{target.id} takes {', '.join(target.formats)}")
    _check_shots(definition, target)
    if definition.session is not None:
        sessions.require_open(context, workspace, definition.session, target.id)
    return target


def _check_shots(definition: JobDefinition, target: Target) -> None:
    params = definition.submitted.get("inputParams") or {}
    shots = params.get("shots", params.get("count"))
    if target.max_shots is not None and isinstance(shots, int) and shots > target.max_shots:
        raise errors.invalid_job(f"{target.id} takes at most {target.max_shots} shots")


def _ordered(context: Context, workspace: str, target: Target) -> int:
    """The workspace's executions on a target, past and pending."""
    started = context.store.executions_by_target(workspace).get((target.provider, target.id), 0)
    waiting = [job for job in context.store.jobs(workspace) if job.target == target.id and job.state is State.QUEUED]
    return started + len(waiting)


def target_of(context: Context, target_id: str, provider: str) -> Target:
    """The target of that provider; another provider's is an invalid definition."""
    target = next((target for target in context.behaviour if target.id == target_id), None)
    if target is None:
        raise errors.invalid_job(f"there is no target '{target_id}'")
    if target.provider != provider.lower():
        raise errors.invalid_job(f"'{target_id}' is a target of '{target.provider}', not of '{provider}'")
    return target


def get(context: Context, workspace: str, job_id: str) -> Json:
    """One job, with new read-only SAS."""
    return _view(context, _admitted(context, workspace, job_id))


def cancel(context: Context, workspace: str, job_id: str) -> None:
    """Request cancellation; repeating it, or after the end, changes nothing."""
    job = _admitted(context, workspace, job_id)
    if job.state in FINAL or job.state is State.CANCELLING:
        return
    target, now = context.behaviour.of(job.target), context.clock.now()
    if job.state is State.EXECUTING and target.refuse_cancel_when_executing:
        raise errors.cancel_refused(job_id)
    job = jobs.cancel(job, now, timedelta(seconds=target.cancel_seconds))
    event = "jobCancelled" if job.state is State.CANCELLED else "cancellationRequested"
    context.store.save(job, event, now)
    context.engine.wake()


def change(context: Context, workspace: str, job_id: str, body: Json) -> Json:
    """Change name, priority or tags."""
    job = _admitted(context, workspace, job_id)
    job = replace(job, **update(body), modified=context.clock.now())
    context.store.save(job, "jobUpdated", job.modified)
    return _view(context, job)


def delete(context: Context, workspace: str, job_id: str) -> None:
    """Delete a job that has ended."""
    job = _admitted(context, workspace, job_id)
    if job.state not in FINAL:
        raise errors.delete_refused(job_id)
    context.store.delete(job, context.clock.now())


def list_all(context: Context, workspace: str, query: Mapping[str, str]) -> Page:
    """A page of the jobs that match the filter."""
    return page(_rows(context, context.store.jobs(workspace)), query)


def list_of_session(context: Context, workspace: str, session_id: str, query: Mapping[str, str]) -> Page:
    """A page of a session's jobs."""
    sessions.find(context, workspace, session_id)
    return page(_rows(context, context.store.jobs_of_session(workspace, session_id)), query)


def list_top_level(context: Context, workspace: str, query: Mapping[str, str]) -> Page:
    """A page of sessions, and of jobs without one."""
    alone = [job for job in context.store.jobs(workspace) if job.session is None]
    return page([*_rows(context, alone), *sessions.rows(context, workspace)], query)


def _rows(context: Context, jobs: Iterable[Job]) -> Iterable[Row]:
    for job in jobs:
        yield Row(fields_of(_view(context, job, readable=False)), lambda job=job: _view(context, job))  # type: ignore[misc]  # bound now, not when called


def _admitted(context: Context, workspace: str, job_id: str) -> Job:
    job = context.store.job(workspace, job_id)
    if job is None:
        raise errors.job_not_found(job_id)
    context.behaviour.admit(job.target, context.clock.now())
    return job


def _view(context: Context, job: Job, *, readable: bool = True) -> Json:
    addresses = context.storage.readable if readable else context.storage.bare
    return jobs.view(job, context.behaviour.of(job.target).vocabulary, addresses)
