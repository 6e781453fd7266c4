"""The nouns of the product: an order, its program, the job that runs it, and what is said of them on the wire.

Everything here is frozen and turns into plain JSON (`quantum.wire`), since only that crosses an orchestration.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Self
from uuid import UUID, uuid5

from quantum import wire
from quantum.lifecycle import FINAL, Phase, move

DURATION = re.compile(r"P(?:(\d{1,5})D)?(?:T(?=\d)(?:(\d{1,7})H)?(?:(\d{1,9})M)?(?:(\d{1,9})S)?)?", re.ASCII)
NAMESPACE = UUID("6f1c5b0e-6a2f-5d7e-9a43-3d1f0a6a7c11")  # ours: every id that is derived hangs on it


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
class Failure:
    """Why a job did not succeed: a code for programs, a sentence for people, and an order's faults."""

    code: str
    message: str
    errors: tuple[Fault, ...] | None = None

    @classmethod
    def from_wire(cls, data: dict[str, Any]) -> Self:
        """Read what `quantum.wire.to_wire` wrote."""
        faults = data.get("errors")
        errors = tuple(Fault(**fault) for fault in faults) if faults else None
        return cls(data["code"], data["message"], errors)


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

    `traceparent` is the caller's W3C trace context: it says where an order comes from, and is no part of it.
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
    traceparent: str | None = None

    @property
    def targets(self) -> tuple[str, ...]:
        """The target, then its fallbacks, in the order in which they are tried."""
        return (self.target, *self.fallback_targets)

    @classmethod
    def from_wire(cls, data: dict[str, Any]) -> Self:
        """Read what `quantum.wire.to_wire` wrote; validation is `quantum.orders`."""
        values = wire.arguments(cls, data)
        for name in ("fallback_targets", "arguments"):
            values[name] = tuple(values.get(name, ()))
        given = values.pop("input", None)
        return cls(**values, input=ProgramInput(**wire.arguments(ProgramInput, given)) if given else None)


@dataclass(frozen=True)
class Compiled:
    """What the compiler makes of a program: QIR as text, its entry point, and the qubits that it needs."""

    qir: str
    entry_point: str
    qubits: int


@dataclass(frozen=True)
class Program:
    """What is submitted: a blob of ours (`container/name`) in a format that the workspace knows.

    `output`, `media_type` and `encoding` are set where they are not what the format's row says.
    """

    blob: str
    format: str
    size: int
    entry_point: str | None = None
    profile: str | None = None
    qubits: int | None = None
    output: str | None = None
    media_type: str | None = None
    encoding: str | None = None


@dataclass(frozen=True)
class RemoteJob:
    """The workspace's own account of a job, SAS-free. Times are RFC 3339, `status` is verbatim."""

    id: str
    status: str
    provider_id: str
    target: str
    output_format: str | None = None
    created: str | None = None
    began: str | None = None
    ended: str | None = None
    cost: dict[str, Any] | None = None
    error: Failure | None = None

    def account(self) -> dict[str, Any]:
        """What an orchestration needs to know of it, as plain JSON."""
        known = {"status": self.status, "providerId": self.provider_id, "cost": self.cost, "error": self.error}
        encoded: dict[str, Any] = wire.to_wire(known)
        return encoded


@dataclass(frozen=True)
class Target:
    """A target as the workspace describes it; `average_queue_seconds` means little without `availability`."""

    id: str
    provider: str
    availability: str
    average_queue_seconds: int
    status_page: str | None = None
    qubits: int | None = None


@dataclass(frozen=True)
class Job:
    """A job on its way: what the orchestration carries and the index keeps.

    `remote_id` is the id of the job in the workspace: the first target's is the job's own id, a fallback's is
    derived from it. `stopping` says why the remote job was asked to stop: `cancel`, `deadline` or `fallback`.
    `may_be_submitted` says that a former attempt to create the remote job may have reached the workspace.
    `struggling_since` is when the step at hand first failed; it lasts until the step succeeds. `woken_at` is when it
    was last woken to look at the remote job, and that had not ended yet. `traceparent` is where its trace goes on.
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
    may_be_submitted: bool = False
    stopping: str | None = None
    cancel_requested: bool = False
    struggling_since: str | None = None
    cost: dict[str, Any] | None = None
    error: Failure | None = None
    result: Mapping[str, Any] | None = None
    warnings: tuple[str, ...] = ()
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
        """Read what `quantum.wire.to_wire` wrote."""
        values = wire.arguments(cls, data)
        values["order"] = Order.from_wire(values["order"])
        values["phase"] = Phase(values["phase"])
        for name in ("history", "warnings"):
            values[name] = tuple(values.get(name, ()))
        if program := values.get("program"):
            values["program"] = Program(**wire.arguments(Program, program))
        if error := values.get("error"):
            values["error"] = Failure.from_wire(error)
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
        return self.id if self.fallback == 0 else str(uuid5(UUID(self.id), f"{self.fallback}:{self.target}"))

    @property
    def is_final(self) -> bool:
        """Whether the job has ended."""
        return self.phase in FINAL

    @property
    def deadline_at(self) -> datetime | None:
        """When the order expires, where it has a deadline."""
        if self.order.deadline is None:
            return None
        return wire.moment(self.created_at) + duration(self.order.deadline)

    def moved_to(self, phase: Phase, at: datetime) -> Self:
        """Move to another phase and note when; an illegal move raises."""
        if move(self.phase, phase) == self.phase:
            return self
        return replace(self, phase=phase, history=(*self.history, {"phase": phase.value, "at": wire.timestamp(at)}))

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
            target_since=None,
            may_be_submitted=False,
            stopping=None,
        )


def duration(text: str) -> timedelta:
    """Read an ISO 8601 duration of days and below, such as `P1DT12H` or `PT90S`; ValueError if it is none.

    Months and years are refused: how long they last depends on when they begin.
    """
    parts = DURATION.fullmatch(text)
    if parts is None or not any(parts.groups()):
        raise ValueError(f"not an ISO 8601 duration: {text!r}")
    days, hours, minutes, seconds = (int(part or 0) for part in parts.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
