"""The data model of budgets: what a budget covers, and the key of its account in one period.

A submission makes a claim on each budget that covers it. Its claims are written before anything is reserved, so that a
repeated step makes the same claims, in the same period.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any, Literal, Self

from quantum.budgets.amounts import millionths
from quantum.contract.costs import MOST_COST, BudgetUnit
from quantum.contract.fields import OR_NULL, REQUIRED
from quantum.contract.kinds import Number
from quantum.contract.texts import Printable, Text, Words
from quantum.jobs.model import Job
from quantum.wire import codec
from quantum.wire.records import record

SCOPES = ("workspace", "principal", "tenant")
PERIODS = ("day", "week", "month", "total")
LONGEST_SPENDER = 128
A_BUDGET_NAME = Text(re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}"), 64, "letters, digits and . _ -")


type Scope = Literal["workspace", "principal", "tenant"]
type Period = Literal["day", "week", "month", "total"]


@record
class Budget:
    """What may be spent in one unit by a workspace, a principal or a tenant in each period, in UTC.

    `of` names which; a submission that costs more than `approve_above` waits for an approval.
    """

    name: Annotated[str, A_BUDGET_NAME, "its name, in refusals and in its accounts", REQUIRED]
    scope: Annotated[Scope, Words(SCOPES), "who spends from it: a workspace, a principal or a tenant", REQUIRED]
    of: Annotated[str, Printable(LONGEST_SPENDER), "which one: its name, or its id", REQUIRED]
    unit: Annotated[str, BudgetUnit(), "the unit of the target's prices; other targets do not count", REQUIRED]
    period: Annotated[Period, Words(PERIODS), "how long the limit is for, in UTC; weeks begin on Monday", REQUIRED]
    limit: Annotated[float, Number(0, MOST_COST, "in the unit"), "the most that may be reserved and spent", REQUIRED]
    approve_above: Annotated[
        float | None,
        Number(0, MOST_COST, "in the unit"),
        "a job or batch that costs more waits for an approval",
        OR_NULL,
    ] = None

    def covers(self, job: Job, unit: str) -> bool:
        """Say whether a job spends from this budget."""
        return unit == self.unit and self.of == spender(job, self.scope)

    def key(self, at: datetime) -> str:
        """Name the account of the period that a moment is in."""
        start = period_start(self.period, at)
        return f"{self.name}:{self.unit}:{start.date().isoformat() if start else 'total'}"


def spender(job: Job, scope: Scope) -> str:
    """Name who spends, as far as that is recorded of a job."""
    return job.order.workspace if scope == "workspace" else job.source.get(scope, "")


def period_start(period: Period, at: datetime) -> datetime | None:
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


def period_end(period: Period, at: datetime) -> datetime | None:
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
