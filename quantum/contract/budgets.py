"""The requests about budgets: all budgets at once, and the answer to an order that waits for an approval."""

from typing import Any

from quantum.contract.batches import Whole
from quantum.contract.fields import Row, Table
from quantum.contract.kinds import Limits, Schema, type_of
from quantum.contract.texts import Printable
from quantum.wire.records import record

MAX_BUDGETS = 200
MOST_VERSIONS = 9_999_998
LONGEST_WHY = 500


@record
class BudgetList:
    """A list of objects, each of which is checked with its place."""

    def fault(self, value: Any, limits: Limits) -> str | None:  # noqa: ARG002
        """Validate a value, and return the reason for a fault."""
        if not isinstance(value, list):
            return f"must be a list, not {type_of(value)}"
        return f"has {len(value):,} budgets; {MAX_BUDGETS} are allowed" if len(value) > MAX_BUDGETS else None

    def schema(self, limits: Limits) -> Schema:  # noqa: ARG002
        """Describe valid values as JSON Schema."""
        return {"type": "array", "maxItems": MAX_BUDGETS, "items": {"type": "object", "description": "a budget"}}


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
