"""The data model of a job: its remote state, result and errors.

Everything is frozen and encodes to plain JSON (`quantum.wire.codec`), the only form that crosses an orchestration.
"""

from collections.abc import Mapping
from dataclasses import field, replace
from datetime import datetime
from typing import Any, Self
from uuid import UUID, uuid5

from quantum.contract.fields import Fault
from quantum.contract.orders import OWN_SESSION, Order
from quantum.jobs.lifecycle import FINAL, IN_THE_WORKSPACE, Phase, move, phase_of
from quantum.jobs.program import Program
from quantum.jobs.progress import Progress
from quantum.jobs.retry_state import FailureKind
from quantum.wire import codec
from quantum.wire.records import record

NAMESPACE = UUID("6f1c5b0e-6a2f-5d7e-9a43-3d1f0a6a7c11")  # of all derived ids
MAY_BE_BILLED = "The job ended before it could be cancelled; the provider may bill it."


def job_id(door: str, key: str) -> str:
    """Derive a job's id from the door's idempotency key, so that a repeated order is the same job."""
    return str(uuid5(NAMESPACE, f"{door}:{key}"))


@record
class Cause:
    """A nested error, in the workspace's own words; `target` is its subject."""

    code: str | None = None
    message: str | None = None
    target: str | None = None


@record
class Failure:
    """Why a job did not succeed: a code for programs, a sentence for people, and an order's faults.

    A workspace's error may add its subject (`target`), its nested errors from the outermost to the innermost, and its
    details.
    """

    code: str
    message: str
    errors: tuple[Fault, ...] | None = None
    target: str | None = None
    inner_errors: tuple[Cause, ...] | None = None
    details: tuple[Cause, ...] | None = None


@record
class Part:
    """One of the remote jobs that share the shots of a job: its id, its shots, and the workspace's last account of it.

    One that was not created has a status, too, so that it counts as ended: `is_remote` is false.
    """

    remote_id: str
    shots: int
    status: str | None = None
    cost: dict[str, Any] | None = None
    times: Mapping[str, str] | None = None
    error: Failure | None = None
    is_remote: bool | None = None


@record
class Account:
    """The workspace's account of a remote job at one moment, with its own times; `parts` of a divided one."""

    status: str
    provider_id: str
    cost: dict[str, Any] | None = None
    times: Mapping[str, str] | None = None
    error: Failure | None = None
    parts: tuple[Part, ...] | None = None


@record
class RemoteState:
    """The job on its current target: the workspace's last account of it, and the circumstances of its submission.

    `since` is the time of submission; `queue_seconds` is the target's average queue time at that moment.
    """

    status: str | None = None
    provider_id: str | None = None
    cost: dict[str, Any] | None = None
    times: Mapping[str, str] | None = None
    since: str | None = None
    queue_seconds: float | None = None
    parts: tuple[Part, ...] | None = None

    def updated(self, account: Account) -> Self:
        """Apply the workspace's account; a missing cost and missing times stay as they were."""
        return replace(
            self,
            status=account.status,
            provider_id=account.provider_id,
            cost=account.cost or self.cost,
            times=account.times or self.times,
            parts=account.parts or self.parts,
        )


@record
class StoredResult:
    """The normalised result of a job: our blob (`container/name`) and its size."""

    blob: str
    bytes: int


@record
class Approval:
    """What a job waits for, or waited for: a decision about a submission that costs more than a budget lets pass.

    `until` is when no answer becomes a denial; `verdict` and what follows are those of the answer.
    """

    submission: str
    budget: str
    unit: str
    amount: float
    above: float
    until: str
    verdict: str | None = None
    by: str | None = None
    at: str | None = None
    why: str | None = None


@record
class ReusedFrom:
    """The equal job whose result this is, and when that job ended."""

    job: str
    ended_at: str


@record
class Candidate:
    """A target that was looked at for an order without one: its place in the choice, and the reasons for or against it.

    The first is the order's target, the next ones are its fallbacks; without a rank it is neither.
    """

    target: str
    reasons: tuple[str, ...]
    rank: int | None = None


@record
class Job:
    """A job: the state that its orchestration carries and the index stores.

    `adopted` is the id of a remote job that somebody else submitted. `traceparent` is its current trace context.
    `shots_at_once` has the limits, by target, of those targets that take fewer shots than the order has.
    `waits_for` is the id of an equal job whose result it waits for, `reused_from` says whose result it has,
    and `choice` why the app chose its targets.
    """

    id: str
    order: Order
    created_at: str
    source: Mapping[str, str]
    program: Program | None = None
    phase: Phase = Phase.ACCEPTED
    history: tuple[Mapping[str, str], ...] = ()
    remote: RemoteState = field(default_factory=RemoteState)
    progress: Progress = field(default_factory=Progress)
    cancel_requested: bool = False
    cancel_requested_at: str | None = None
    error: Failure | None = None
    result: StoredResult | None = None
    warnings: tuple[str, ...] = ()
    adopted: str | None = None
    traceparent: str | None = None
    shots_at_once: Mapping[str, int] | None = None
    approval: Approval | None = None
    waits_for: str | None = None
    reused_from: ReusedFrom | None = None
    choice: tuple[Candidate, ...] | None = None

    @classmethod
    def accepted(
        cls,
        id: str,  # noqa: A002
        order: Order,
        at: datetime,
        source: Mapping[str, str],
        traceparent: str | None = None,
    ) -> Self:
        """Create the job of an accepted order; its program is stored separately."""
        when = codec.timestamp(at)
        history = ({"phase": Phase.ACCEPTED.value, "at": when},)
        return cls(id, order, when, source, history=history, traceparent=traceparent)

    @classmethod
    def rejected(
        cls,
        id: str,  # noqa: A002
        order: Order,
        at: datetime,
        source: Mapping[str, str],
        error: Failure,
        traceparent: str | None = None,
    ) -> Self:
        """Create the job of an order that never runs, with what could be read of it."""
        job = cls.accepted(id, order, at, source, traceparent).moved_to(Phase.REJECTED, at)
        return replace(job, error=error)

    @classmethod
    def from_wire(cls, data: dict[str, Any]) -> Self:
        """Decode the JSON of `to_wire`."""
        return codec.from_wire(cls, data)

    def to_wire(self) -> dict[str, Any]:
        """Encode as plain JSON."""
        encoded: dict[str, Any] = codec.to_wire(self)
        return encoded

    @property
    def target(self) -> str:
        """The current target."""
        return self.order.targets[self.progress.fallback]

    @property
    def next_target(self) -> str | None:
        """The next target, where there is one."""
        rest = self.order.targets[self.progress.fallback + 1 :]
        return rest[0] if rest else None

    @property
    def remote_id(self) -> str:
        """The id of the remote job on this target; it is fixed before anything is sent."""
        return self.remote_ids[-1]

    @property
    def remote_ids(self) -> tuple[str, ...]:
        """The ids of the remote jobs on this target and the ones before it."""
        others = range(1, self.progress.fallback + 1)
        derived = (str(uuid5(UUID(self.id), f"{index}:{self.order.targets[index]}")) for index in others)
        return (self.adopted or self.id, *derived)

    @property
    def is_divided(self) -> bool:
        """Say whether the job has several parts on this target (`quantum.jobs.parts`)."""
        return self.shots_at_once is not None and self.target in self.shots_at_once

    @property
    def session_id(self) -> str | None:
        """The id of the session of the job on this target."""
        return self.own_sessions[-1] if self.order.session == OWN_SESSION else self.order.session

    @property
    def own_sessions(self) -> tuple[str, ...]:
        """The ids of the sessions that live as long as the job: one for each target so far."""
        if self.order.session != OWN_SESSION:
            return ()
        return tuple(str(uuid5(NAMESPACE, f"session:{remote_id}")) for remote_id in self.remote_ids)

    @property
    def is_final(self) -> bool:
        """Say whether the job has ended."""
        return self.phase in FINAL

    @property
    def deadline_at(self) -> datetime | None:
        """The moment when the order expires, where it has a deadline."""
        length = self.order.deadline
        return None if length is None else codec.moment(self.created_at) + codec.duration(length)

    def moved_to(self, phase: Phase, at: datetime) -> Self:
        """Move to another phase and record the time; an illegal move raises.

        Activities and orchestrations may run on machines whose clocks differ: no moment precedes the last one.
        """
        if move(self.phase, phase) == self.phase:
            return self
        last = self.history[-1]["at"] if self.history else ""
        moment = max(codec.timestamp(at), last)
        return replace(self, phase=phase, history=(*self.history, {"phase": phase.value, "at": moment}))

    def submitted(self, queue_seconds: float | None, at: datetime) -> Self:
        """Record when the job was submitted, and its target's average queue time then."""
        return replace(self, remote=replace(self.remote, since=codec.timestamp(at), queue_seconds=queue_seconds))

    def seen(self, account: Account, at: datetime) -> Self:
        """Apply the workspace's account, and move to its phase where that is one of a job in the workspace.

        After a cancellation request the workspace may report `Waiting` or `Executing` for a while longer.
        """
        job = replace(self, remote=self.remote.updated(account))
        phase = phase_of(account.status)
        if phase not in IN_THE_WORKSPACE or self.phase is Phase.CANCELLING:
            return job
        return job.moved_to(phase, at)

    def with_late_stop(self) -> Self:
        """Add a warning to a job that succeeded although it should have stopped."""
        late = self.progress.stopping or self.cancel_requested
        if self.phase is not Phase.SUCCEEDED or not late or MAY_BE_BILLED in self.warnings:
            return self
        return replace(self, warnings=(*self.warnings, MAY_BE_BILLED))

    def with_failure(self, step: str, kind: FailureKind, at: datetime) -> Self:
        """Record a failure of a step."""
        return replace(self, progress=self.progress.with_failure(step, kind, codec.timestamp(at)))

    def without_failures(self, step: str) -> Self:
        """Clear the failures of a step that has succeeded or is over."""
        return replace(self, progress=self.progress.without_failures(step))

    def resumed(self) -> Self:
        """Prepare the job for a new orchestration: an earlier one may have submitted it, whatever the index says."""
        return replace(self, progress=replace(self.progress, may_be_submitted=True))

    def failed_over(self) -> Self:
        """Move to the next target; only the cost of the last one is retained."""
        return replace(self, remote=RemoteState(cost=self.remote.cost), progress=self.progress.failed_over())
