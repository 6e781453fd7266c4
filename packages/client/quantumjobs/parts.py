"""The parts of a job with more shots than its target takes at once, and what each contributed to the result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from quantumjobs import wire
from quantumjobs.costs import Cost, read_cost
from quantumjobs.failures import JobError, read_job_error

if TYPE_CHECKING:
    from collections.abc import Mapping

    from typing_extensions import Self


@dataclass(frozen=True)
class JobPart:
    """One of the jobs of the workspace that share the shots of a job; `number` counts from 1.

    `azure_status` and `remote_id` are None for a part that was never submitted.
    """

    number: int | None
    target: str | None
    shots: int | None
    phase: str | None
    azure_status: str | None
    remote_id: str | None
    cost: Cost | None
    error: JobError | None

    @classmethod
    def from_wire(cls, document: object) -> Self:
        """Read a part of a job."""
        raw = wire.mapping(document)
        return cls(
            number=wire.integer(raw.get("number")),
            target=wire.text(raw.get("target")),
            shots=wire.integer(raw.get("shots")),
            phase=wire.text(raw.get("phase")),
            azure_status=wire.text(raw.get("azureStatus")),
            remote_id=wire.text(raw.get("remoteId")),
            cost=read_cost(raw.get("cost")),
            error=read_job_error(raw.get("error")),
        )

    def __str__(self) -> str:
        shots = "" if self.shots is None else f", {self.shots:,} shots"
        return f"{self.number}: {self.phase}{shots}"


@dataclass(frozen=True)
class Contribution:
    """What one part of a divided job gave: its counts, and where its output is kept as it came."""

    remote_id: str | None
    shots: int | None
    counts: Mapping[str, int]
    raw_blob: str | None

    @classmethod
    def from_wire(cls, document: object) -> Self:
        """Read what a part gave."""
        raw = wire.mapping(document)
        return cls(
            wire.text(raw.get("remoteId")),
            wire.integer(raw.get("shots")),
            wire.numbers(raw.get("counts"), wire.integer),
            wire.text(raw.get("rawBlob")),
        )
