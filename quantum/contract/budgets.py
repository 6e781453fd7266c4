"""The requests about budgets: all budgets at once, and the answer to an order that waits for an approval."""

import re
from typing import Annotated, Any

from quantum.contract.batches import Whole
from quantum.contract.costs import MOST_COST, BudgetUnit
from quantum.contract.fields import OR_NULL, REQUIRED, Row, Table, object_schema, table_of
from quantum.contract.kinds import Limits, Number, Schema, type_of
from quantum.contract.texts import Printable, Text, Words
from quantum.wire.records import record

MAX_BUDGETS = 200
MOST_VERSIONS = 9_999_998
LONGEST_WHY = 500
SCOPES = ("workspace", "principal", "tenant")
PERIODS = ("day", "week", "month", "total")
A_BUDGET_NAME = Text(re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}"), 64, "letters, digits and . _ -")
ABOVE = "a job or a batch whose estimate is higher waits for an approval"


@record
class BudgetFields:
    """A budget: what one workspace, principal or tenant may spend in one unit in each period."""

    name: Annotated[str, A_BUDGET_NAME, "its name, in refusals and in its accounts", REQUIRED]
    scope: Annotated[str, Words(SCOPES), "who spends from it: a workspace, a principal or a tenant", REQUIRED]
    of: Annotated[str, Printable(128), "which one: its name, or its id", REQUIRED]
    unit: Annotated[str, BudgetUnit(), "the unit of the target's prices; other targets do not count", REQUIRED]
    period: Annotated[str, Words(PERIODS), "how long the limit is for, in UTC; weeks begin on Monday", REQUIRED]
    limit: Annotated[float, Number(0, MOST_COST, "in the unit"), "the most that may be reserved and spent", REQUIRED]
    approve_above: Annotated[float | None, Number(0, MOST_COST, "in the unit"), ABOVE, OR_NULL] = None


BUDGET: Table = table_of(BudgetFields)


@record
class BudgetList:
    """A list of objects, each of which is checked with its place."""

    def fault(self, value: Any, limits: Limits) -> str | None:  # noqa: ARG002
        """Validate a value, and return the reason for a fault."""
        if not isinstance(value, list):
            return f"must be a list, not {type_of(value)}"
        return f"has {len(value):,} budgets; {MAX_BUDGETS} are allowed" if len(value) > MAX_BUDGETS else None

    def schema(self, limits: Limits) -> Schema:
        """Describe valid values as JSON Schema."""
        return {"type": "array", "maxItems": MAX_BUDGETS, "items": object_schema(BUDGET, limits)}


BUDGETS_REQUEST: Table = {
    "budgets": Row("budgets", BudgetList(), "all budgets; one that is left out ends", is_required=True),
    "version": Row(
        "version",
        Whole(0, MOST_VERSIONS),
        "of the budgets that you have read; it is refused if they were changed since",
        is_required=True,
    ),
}
DECISION: Table = {
    "why": Row("why", Printable(LONGEST_WHY), "the reason, kept with the decision", admits_null=True),
}
