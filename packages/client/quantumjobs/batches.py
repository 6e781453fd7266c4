"""What the API says of batches, as frozen dataclasses; `raw` keeps the whole document."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from quantumjobs import wire
from quantumjobs.costs import Cost, read_cost
from quantumjobs.failures import JobError, read_job_error
from quantumjobs.jobs import PhaseChange

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from typing_extensions import Self

FINAL_BATCH_PHASES = frozenset({"succeeded", "partly", "failed", "cancelled", "rejected"})


@dataclass(frozen=True)
class UnitCost:
    """What members have cost in one unit."""

    unit: str
    amount: float


@dataclass(frozen=True)
class Batch:
    """Many orders that run as one; `by_phase` counts its members, `progress` is the share of them that has ended."""

    id: str
    phase: str
    name: str | None
    members: int | None
    by_phase: Mapping[str, int]
    progress: float | None
    costs: tuple[UnitCost, ...]
    links: Mapping[str, str]
    raw: Mapping[str, object] = field(repr=False, compare=False)
    history: tuple[PhaseChange, ...] = ()
    created_at: datetime | None = None
    window: int | None = None
    stop_on_failure: bool = False
    answers: str | None = None
    answer_to: object = None
    source: Mapping[str, str] = field(default_factory=dict)
    error: JobError | None = None
    cancel_requested: bool = False
    traceparent: str | None = None

    @property
    def is_final(self) -> bool:
        """Say whether the batch has ended."""
        return self.phase in FINAL_BATCH_PHASES

    @classmethod
    def from_wire(cls, document: object) -> Self:
        """Read a batch; only `id` and `phase` are indispensable."""
        raw = wire.an_object(document, "a batch")
        return cls(
            id=wire.required(raw, "id", "a batch"),
            phase=wire.required(raw, "phase", "a batch"),
            name=wire.text(raw.get("name")),
            members=wire.integer(raw.get("members")),
            by_phase=wire.numbers(raw.get("byPhase"), wire.integer),
            progress=wire.number(raw.get("progress")),
            costs=tuple(map(_unit_cost, wire.a_list(raw.get("costs")))),
            links=wire.text_mapping(raw.get("links")),
            raw=raw,
            history=tuple(map(_change, wire.a_list(raw.get("history")))),
            created_at=wire.moment(raw.get("createdAt")),
            window=wire.integer(raw.get("window")),
            stop_on_failure=raw.get("stopOnFailure") is True,
            answers=wire.text(raw.get("answers")),
            answer_to=raw.get("answerTo"),
            source=wire.text_mapping(raw.get("source")),
            error=read_job_error(raw.get("error")),
            cancel_requested=raw.get("cancelRequested") is True,
            traceparent=wire.text(raw.get("traceparent")),
        )


@dataclass(frozen=True)
class BatchPage:
    """Some batches, newest first; `continuation` asks for the next ones."""

    batches: tuple[Batch, ...]
    continuation: str | None
    raw: Mapping[str, object] = field(repr=False, compare=False)

    @classmethod
    def from_wire(cls, document: object) -> Self:
        """Read a page of the list of batches."""
        raw = wire.an_object(document, "a list of batches")
        batches = tuple(Batch.from_wire(batch) for batch in wire.entries(raw, "batches", "a list of batches"))
        return cls(batches, wire.text(raw.get("continuation")) or None, raw)


@dataclass(frozen=True)
class Member:
    """A member of a batch; its job has the same id, and `point` is what sets it apart from the others."""

    number: int | None
    id: str
    name: str | None
    target: str | None
    phase: str
    point: Mapping[str, object]
    job: str | None

    @classmethod
    def from_wire(cls, document: object) -> Self:
        """Read a member."""
        raw = wire.an_object(document, "a member")
        name, target, job = (wire.text(raw.get(field)) for field in ("name", "target", "job"))
        id_, phase = (wire.required(raw, field, "a member") for field in ("id", "phase"))
        return cls(wire.integer(raw.get("number")), id_, name, target, phase, wire.mapping(raw.get("point")), job)


@dataclass(frozen=True)
class MemberPage:
    """Some members of a batch, by number; `continuation` asks for the next ones."""

    members: tuple[Member, ...]
    continuation: str | None
    raw: Mapping[str, object] = field(repr=False, compare=False)

    @classmethod
    def from_wire(cls, document: object) -> Self:
        """Read a page of the members."""
        raw = wire.an_object(document, "a list of members")
        members = tuple(Member.from_wire(member) for member in wire.entries(raw, "members", "a list of members"))
        return cls(members, wire.text(raw.get("continuation")) or None, raw)


@dataclass(frozen=True)
class BatchRow:
    """How a member ended."""

    number: int | None
    id: str
    target: str | None
    phase: str
    point: Mapping[str, object]
    queue_seconds: float | None
    duration_seconds: float | None
    cost: Cost | None
    counts: Mapping[str, int]
    error: JobError | None

    @classmethod
    def from_wire(cls, document: object) -> Self:
        """Read a row."""
        raw = wire.an_object(document, "a row")
        return cls(
            wire.integer(raw.get("number")),
            wire.required(raw, "id", "a row"),
            wire.text(raw.get("target")),
            wire.required(raw, "phase", "a row"),
            wire.mapping(raw.get("point")),
            wire.number(raw.get("queueSeconds")),
            wire.number(raw.get("durationSeconds")),
            read_cost(raw.get("cost")),
            wire.numbers(raw.get("counts"), wire.integer),
            read_job_error(raw.get("error")),
        )


@dataclass(frozen=True)
class BatchTable:
    """The table of a batch that has ended: a row for each member."""

    id: str
    rows: tuple[BatchRow, ...]
    raw: Mapping[str, object] = field(repr=False, compare=False)

    @classmethod
    def from_wire(cls, document: object) -> Self:
        """Read a table."""
        raw = wire.an_object(document, "a table")
        rows = tuple(BatchRow.from_wire(row) for row in wire.entries(raw, "rows", "a table"))
        return cls(wire.required(raw, "id", "a table"), rows, raw)


def _unit_cost(value: object) -> UnitCost:
    raw = wire.mapping(value)
    return UnitCost(wire.text(raw.get("unit")) or "", wire.number(raw.get("amount")) or 0.0)


def _change(value: object) -> PhaseChange:
    raw = wire.mapping(value)
    return PhaseChange(wire.text(raw.get("phase")) or "", wire.moment(raw.get("at")))
