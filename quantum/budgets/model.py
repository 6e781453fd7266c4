"""The data model of budgets: what a budget covers, and the key of its account in one period.

A submission makes a claim on each budget that covers it. Its claims are written before anything is reserved, so that a
repeated step makes the same claims, in the same period.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal, Self

from quantum.budgets.amounts import millionths
from quantum.contract.budgets import BudgetFields
from quantum.jobs.model import Job
from quantum.jobs.principal import starter_of
from quantum.wire import codec
from quantum.wire.records import record


class Budget(BudgetFields):
    """What may be spent in one unit by a workspace, a principal or a tenant in each period, in UTC."""

    def covers(self, job: Job, unit: str) -> bool:
        """Say whether a job spends from this budget."""
        return unit == self.unit and self.of == spender(job, self.scope)

    def key(self, at: datetime) -> str:
        """Name the account of the period that a moment is in."""
        start = period_start(self.period, at)
        return f"{self.name}:{self.unit}:{start.date().isoformat() if start else 'total'}"


def spender(job: Job, scope: str) -> str:
    """Name who spends, as far as that is recorded of a job."""
    return spender_in(job.source, job.order.workspace, scope)


def spender_in(source: Mapping[str, str], workspace: str, scope: str) -> str:
    """Name who spends, by where work comes from and its workspace."""
    if scope == "principal":
        return starter_of(source)
    return workspace if scope == "workspace" else source.get(scope) or ""


def period_start(period: str, at: datetime) -> datetime | None:
    """Return the beginning of a period: midnight in UTC, weeks from Monday; None for all time."""
    today = at.astimezone(UTC).date()
    match period:
        case "day":
            return _midnight(today)
        case "week":
            return _midnight(today - timedelta(days=today.weekday()))
        case "month":
            return _midnight(today.replace(day=1))
        case _:
            return None


def period_end(period: str, at: datetime) -> datetime | None:
    """Return the end of a period, at which the next begins; None for all time."""
    start = period_start(period, at)
    if start is None:
        return None
    days = {"day": 1, "week": 7, "month": 31}[period]  # of the longest month: the end is in the next one
    end = start + timedelta(days=days)
    return end.replace(day=1) if period == "month" else end


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


@record
class Claim:
    """What a submission claims from one account: millionths of a unit, up to the account's limit.

    `budget` names the budget for people.
    """

    key: str
    budget: str
    unit: str
    amount: int
    limit: int

    @classmethod
    def on(cls, budget: Budget, at: datetime, amount: int) -> Self:
        """Make a claim on a budget."""
        return cls(budget.key(at), f"budget {budget.name}", budget.unit, amount, millionths(budget.limit))


@record
class Reservation:
    """The claims of one submission, by the id of the remote job; `job` is the id of ours."""

    submission: str
    job: str
    at: str
    claims: tuple[Claim, ...]


@record
class Definitions:
    """All budgets, and how often they were changed."""

    budgets: tuple[Budget, ...] = ()
    version: int = 0


@record
class Change:
    """The budgets as somebody has set them."""

    at: str
    by: str
    version: int
    budgets: tuple[Budget, ...]

    @classmethod
    def from_wire(cls, data: Mapping[str, Any]) -> Self:
        """Decode the JSON of `quantum.wire.codec.to_wire`."""
        return codec.from_wire(cls, data)


@record
class Decision:
    """An approval or a denial: who, when and why."""

    verdict: Literal["approved", "denied"]
    by: str
    at: str
    why: str | None = None


def covering(budgets: Sequence[Budget], job: Job, unit: str) -> tuple[Budget, ...]:
    """Select the budgets that a job spends from, in the order of their names."""
    return tuple(sorted((each for each in budgets if each.covers(job, unit)), key=lambda budget: budget.name))
