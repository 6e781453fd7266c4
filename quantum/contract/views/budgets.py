"""The views of budgets: each with what is reserved, spent and left in this period, and the latest changes."""

from typing import Annotated

from quantum.contract.budgets import BudgetFields
from quantum.wire.records import record


@record(kw_only=True)
class BudgetView(BudgetFields):
    """A budget in this period."""

    reserved: Annotated[float, "by submissions that have not ended"]
    spent: Annotated[float, "by those that have ended, as the service says"]
    left: Annotated[float, "below zero where more was spent than was reserved for it"]
    period_began: Annotated[str | None, "midnight in UTC; none for a total"] = None
    period_ends: str | None = None


@record
class BudgetChange:
    """The budgets as somebody has set them."""

    at: str
    by: Annotated[str, "who changed them"]
    version: int
    budgets: tuple[BudgetFields, ...]


@record
class BudgetsView:
    """All budgets, and the latest changes, newest first."""

    budgets: tuple[BudgetView, ...]
    version: Annotated[int, "for the next change"]
    changes: tuple[BudgetChange, ...]
