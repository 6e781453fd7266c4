"""Adds up what many jobs have cost, unit by unit: says what it counted, and which jobs it left out and why.

Amounts of different units are never added: an eHQC is no dollar.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from quantum.jobs.lifecycle import Phase
from quantum.jobs.model import Job
from quantum.programs.prices import cost_of
from quantum.programs.providers import provider_of

NOT_SAID = "unknown"  # the unit of an amount that came without one
WHOSE: Mapping[str, Callable[[Job], str]] = {
    "target": lambda job: job.target,
    "provider": lambda job: provider_of(job.target),
    "workspace": lambda job: job.order.workspace,
    "unit": lambda _: "",
}
ENDINGS: Mapping[Phase, str] = {
    Phase.SUCCEEDED: "succeeded",
    Phase.FAILED: "failed",
    Phase.CANCELLED: "was cancelled",
    Phase.EXPIRED: "expired",
}


@dataclass
class Share:
    """The cost of jobs that have something in common."""

    amount: float = 0.0
    jobs: int = 0
    own_estimates: int = 0


@dataclass
class CostSum:
    """Costs that are being added up, by a word of WHOSE."""

    by: str
    shares: dict[tuple[str, str], Share] = field(default_factory=dict)
    left_out: list[Mapping[str, str]] = field(default_factory=list)

    async def add(self, job: Job) -> None:
        """Add a job's cost, or note why it is left out."""
        if job.phase is Phase.REJECTED:
            return self._leave_out(job, "NotRun", "The job was rejected, and costs nothing.")
        if not job.is_final:
            return self._leave_out(job, "NotEnded", f"The job is {job.phase}: its cost is not final.")
        cost = cost_of(job) or {}
        amount = cost.get("estimated")
        if isinstance(amount, bool) or not isinstance(amount, int | float) or not isfinite(amount):
            prices = ", and the table of prices has none for it" if job.phase is Phase.SUCCEEDED else ""
            reason = f"The job {ENDINGS[job.phase]}: the service gave no cost{prices}."
            return self._leave_out(job, "NoCost", reason)
        share = self.shares.setdefault((WHOSE[self.by](job), str(cost.get("currency") or NOT_SAID)), Share())
        share.amount += amount
        share.jobs += 1
        share.own_estimates += cost.get("source") == "own estimate"
        return None

    def _leave_out(self, job: Job, code: str, reason: str) -> None:
        self.left_out.append({"id": job.id, "code": code, "reason": reason})

    def to_wire(self) -> dict[str, Any]:
        """Give the sums as JSON, in the order of their names."""
        shares = [
            {
                "name": name or unit,
                "unit": unit,
                "amount": round(share.amount, 6),
                "jobs": share.jobs,
                "ownEstimates": share.own_estimates,
            }
            for (name, unit), share in sorted(self.shares.items())
        ]
        return {"by": self.by, "costs": shares, "leftOut": self.left_out}
