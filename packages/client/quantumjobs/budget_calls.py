"""The operations on budgets and approvals: requests, and the views that their answers become; no I/O."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quantumjobs.batches import Batch
from quantumjobs.budgets import BudgetList
from quantumjobs.calls import checked_id, encoded
from quantumjobs.exchange import Request, ask, read
from quantumjobs.jobs import JobView

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from quantumjobs.calls import Named
    from quantumjobs.exchange import Steps

JSON = {"Content-Type": "application/json"}


def budgets() -> Steps[BudgetList]:
    """Read all budgets."""
    answer = yield from ask(Request("GET", "budgets"))
    return read(answer, BudgetList.from_wire)


def set_budgets(new: Sequence[Mapping[str, object]], version: int) -> Steps[BudgetList]:
    """Replace all budgets, if nobody has changed them since this version."""
    body = encoded({"budgets": list(new), "version": version})
    answer = yield from ask(Request("PUT", "budgets", body=body, headers=JSON))
    return read(answer, BudgetList.from_wire)


def approve(job_id: Named, why: str | None) -> Steps[JobView]:
    """Let a job that waits for it be submitted."""
    return (yield from _decide(job_id, "approve", why))


def deny(job_id: Named, why: str | None) -> Steps[JobView]:
    """Have a job that waits for an approval rejected."""
    return (yield from _decide(job_id, "deny", why))


def approve_batch(batch_id: Named, why: str | None) -> Steps[Batch]:
    """Let the members of a batch that waits for it start."""
    return (yield from _decide_batch(batch_id, "approve", why))


def deny_batch(batch_id: Named, why: str | None) -> Steps[Batch]:
    """Have a batch that waits for an approval rejected."""
    return (yield from _decide_batch(batch_id, "deny", why))


def _decide_batch(batch_id: Named, verb: str, why: str | None) -> Steps[Batch]:
    body = encoded({"why": why})
    answer = yield from ask(Request("POST", f"batches/{checked_id(batch_id)}/{verb}", body=body, headers=JSON))
    return read(answer, Batch.from_wire)


def _decide(job_id: Named, verb: str, why: str | None) -> Steps[JobView]:
    body = encoded({"why": why})
    answer = yield from ask(Request("POST", f"jobs/{checked_id(job_id)}/{verb}", body=body, headers=JSON))
    return read(answer, JobView.from_wire)
