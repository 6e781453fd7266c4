"""Sessions as plain values; a session's status is computed from its jobs and the time, so it is always consistent."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from quantum_emulator.jobs import Job, Json, instant
from quantum_emulator.lifecycle import FINAL, State

IDLE = timedelta(minutes=10)  # from the service's documentation
OPEN = frozenset({"Waiting", "Executing"})


@dataclass(frozen=True, kw_only=True)
class Session:
    """One session, as it was opened and closed."""

    id: str
    workspace: str
    name: str
    provider: str
    target: str
    policy: str
    submitted: Json
    created: datetime
    closed: datetime | None = None


def status(session: Session, jobs: Iterable[Job], now: datetime, idle: timedelta = IDLE) -> str:
    """The word for the session's state at `now`."""
    jobs = list(jobs)
    failed = sum(job.state is State.FAILED for job in jobs)
    active = any(job.state not in FINAL for job in jobs)
    if session.closed is not None:
        return "Executing" if active else _end(failed, len(jobs))
    if failed and session.policy == "Abort":
        return "Failed"
    if not active and now - last_activity(session, jobs) >= idle:
        return "TimedOut"
    return "Executing" if any(job.began for job in jobs) else "Waiting"


def _end(failed: int, jobs: int) -> str:
    if not failed:
        return "Succeeded"
    return "Failed" if failed == jobs else "Failure(s)"


def accepts_jobs(session: Session, jobs: Iterable[Job], now: datetime, idle: timedelta = IDLE) -> bool:
    """Whether a new job may join."""
    return session.closed is None and status(session, jobs, now, idle) in OPEN


def last_activity(session: Session, jobs: Iterable[Job]) -> datetime:
    """When the last job was created or ended, or the session was opened."""
    return max([session.created, *(job.created for job in jobs), *(job.ended for job in jobs if job.ended)])


def view(session: Session, jobs: Iterable[Job], now: datetime, idle: timedelta = IDLE) -> Json:
    """The session in the service's form."""
    jobs = list(jobs)
    word = status(session, jobs, now, idle)
    over = word not in OPEN
    return {
        "id": session.id,
        "name": session.name,
        "itemType": "Session",
        "providerId": session.provider,
        "target": session.target,
        "jobFailurePolicy": session.policy,
        "status": word,
        "priority": session.submitted.get("priority") or "Standard",
        "tags": session.submitted.get("tags") or [],
        "creationTime": instant(session.created),
        "createdByType": "Key",
        "beginExecutionTime": instant(min((job.began for job in jobs if job.began), default=None)),
        "endExecutionTime": instant(session.closed or last_activity(session, jobs)) if over else None,
        "costEstimate": None,
        "errorData": None,
    }


def encode(session: Session) -> Json:
    """The session as JSON for the store."""
    return {k: v.isoformat() if isinstance(v, datetime) else v for k, v in asdict(session).items()}


def decode(stored: Mapping[str, Any]) -> Session:
    """The session that `encode` wrote."""
    dates = {key: datetime.fromisoformat(stored[key]) for key in ("created", "closed") if stored[key]}
    return Session(**{**stored, **dates})
