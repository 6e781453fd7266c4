"""The nouns of the product: an order, its program, the job that runs it, and what is said of them on the wire.

Everything here is frozen and turns into plain JSON (`quantum.wire.codec`), since only that crosses an orchestration.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Self
from uuid import UUID, uuid5

from quantum.jobs.lifecycle import FINAL, Phase, move
from quantum.jobs.program import Program
from quantum.jobs.struggle import Struggle
from quantum.wire import codec as wire

NAMESPACE = UUID("6f1c5b0e-6a2f-5d7e-9a43-3d1f0a6a7c11")  # ours: every id that is derived hangs on it
OWN_SESSION = "own"
# After so many looks at the remote job an orchestration begins a fresh history: every turn replays its round from the
# beginning, and a round more costs one turn more. A replay must begin a round where it was begun, so this number stays.
POLLS_A_ROUND = 8


def job_id(door: str, key: str) -> str:
    """Derive a job's id from the door's own idempotency key, so that a repeated order is the same job."""
    return str(uuid5(NAMESPACE, f"{door}:{key}"))


@dataclass(frozen=True)
class Fault:
    """One thing wrong with an order; line and column count from 1 within the program."""

    field: str
    reason: str
    line: int | None = None
    column: int | None = None


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

    @classmethod
    def from_wire(cls, data: dict[str, Any]) -> Self:
        """Read what `quantum.wire.codec.to_wire` wrote."""
        values = wire.arguments(cls, data)
        for name, kind in (("errors", Fault), ("inner_errors", Cause), ("details", Cause)):
            values[name] = tuple(kind(**part) for part in values.get(name) or ()) or None
        return cls(**values)


@dataclass(frozen=True)
class ProgramInput:
    """A program as the caller hands it over: exactly one of text, base64 and blob (`container/name`) is set.

    `output_format`, `content_type` and `content_encoding` stand in for what the format's row says.
    """

    format: str
    text: str | None = None
    base64: str | None = None
    blob: str | None = None
    output_format: str | None = None
    content_type: str | None = None
    content_encoding: str | None = None


@dataclass(frozen=True)
class Order:
    """What was asked. `deadline` is an ISO 8601 duration counted from the acceptance.

    `session` is the id of one that is open, or `own` for one that lives as long as the job; `max_cost` is in the unit
    of the target's prices (`quantum.programs.prices`). `traceparent` is the caller's W3C trace context: it says where
    an order comes from, and is no part of it.
    """

    name: str
    target: str
    shots: int
    input: ProgramInput | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    workspace: str = "default"
    deadline: str | None = None
    fallback_targets: tuple[str, ...] = ()
    entry_point: str | None = None
    arguments: tuple[Any, ...] = ()
    priority: str | None = None
    session: str | None = None
    max_cost: float | None = None
    traceparent: str | None = None

    @property
    def targets(self) -> tuple[str, ...]:
        """The target, then its fallbacks, in the order in which they are tried."""
        return (self.target, *self.fallback_targets)

    @classmethod
    def from_wire(cls, data: dict[str, Any]) -> Self:
        """Read what `quantum.wire.codec.to_wire` wrote; validation is `quantum.orders.read`."""
        values = wire.arguments(cls, data)
        for name in ("fallback_targets", "arguments"):
            values[name] = tuple(values.get(name, ()))
        given = values.pop("input", None)
        return cls(**values, input=ProgramInput(**wire.arguments(ProgramInput, given)) if given else None)


@dataclass(frozen=True)
class Job:
    """A job on its way: what the orchestration carries and the index keeps.

    `remote_id` is the id of the job in the workspace: the first target's is the job's own id, a fallback's is
    derived from it. `stopping` says why the remote job was asked to stop: `cancel`, `deadline` or `fallback`.
    `may_be_submitted` says that a former attempt to create the remote job may have reached the workspace.
    `steps_outside` counts the steps that were taken outside of its orchestration, whose knowledge is older then.
    `struggles` has an entry for each step that has failed since it last succeeded, by its activity. `staged` says that
    the program is where this target's workspace reads it. `woken_at` is when it was last woken to look at the remote
    job, and that had not ended yet. `times` are the workspace's own
    (`RemoteJob.times`). `adopted` is the id of a remote job that somebody else submitted. `traceparent` is where its
    trace goes on.
    """

    id: str
    order: Order
    created_at: str
    source: Mapping[str, str]
    program: Program | None = None
    phase: Phase = Phase.ACCEPTED
    history: tuple[Mapping[str, str], ...] = ()
    fallback: int = 0
    azure_status: str | None = None
    provider_id: str | None = None
    queue_seconds: float | None = None
    target_since: str | None = None
    woken_at: str | None = None
    polls: int = 0
    wakes: int = 0
    attempts: int = 0
    restarts: int = 0
    steps_outside: int = 0
    may_be_submitted: bool = False
    stopping: str | None = None
    cancel_requested: bool = False
    cancel_requested_at: str | None = None
    struggles: Mapping[str, Struggle] = field(default_factory=dict)
    staged: bool = False
    cost: dict[str, Any] | None = None
    error: Failure | None = None
    result: Mapping[str, Any] | None = None
    warnings: tuple[str, ...] = ()
    times: Mapping[str, str] | None = None
    adopted: str | None = None
    traceparent: str | None = None

    @classmethod
    def accepted(cls, id: str, order: Order, at: datetime, source: Mapping[str, str]) -> Self:  # noqa: A002
        """Begin a job for an order; the program itself is kept elsewhere, by reference."""
        when = wire.timestamp(at)
        history = ({"phase": Phase.ACCEPTED.value, "at": when},)
        kept = replace(order, input=None, traceparent=None)
        return cls(id, kept, when, source, history=history, traceparent=order.traceparent)

    @classmethod
    def from_wire(cls, data: dict[str, Any]) -> Self:
        """Read what `quantum.wire.codec.to_wire` wrote."""
        values = wire.arguments(cls, data)
        values["order"] = Order.from_wire(values["order"])
        values["phase"] = Phase(values["phase"])
        for name in ("history", "warnings"):
            values[name] = tuple(values.get(name, ()))
        if program := values.get("program"):
            values["program"] = Program.from_wire(program)
        if error := values.get("error"):
            values["error"] = Failure.from_wire(error)
        struggles = values.get("struggles", {})
        values["struggles"] = {step: Struggle.from_wire(struggle) for step, struggle in struggles.items()}
        return cls(**values)

    def to_wire(self) -> dict[str, Any]:
        """Encode as plain JSON."""
        encoded: dict[str, Any] = wire.to_wire(self)
        return encoded

    def brief(self) -> dict[str, str]:
        """What a step needs to know that only looks at the remote job, as plain JSON."""
        brief = {
            "id": self.id,
            "remoteId": self.remote_id,
            "phase": self.phase.value,
            "target": self.target,
            "workspace": self.order.workspace,
        }
        return brief | ({"traceparent": self.traceparent} if self.traceparent else {})

    @property
    def target(self) -> str:
        """The target that the job is on now."""
        return self.order.targets[self.fallback]

    @property
    def next_target(self) -> str | None:
        """The target that comes after this one, where there is one."""
        rest = self.order.targets[self.fallback + 1 :]
        return rest[0] if rest else None

    @property
    def remote_id(self) -> str:
        """The id in the workspace of the job on this target, known before anything is sent."""
        return self.remote_ids[-1]

    @property
    def remote_ids(self) -> tuple[str, ...]:
        """The ids in the workspace of the jobs on this target and on those before it."""
        others = range(1, self.fallback + 1)
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

    def struggling(self, step: str, outcome: str, at: datetime) -> Self:
        """Note that a step has failed once more, and how."""
        struggle = Struggle.met(self.struggles.get(step), outcome, wire.timestamp(at))
        return replace(self, attempts=self.attempts + 1, struggles={**self.struggles, step: struggle})

    def past(self, step: str) -> Self:
        """Forget the failures of a step that has succeeded, or was given up; those of others are not its own."""
        if step not in self.struggles:
            return self
        return replace(self, struggles={other: kept for other, kept in self.struggles.items() if other != step})

    def taken_up(self) -> Self:
        """Hand the job to an orchestration: what one before it sent last, nobody knows."""
        return self if self.phase is Phase.ACCEPTED else replace(self, may_be_submitted=True)

    def failed_over(self) -> Self:
        """Turn to the next target; what was learnt about the last one is forgotten."""
        return replace(
            self,
            fallback=self.fallback + 1,
            azure_status=None,
            provider_id=None,
            queue_seconds=None,
            times=None,
            target_since=None,
            may_be_submitted=False,
            stopping=None,
            struggles={},
            staged=False,
        )
