"""What the API answers about the counts of many jobs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from quantumjobs import pictures, wire
from quantumjobs.outcomes import Register, read_registers
from quantumjobs.statistics import Statistics

if TYPE_CHECKING:
    from collections.abc import Mapping

    from typing_extensions import Self


@dataclass(frozen=True)
class LeftOut:
    """A job whose counts are not in a sum: a code for programs, a reason for people."""

    id: str
    code: str
    reason: str


@dataclass(frozen=True, repr=False)
class CountsSum(Statistics):
    """The counts of many jobs, added up; `continuation` asks for those of the jobs that come after them."""

    shots: int | None
    counts: Mapping[str, int]
    probabilities: Mapping[str, float]
    jobs: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    continuation: str | None
    raw: Mapping[str, object] = field(repr=False, compare=False)
    registers: tuple[Register, ...] = ()

    @classmethod
    def from_wire(cls, document: object) -> Self:
        """Read a sum of counts."""
        raw = wire.an_object(document, "a sum of counts")
        if not isinstance(raw.get("counts"), dict):
            raise wire.ShapeError("a sum of counts lacks 'counts'")
        left = (wire.mapping(job) for job in wire.a_list(raw.get("leftOut")))
        return cls(
            shots=wire.integer(raw.get("shots")),
            counts=wire.numbers(raw.get("counts"), wire.integer),
            probabilities=wire.numbers(raw.get("probabilities"), wire.number),
            jobs=wire.texts(raw.get("jobs")),
            left_out=tuple(
                LeftOut(*(wire.text(job.get(name)) or "" for name in ("id", "code", "reason"))) for job in left
            ),
            continuation=wire.text(raw.get("continuation")) or None,
            raw=raw,
            registers=read_registers(raw.get("registers")),
        )

    def __repr__(self) -> str:
        return f"<CountsSum {self.shots or 0:,} shots of {len(self.jobs):,} jobs, {len(self.counts):,} outcomes>"

    def _repr_html_(self) -> str:
        return pictures.of_sum(self, self.shots, len(self.jobs))
