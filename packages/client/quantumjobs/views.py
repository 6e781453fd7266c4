"""What the API answers, as frozen dataclasses; `raw` keeps the whole document, fields unknown here included."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from quantumjobs import wire
from quantumjobs.failures import JobError, read_job_error
from quantumjobs.outcomes import Register, Solution, read_registers, read_solutions

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

FINAL_PHASES = frozenset({"succeeded", "failed", "cancelled", "rejected", "expired"})


@dataclass(frozen=True)
class PhaseChange:
    """A phase that the job entered, and when."""

    phase: str
    at: datetime | None


@dataclass(frozen=True)
class JobView:
    """A job as the deployment sees it now; `azure_status` is Azure's own word.

    `cost` is the service's, or the deployment's own estimate, and says so. `queue_seconds` and `duration_seconds` are
    how long the job waited and ran.
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
    cost: object
    error: JobError | None
    links: Mapping[str, str]
    estimated_queue_seconds: float | None
    created_at: datetime | None
    raw: Mapping[str, object] = field(repr=False, compare=False)
    session_id: str | None = None
    queue_seconds: float | None = None
    duration_seconds: float | None = None

    @property
    def is_final(self) -> bool:
        """Say whether the job has ended, in whatever way."""
        return self.phase in FINAL_PHASES

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
            cost=raw.get("cost"),
            error=read_job_error(raw.get("error")),
            links={name: link for name, link in wire.mapping(raw.get("links")).items() if isinstance(link, str)},
            estimated_queue_seconds=wire.number(raw.get("estimatedQueueSeconds")),
            created_at=wire.moment(raw.get("createdAt")),
            raw=raw,
            session_id=wire.text(raw.get("sessionId")),
            queue_seconds=wire.number(raw.get("queueSeconds")),
            duration_seconds=wire.number(raw.get("durationSeconds")),
        )


@dataclass(frozen=True)
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


@dataclass(frozen=True)
class Result:
    """What came back; the leftmost bit of a key of `counts` and `probabilities` is qubit 0.

    `registers` say what the parts of a key are, between blanks; `solutions` are a solver's, best first.
    """

    id: str
    target: str | None
    shots: int | None
    counts: Mapping[str, int]
    probabilities: Mapping[str, float]
    output_format: str | None
    raw_blob: str | None
    duration_seconds: float | None
    queue_seconds: float | None
    warnings: tuple[str, ...]
    registers: tuple[Register, ...]
    solutions: tuple[Solution, ...]
    raw: Mapping[str, object] = field(repr=False, compare=False)

    @classmethod
    def from_wire(cls, document: object) -> Self:
        """Read a result."""
        raw = wire.an_object(document, "a result")
        return cls(
            id=wire.required(raw, "id", "a result"),
            target=wire.text(raw.get("target")),
            shots=wire.integer(raw.get("shots")),
            counts=wire.numbers(raw.get("counts"), wire.integer),
            probabilities=wire.numbers(raw.get("probabilities"), wire.number),
            output_format=wire.text(raw.get("outputFormat")),
            raw_blob=wire.text(raw.get("rawBlob")),
            duration_seconds=wire.number(raw.get("durationSeconds")),
            queue_seconds=wire.number(raw.get("queueSeconds")),
            warnings=wire.texts(raw.get("warnings")),
            registers=read_registers(raw.get("registers")),
            solutions=read_solutions(raw.get("solutions")),
            raw=raw,
        )


@dataclass(frozen=True)
class Target:
    """Somewhere to run; read the queue time together with the availability."""

    id: str
    provider: str | None
    availability: str | None
    average_queue_seconds: float | None
    formats: tuple[str, ...]
    qubits: int | None

    @classmethod
    def from_wire(cls, document: object) -> Self:
        """Read a target."""
        raw = wire.an_object(document, "a target")
        return cls(
            id=wire.required(raw, "id", "a target"),
            provider=wire.text(raw.get("provider")),
            availability=wire.text(raw.get("availability")),
            average_queue_seconds=wire.number(raw.get("averageQueueSeconds")),
            formats=wire.texts(raw.get("formats")),
            qubits=wire.integer(raw.get("qubits")),
        )


@dataclass(frozen=True)
class TargetList:
    """The targets of the workspace, as they were `age_seconds` ago."""

    targets: tuple[Target, ...]
    age_seconds: float | None
    raw: Mapping[str, object] = field(repr=False, compare=False)

    @classmethod
    def from_wire(cls, document: object) -> Self:
        """Read the list of targets."""
        raw = wire.an_object(document, "a list of targets")
        targets = tuple(Target.from_wire(target) for target in wire.entries(raw, "targets", "a list of targets"))
        return cls(targets, wire.number(raw.get("ageSeconds")), raw)


@dataclass(frozen=True)
class Poisoned:
    """An order on which the deployment itself failed, kept since `at`; `blob` is where it was uploaded, if it was.

    `message_id` is that of its poison message.
    """

    id: str
    message_id: str | None
    at: datetime | None
    blob: str | None = None

    @classmethod
    def from_wire(cls, document: object) -> Self:
        """Read what is said of a poisoned order."""
        raw = wire.an_object(document, "a poisoned order")
        id_ = wire.required(raw, "id", "a poisoned order")
        return cls(id_, wire.text(raw.get("messageId")), wire.moment(raw.get("at")), wire.text(raw.get("blob")))


@dataclass(frozen=True)
class PoisonList:
    """The poisoned orders that are kept."""

    poison: tuple[Poisoned, ...]
    raw: Mapping[str, object] = field(repr=False, compare=False)

    @classmethod
    def from_wire(cls, document: object) -> Self:
        """Read the list of poisoned orders."""
        raw = wire.an_object(document, "a list of poisoned orders")
        return cls(
            tuple(Poisoned.from_wire(order) for order in wire.entries(raw, "poison", "a list of poisoned orders")), raw
        )


@dataclass(frozen=True)
class Check:
    """How one dependency of the deployment is, and what to do where it is not well."""

    status: str
    detail: str
    remedy: str | None = None


@dataclass(frozen=True)
class Health:
    """How the deployment is: `ok` or `degraded`, and each dependency."""

    status: str
    checks: Mapping[str, Check]
    raw: Mapping[str, object] = field(repr=False, compare=False)

    @classmethod
    def from_wire(cls, document: object) -> Self:
        """Read a health report."""
        raw = wire.an_object(document, "a health report")
        checks = {
            name: Check(
                wire.text(wire.mapping(check).get("status")) or "",
                wire.text(wire.mapping(check).get("detail")) or "",
                wire.text(wire.mapping(check).get("remedy")),
            )
            for name, check in wire.mapping(raw.get("checks")).items()
        }
        return cls(wire.required(raw, "status", "a health report"), checks, raw)


def _phase_change(entry: object) -> PhaseChange:
    raw = wire.an_object(entry, "an entry of the history")
    return PhaseChange(wire.required(raw, "phase", "an entry of the history"), wire.moment(raw.get("at")))
