"""What the API answers about jobs, as frozen dataclasses; `raw` keeps the whole document, unknown fields included."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from quantumjobs import frames, pictures, wire
from quantumjobs.budgets import Approval
from quantumjobs.costs import Cost, read_cost
from quantumjobs.failures import JobError, JobFailedError, read_job_error
from quantumjobs.parts import JobPart
from quantumjobs.reuse import ReusedFrom
from quantumjobs.texts import printable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    import pandas as pd
    from typing_extensions import Self

FINAL_PHASES = frozenset({"succeeded", "failed", "cancelled", "rejected", "expired"})


@dataclass(frozen=True)
class PhaseChange:
    """A phase that the job entered, and when."""

    phase: str
    at: datetime | None


@dataclass(frozen=True)
class Times:
    """When the workspace created, began and ended a job or a session, and when it was cancelled, as far as it was."""

    created: datetime | None = None
    began: datetime | None = None
    ended: datetime | None = None
    cancelled: datetime | None = None

    @classmethod
    def from_wire(cls, document: object) -> Self:
        """Read the times that are there."""
        raw = wire.mapping(document)
        return cls(*(wire.moment(raw.get(name)) for name in ("created", "began", "ended", "cancelled")))


@dataclass(frozen=True)
class Cancellation:
    """Who asked for a job to stop (`caller`, `deadline`, `fallback` or `workspace`), when, and when it stopped."""

    requested_by: str
    requested_at: datetime | None
    cancelled_at: datetime | None


@dataclass(frozen=True, repr=False)
class JobView:
    """A job as the deployment sees it now; `azure_status` is Azure's own word.

    `cost` is the service's, or the deployment's own estimate, and says so. `queue_seconds` and `duration_seconds` are
    how long the job waited and ran. `source` says which door the order came through, and as what. `parts` are
    the jobs of the workspace that share the shots, where the target takes fewer at once.
    """

    id: str
    phase: str
    name: str | None
    target: str | None
    provider_id: str | None
    shots: int | None
    azure_status: str | None
    history: tuple[PhaseChange, ...]
    polls: int | None
    wakes: int | None
    attempts: int | None
    cost: Cost | None
    error: JobError | None
    links: Mapping[str, str]
    estimated_queue_seconds: float | None
    created_at: datetime | None
    raw: Mapping[str, object] = field(repr=False, compare=False)
    session_id: str | None = None
    queue_seconds: float | None = None
    duration_seconds: float | None = None
    params: Mapping[str, object] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    workspace: str | None = None
    deadline: str | None = None
    fallback_targets: tuple[str, ...] = ()
    entry_point: str | None = None
    arguments: tuple[object, ...] = ()
    priority: str | None = None
    urgency: str | None = None
    session: str | None = None
    max_cost: float | Mapping[str, float] | None = None
    answer_to: object = None
    constraints: Mapping[str, object] = field(default_factory=dict)
    reuse_result: object = None
    choice: tuple[object, ...] = ()
    traceparent: str | None = None
    source: Mapping[str, str] = field(default_factory=dict)
    times: Times = field(default_factory=Times)
    cancellation: Cancellation | None = None
    cancel_requested: bool = False
    adopted: bool = False
    approval: Approval | None = None
    batch: str | None = None
    input_format: str | None = None
    remote_id: str | None = None
    waits_for: str | None = None
    reused_from: ReusedFrom | None = None
    parts: tuple[JobPart, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def is_final(self) -> bool:
        """Say whether the job has ended, in whatever way."""
        return self.phase in FINAL_PHASES

    def raise_unless_succeeded(self) -> None:
        """Raise JobFailedError where the job has ended otherwise."""
        if self.is_final and self.phase != "succeeded":
            raise JobFailedError(self)

    def __repr__(self) -> str:
        shots = f"{self.shots:,} shots" if self.shots is not None else None
        summary = " · ".join(part for part in (self.name, self.phase, self.target, shots, self.id) if part)
        return f"<{type(self).__name__} {printable(summary)}>"

    def _repr_html_(self) -> str:
        return pictures.of_job(self)

    @classmethod
    def from_wire(cls, document: object) -> Self:
        """Read a job view; only `id` and `phase` are indispensable."""
        raw = wire.an_object(document, "a job")
        return cls(
            id=wire.required(raw, "id", "a job"),
            phase=wire.required(raw, "phase", "a job"),
            name=wire.text(raw.get("name")),
            target=wire.text(raw.get("target")),
            provider_id=wire.text(raw.get("providerId")),
            shots=wire.integer(raw.get("shots")),
            azure_status=wire.text(raw.get("azureStatus")),
            history=tuple(_phase_change(entry) for entry in wire.a_list(raw.get("history"))),
            polls=wire.integer(raw.get("polls")),
            wakes=wire.integer(raw.get("wakes")),
            attempts=wire.integer(raw.get("attempts")),
            cost=read_cost(raw.get("cost")),
            error=read_job_error(raw.get("error")),
            links=wire.text_mapping(raw.get("links")),
            estimated_queue_seconds=wire.number(raw.get("estimatedQueueSeconds")),
            created_at=wire.moment(raw.get("createdAt")),
            raw=raw,
            session_id=wire.text(raw.get("sessionId")),
            queue_seconds=wire.number(raw.get("queueSeconds")),
            duration_seconds=wire.number(raw.get("durationSeconds")),
            params=wire.mapping(raw.get("params")),
            tags=wire.text_mapping(raw.get("tags")),
            workspace=wire.text(raw.get("workspace")),
            deadline=wire.text(raw.get("deadline")),
            fallback_targets=wire.texts(raw.get("fallbackTargets")),
            entry_point=wire.text(raw.get("entryPoint")),
            arguments=tuple(wire.a_list(raw.get("arguments"))),
            priority=wire.text(raw.get("priority")),
            urgency=wire.text(raw.get("urgency")),
            session=wire.text(raw.get("session")),
            max_cost=_max_cost(raw.get("maxCost")),
            approval=Approval.from_wire(raw.get("approval")),
            answer_to=raw.get("answerTo"),
            constraints=wire.mapping(raw.get("constraints")),
            reuse_result=raw.get("reuseResult"),
            choice=tuple(wire.a_list(raw.get("choice"))),
            traceparent=wire.text(raw.get("traceparent")),
            source=wire.text_mapping(raw.get("source")),
            times=Times.from_wire(raw.get("times")),
            cancellation=_cancellation(raw.get("cancellation")),
            cancel_requested=raw.get("cancelRequested") is True,
            adopted=raw.get("adopted") is True,
            batch=wire.text(raw.get("batch")),
            input_format=wire.text(raw.get("inputFormat")),
            remote_id=wire.text(raw.get("remoteId")),
            waits_for=wire.text(raw.get("waitsFor")),
            reused_from=ReusedFrom.from_wire(raw.get("reusedFrom")),
            parts=tuple(JobPart.from_wire(part) for part in wire.a_list(raw.get("parts"))),
            warnings=wire.texts(raw.get("warnings")),
        )


@dataclass(frozen=True, repr=False)
class JobPage:
    """Some jobs of a list; `continuation` asks for the next ones, None says that these are the last."""

    jobs: tuple[JobView, ...]
    continuation: str | None
    raw: Mapping[str, object] = field(repr=False, compare=False)

    @classmethod
    def from_wire(cls, document: object) -> Self:
        """Read a page of the job list."""
        raw = wire.an_object(document, "a list of jobs")
        jobs = tuple(JobView.from_wire(job) for job in wire.entries(raw, "jobs", "a list of jobs"))
        return cls(jobs, wire.text(raw.get("continuation")) or None, raw)

    def to_dataframe(self) -> pd.DataFrame:
        """Make a pandas DataFrame, a row for each job."""
        return frames.of_jobs(self.jobs)

    def __repr__(self) -> str:
        return f"<JobPage {len(self.jobs)} jobs{', and more' if self.continuation else ''}>"

    def _repr_html_(self) -> str:
        return pictures.of_jobs(self.jobs, has_more=self.continuation is not None)


def _phase_change(entry: object) -> PhaseChange:
    raw = wire.an_object(entry, "an entry of the history")
    return PhaseChange(wire.required(raw, "phase", "an entry of the history"), wire.moment(raw.get("at")))


def _max_cost(value: object) -> float | Mapping[str, float] | None:
    """Take a number, or numbers by unit."""
    return wire.numbers(value, wire.number) if isinstance(value, dict) else wire.number(value)


def _cancellation(value: object) -> Cancellation | None:
    raw = wire.mapping(value)
    by = wire.text(raw.get("requestedBy"))
    return Cancellation(by, wire.moment(raw.get("requestedAt")), wire.moment(raw.get("cancelledAt"))) if by else None
