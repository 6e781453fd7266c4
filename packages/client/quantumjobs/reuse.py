"""Where a result comes from that the job did not run for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from quantumjobs import wire

if TYPE_CHECKING:
    from datetime import datetime

    from typing_extensions import Self


@dataclass(frozen=True)
class ReusedFrom:
    """The equal job whose result this is, and when that job ended."""

    job: str
    ended_at: datetime | None

    @classmethod
    def from_wire(cls, document: object) -> Self | None:
        """Read where a result comes from; None where the job ran itself."""
        raw = wire.mapping(document)
        job = wire.text(raw.get("job"))
        return cls(job, wire.moment(raw.get("endedAt"))) if job else None
