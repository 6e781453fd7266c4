"""What the API says of batches, as frozen dataclasses; `raw` keeps the whole document."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from quantumjobs import batch_pictures, wire
from quantumjobs.budgets import Approval
from quantumjobs.failures import JobError, read_job_error
from quantumjobs.jobs import PhaseChange

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from typing_extensions import Self

FINAL_BATCH_PHASES = frozenset({"succeeded", "partly", "failed", "cancelled", "rejected", "expired"})


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
    verdict: Verdict | None = None
    cancel_requested: bool = False
    target_windows: Mapping[str, int] = field(default_factory=dict)
    pause_requested: bool = False
    eta: datetime | None = None
    rerun_of: str | None = None
    reused: int | None = None
    traceparent: str | None = None
    max_cost: Mapping[str, float] = field(default_factory=dict)
    approval: Approval | None = None

    @property
    def is_final(self) -> bool:
        """Say whether the batch has ended."""
        return self.phase in FINAL_BATCH_PHASES

    def _repr_html_(self) -> str:
        return batch_pictures.of_batch(self)

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
            verdict=Verdict.from_wire(raw["verdict"]) if raw.get("verdict") else None,
            cancel_requested=raw.get("cancelRequested") is True,
            target_windows=wire.numbers(raw.get("targetWindows"), wire.integer),
            pause_requested=raw.get("pauseRequested") is True,
            eta=wire.moment(raw.get("eta")),
            rerun_of=wire.text(raw.get("rerunOf")),
            reused=wire.integer(raw.get("reused")),
            traceparent=wire.text(raw.get("traceparent")),
            max_cost=wire.numbers(raw.get("maxCost"), wire.number),
            approval=Approval.from_wire(raw.get("approval")),
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

    def _repr_html_(self) -> str:
        return batch_pictures.of_batches(self.batches, has_more=self.continuation is not None)


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
    raw: Mapping[str, object] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def from_wire(cls, document: object) -> Self:
        """Read a member."""
        raw = wire.an_object(document, "a member")
        name, target, job = (wire.text(raw.get(field)) for field in ("name", "target", "job"))
        id_, phase = (wire.required(raw, field, "a member") for field in ("id", "phase"))
        return cls(wire.integer(raw.get("number")), id_, name, target, phase, wire.mapping(raw.get("point")), job, raw)


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
    """A member in the table; errors are standard errors by the numbers of shots, `notes` say why a value is missing."""

    number: int | None
    phase: str
    raw: Mapping[str, object] = field(repr=False, compare=False)
    id: str | None = None
    target: str | None = None
    arguments: object = None
    params: Mapping[str, object] = field(default_factory=dict)
    rank: int | None = None
    fidelity: float | None = None
    fidelity_error: float | None = None
    distance: float | None = None
    distance_error: float | None = None
    sampled: bool | None = None
    score: float | None = None
    score_error: float | None = None
    queue_seconds: float | None = None
    run_seconds: float | None = None
    cost: float | None = None
    cost_unit: str | None = None
    cost_source: str | None = None
    shots: int | None = None
    outcomes: int | None = None
    counts: Mapping[str, float] = field(default_factory=dict)
    solution: object = None
    notes: tuple[str, ...] = ()

    @classmethod
    def from_wire(cls, document: object) -> Self:
        """Read a row; only `phase` is indispensable."""
        raw = wire.an_object(document, "a row")
        return cls(
            number=wire.integer(raw.get("number")),
            phase=wire.required(raw, "phase", "a row"),
            raw=raw,
            id=wire.text(raw.get("id")),
            target=wire.text(raw.get("target")),
            arguments=raw.get("arguments"),
            params=wire.mapping(raw.get("params")),
            rank=wire.integer(raw.get("rank")),
            fidelity=wire.number(raw.get("fidelity")),
            fidelity_error=wire.number(raw.get("fidelityError")),
            distance=wire.number(raw.get("distance")),
            distance_error=wire.number(raw.get("distanceError")),
            sampled=wire.flag(raw.get("sampled")),
            score=wire.number(raw.get("score")),
            score_error=wire.number(raw.get("scoreError")),
            queue_seconds=wire.number(raw.get("queueSeconds")),
            run_seconds=wire.number(raw.get("runSeconds")),
            cost=wire.number(raw.get("cost")),
            cost_unit=wire.text(raw.get("costUnit")),
            cost_source=wire.text(raw.get("costSource")),
            shots=wire.integer(raw.get("shots")),
            outcomes=wire.integer(raw.get("outcomes")),
            counts=wire.numbers(raw.get("counts"), wire.number),
            solution=raw.get("solution"),
            notes=wire.texts(raw.get("notes")),
        )


@dataclass(frozen=True)
class Verdict:
    """What a table comes to: the number of the best member, or those of a tie; `reason` says how that was decided."""

    by: str | None
    outcome: str | None
    reason: str | None
    best: int | None
    tie: tuple[int, ...]

    @classmethod
    def from_wire(cls, document: object) -> Self:
        """Read a verdict."""
        raw = wire.mapping(document)
        by, outcome, reason = (wire.text(raw.get(name)) for name in ("by", "outcome", "reason"))
        return cls(by, outcome, reason, wire.integer(raw.get("best")), _integers(raw.get("tie")))


@dataclass(frozen=True)
class BatchTable:
    """The table of a batch that has ended: a row for each member, and the best; `targets` sums up a sweep."""

    by: str | None
    outcome: str | None
    reason: str | None
    best: int | None
    tie: tuple[int, ...]
    rows: tuple[BatchRow, ...]
    raw: Mapping[str, object] = field(repr=False, compare=False)
    targets: Mapping[str, object] = field(default_factory=dict)

    @classmethod
    def from_wire(cls, document: object) -> Self:
        """Read a table."""
        raw = wire.an_object(document, "a table")
        rows = tuple(BatchRow.from_wire(row) for row in wire.entries(raw, "rows", "a table"))
        verdict, targets = Verdict.from_wire(raw), wire.mapping(raw.get("targets"))
        return cls(verdict.by, verdict.outcome, verdict.reason, verdict.best, verdict.tie, rows, raw, targets)

    def _repr_html_(self) -> str:
        return batch_pictures.of_table(self)


def _integers(value: object) -> tuple[int, ...]:
    return tuple(number for number in map(wire.integer, wire.a_list(value)) if number is not None)


def _unit_cost(value: object) -> UnitCost:
    raw = wire.mapping(value)
    return UnitCost(wire.text(raw.get("unit")) or "", wire.number(raw.get("amount")) or 0.0)


def _change(value: object) -> PhaseChange:
    raw = wire.mapping(value)
    return PhaseChange(wire.text(raw.get("phase")) or "", wire.moment(raw.get("at")))
