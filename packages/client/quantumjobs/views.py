"""What the API answers beside jobs, as frozen dataclasses; `raw` keeps the whole document, unknown fields included."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from quantumjobs import frames, pictures, wire
from quantumjobs.outcomes import Part, Register, Solution, ranked, read_registers, read_solutions
from quantumjobs.parts import Contribution
from quantumjobs.prices import Price, read_price
from quantumjobs.reuse import ReusedFrom
from quantumjobs.statistics import Statistics
from quantumjobs.texts import printable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    import pandas as pd
    from typing_extensions import Self


IN_A_LINE = 4  # outcomes


@dataclass(frozen=True, repr=False)
class Result(Statistics):
    """What came back; the leftmost bit of a key of `counts` and `probabilities` is qubit 0.

    `registers` say what the parts of a key are, between blanks; `solutions` are a solver's, best first. `sampled` is
    false where the counts were worked out from the provider's probabilities; `parts` are the outcomes of each program,
    where the output has several, and `from_parts` what each part of a divided job gave.
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
    sampled: bool | None = None
    parts: tuple[Part, ...] = ()
    from_parts: tuple[Contribution, ...] = ()
    reused_from: ReusedFrom | None = None

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
            sampled=wire.flag(raw.get("sampled")),
            parts=tuple(Part.from_wire(part) for part in wire.a_list(raw.get("parts"))),
            from_parts=tuple(Contribution.from_wire(part) for part in wire.a_list(raw.get("fromParts"))),
            reused_from=ReusedFrom.from_wire(raw.get("reusedFrom")),
        )

    def __repr__(self) -> str:
        shots = None if self.shots is None else f"{self.shots:,} shots"
        most = ", ".join(f"{outcome}: {weight:,}" for outcome, weight in ranked(self, IN_A_LINE))
        left = max(len(self.counts or self.probabilities) - IN_A_LINE, 0)
        facts = (shots, self.target, most + (f" and {left:,} more" if left else ""), self.id)
        return f"<Result {printable(' · '.join(part for part in facts if part))}>"

    def _repr_html_(self) -> str:
        return pictures.of_result(self)


@dataclass(frozen=True)
class Target:
    """Somewhere to run; read the queue time together with the availability."""

    id: str
    provider: str | None
    availability: str | None
    average_queue_seconds: float | None
    formats: tuple[str, ...]
    qubits: int | None
    status_page: str | None = None
    price: Price | None = None

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
            status_page=wire.text(raw.get("statusPage")),
            price=read_price(raw.get("price")),
        )


@dataclass(frozen=True, repr=False)
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

    def to_dataframe(self) -> pd.DataFrame:
        """Make a pandas DataFrame, a row for each target."""
        return frames.of_targets(self.targets)

    def __repr__(self) -> str:
        return f"<TargetList {printable(', '.join(target.id for target in self.targets))}>"

    def _repr_html_(self) -> str:
        return pictures.of_targets(self.targets)


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
