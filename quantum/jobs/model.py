"""The nouns of the product: an order, its program, the job that runs it, and what is said of them on the wire.

Everything here is frozen and turns into plain JSON (`quantum.wire.codec`), since only that crosses an orchestration.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Self
from uuid import UUID, uuid5

from quantum.contract.fields import Fault
from quantum.contract.orders import OWN_SESSION, Order
from quantum.jobs.lifecycle import FINAL, Phase, move
from quantum.jobs.program import Program
from quantum.jobs.progress import Progress
from quantum.jobs.struggle import FailureKind
from quantum.wire import codec as wire

NAMESPACE = UUID("6f1c5b0e-6a2f-5d7e-9a43-3d1f0a6a7c11")  # ours: every id that is derived hangs on it


def job_id(door: str, key: str) -> str:
    """Derive a job's id from the door's own idempotency key, so that a repeated order is the same job."""
    return str(uuid5(NAMESPACE, f"{door}:{key}"))


@dataclass(frozen=True)
class Cause:
    """An error within an error, in the workspace's own words; `target` is what it is about."""

    code: str | None = None
    message: str | None = None
    target: str | None = None


@dataclass(frozen=True)
class Failure:
    """Why a job did not succeed: a code for programs, a sentence for people, and an order's faults.

    Of the workspace's own error there may also be what it is about (`target`), the errors inside it from the outermost
    to the innermost, and its details.
    """

    code: str
    message: str
    errors: tuple[Fault, ...] | None = None
    target: str | None = None
    inner_errors: tuple[Cause, ...] | None = None
    details: tuple[Cause, ...] | None = None


@dataclass(frozen=True)
class Account:
    """What the workspace says of a remote job at one moment, with its own times."""

    status: str
    provider_id: str
    cost: dict[str, Any] | None = None
    times: Mapping[str, str] | None = None
    error: Failure | None = None


@dataclass(frozen=True)
class RemoteState:
    """The job on its present target: the workspace's last account of it, and what was learned at its submission.

    `since` is when the job was submitted there; `queue_seconds` is the target's average queue time at that moment.
    """

    status: str | None = None
    provider_id: str | None = None
    cost: dict[str, Any] | None = None
    times: Mapping[str, str] | None = None
    since: str | None = None
    queue_seconds: float | None = None

    def reported(self, account: Account) -> Self:
        """Take over the workspace's account; a cost and times that it leaves out stay as they were."""
        return replace(
            self,
            status=account.status,
            provider_id=account.provider_id,
            cost=account.cost or self.cost,
            times=account.times or self.times,
        )


@dataclass(frozen=True)
class StoredResult:
    """The normalised result of a job: a blob of ours (`container/name`), and its size."""

    blob: str
    bytes: int


@dataclass(frozen=True)
class Job:
    """A job on its way: what the orchestration carries and the index keeps.

    `adopted` is the id of a remote job that somebody else submitted. `traceparent` is where its trace goes on.
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

    @classmethod
    def accepted(
        cls,
        id: str,  # noqa: A002
        order: Order,
        at: datetime,
        source: Mapping[str, str],
        traceparent: str | None = None,
    ) -> Self:
        """Begin a job for an order; the program itself is kept elsewhere, by reference."""
        when = wire.timestamp(at)
        history = ({"phase": Phase.ACCEPTED.value, "at": when},)
        return cls(id, order, when, source, history=history, traceparent=traceparent)

    @classmethod
    def rejected(
        cls,
        id: str,  # noqa: A002
        name: str,
        at: datetime,
        source: Mapping[str, str],
        error: Failure,
        traceparent: str | None = None,
    ) -> Self:
        """Record an order of which nothing but a name is certain: it has no target, and never runs."""
        unread = Order(name, target="", shots=0)
        job = cls.accepted(id, unread, at, source, traceparent).moved_to(Phase.REJECTED, at)
        return replace(job, error=error)

    @classmethod
    def from_wire(cls, data: dict[str, Any]) -> Self:
        """Read what `to_wire` wrote."""
        return wire.from_wire(cls, data)

    def to_wire(self) -> dict[str, Any]:
        """Encode as plain JSON."""
        encoded: dict[str, Any] = wire.to_wire(self)
        return encoded

    @property
    def target(self) -> str:
        """The target that the job is on now."""
        return self.order.targets[self.progress.fallback]

    @property
    def next_target(self) -> str | None:
        """The target that comes after this one, where there is one."""
        rest = self.order.targets[self.progress.fallback + 1 :]
        return rest[0] if rest else None

    @property
    def remote_id(self) -> str:
        """The id in the workspace of the job on this target, known before anything is sent."""
        return self.remote_ids[-1]

    @property
    def remote_ids(self) -> tuple[str, ...]:
        """The ids in the workspace of the jobs on this target and on those before it."""
        others = range(1, self.progress.fallback + 1)
        derived = (str(uuid5(UUID(self.id), f"{place}:{self.order.targets[place]}")) for place in others)
        return (self.adopted or self.id, *derived)

    @property
    def session_id(self) -> str | None:
        """The session that the job on this target belongs to; one of its own has an id of its own."""
        return self.own_sessions[-1] if self.order.session == OWN_SESSION else self.order.session

    @property
    def own_sessions(self) -> tuple[str, ...]:
        """The ids of the sessions that live as long as the job: one for each target, as sessions are."""
        if self.order.session != OWN_SESSION:
            return ()
        return tuple(str(uuid5(NAMESPACE, f"session:{remote_id}")) for remote_id in self.remote_ids)

    @property
    def is_final(self) -> bool:
        """Whether the job has ended."""
        return self.phase in FINAL

    @property
    def deadline_at(self) -> datetime | None:
        """When the order expires, where it has a deadline."""
        length = self.order.deadline
        return None if length is None else wire.moment(self.created_at) + wire.duration(length)

    def moved_to(self, phase: Phase, at: datetime) -> Self:
        """Move to another phase and note when; an illegal move raises."""
        if move(self.phase, phase) == self.phase:
            return self
        return replace(self, phase=phase, history=(*self.history, {"phase": phase.value, "at": wire.timestamp(at)}))

    def struggling(self, step: str, kind: FailureKind, at: datetime) -> Self:
        """Record one more failure of a step."""
        return replace(self, progress=self.progress.struggling(step, kind, wire.timestamp(at)))

    def past(self, step: str) -> Self:
        """Forget the failures of a step that has succeeded or was given up."""
        return replace(self, progress=self.progress.past(step))

    def taken_up(self) -> Self:
        """Hand the job to an orchestration: what an earlier one sent last, nobody knows."""
        if self.phase is Phase.ACCEPTED:
            return self
        return replace(self, progress=replace(self.progress, may_be_submitted=True))

    def failed_over(self) -> Self:
        """Turn to the next target; of the last one nothing stays but what it has cost."""
        return replace(self, remote=RemoteState(cost=self.remote.cost), progress=self.progress.failed_over())
