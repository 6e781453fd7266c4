"""The jobs, targets, sessions and quotas of a workspace: without SAS, words verbatim, times in RFC 3339."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from typing import Any, Self

from quantum.jobs.lifecycle import Phase, phase_of
from quantum.jobs.model import Account, Failure, Part
from quantum.wire.records import record

# Both kinds of workspace use the same words for sessions; an unknown word counts as open.
SESSION_ENDS = frozenset({"Succeeded", "Failed", "Failure(s)", "TimedOut"})


@record
class RemoteJob:
    """A job as the workspace reports it; `tags` are the workspace's own, texts without a name."""

    id: str
    status: str
    provider_id: str
    target: str
    output_format: str | None = None
    created: str | None = None
    began: str | None = None
    ended: str | None = None
    cancelled: str | None = None
    cost: dict[str, Any] | None = None
    error: Failure | None = None
    name: str = ""
    input_format: str | None = None
    shots: int | None = None
    session: str | None = None
    priority: str | None = None
    tags: tuple[str, ...] = ()

    @property
    def times(self) -> Mapping[str, str]:
        """The times of its creation, start, end and cancellation, as far as they have passed."""
        times = {"created": self.created, "began": self.began, "ended": self.ended, "cancelled": self.cancelled}
        return {name: time for name, time in times.items() if time}

    @property
    def account(self) -> Account:
        """The part of it that an orchestration needs."""
        return Account(self.status, self.provider_id, self.cost, self.times or None, self.error)


@record
class DividedJob(RemoteJob):
    """Several remote jobs that share the shots of one job, as if they were one."""

    parts: tuple[Part, ...] = ()

    @classmethod
    def of(cls, remote_id: str, target: str, account: Account) -> Self:
        """Make it from the account of its parts; `remote_id` is that of the first."""
        times = account.times or {}
        return cls(
            id=remote_id,
            status=account.status,
            provider_id=account.provider_id,
            target=target,
            created=times.get("created"),
            began=times.get("began"),
            ended=times.get("ended"),
            cancelled=times.get("cancelled"),
            cost=account.cost,
            error=account.error,
            parts=account.parts or (),
        )

    @property
    def account(self) -> Account:
        """The part of it that an orchestration needs."""
        return Account(self.status, self.provider_id, self.cost, self.times or None, self.error, self.parts)


@record
class ListedJob:
    """A job as a list of the workspace shows it, which may be older than the job itself."""

    id: str
    status: str
    target: str
    created: datetime | None = None

    @property
    def phase(self) -> Phase:
        """The phase of its status; an unknown status counts as running."""
        return phase_of(self.status)


@record
class Target:
    """A target as the workspace describes it; `average_queue_seconds` is only meaningful with `availability`."""

    id: str
    provider: str
    availability: str
    average_queue_seconds: int
    status_page: str | None = None
    qubits: int | None = None


@record
class Session:
    """A session of the workspace: jobs for one target that belong together."""

    id: str
    name: str
    target: str
    provider_id: str
    status: str
    job_failure_policy: str | None = None
    priority: str | None = None
    tags: tuple[str, ...] = ()
    times: Mapping[str, str] = field(default_factory=dict)
    cost: dict[str, Any] | None = None
    error: Failure | None = None

    @property
    def is_open(self) -> bool:
        """Say whether the session accepts jobs."""
        return self.status not in SESSION_ENDS


@record
class NewSession:
    """A new session; the policy says whether a failed job ends it (`Abort`) or not (`Continue`)."""

    id: str
    name: str
    target: str
    job_failure_policy: str | None = None
    priority: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)


@record
class Quota:
    """A provider's quota on a `dimension` for the workspace or the subscription, and its utilization."""

    provider: str
    dimension: str
    scope: str
    period: str | None
    limit: float | None
    utilization: float | None
    holds: float | None
