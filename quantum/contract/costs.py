"""Limits on costs in requests: amounts by unit, or one in the unit of the target's prices."""

from typing import Any

from quantum.contract.kinds import Limits, Number, Schema, type_of
from quantum.wire.records import record

MOST_COST = 1_000_000_000
UNITS = ("USD", "EUR", "HQC", "eHQC")  # of the table of prices; amounts of two units are never added
TIME_UNITS = ("minutes", "standardMinutes", "highMinutes")


@record
class BudgetUnit:
    """The unit of a budget; time is refused with its reason."""

    def fault(self, value: Any, limits: Limits) -> str | None:  # noqa: ARG002
        """Validate a value, and return the reason for a fault."""
        if value in UNITS:
            return None
        reason = "; minutes cannot be reserved: no order says how long it runs" if value in TIME_UNITS else ""
        return f"must be one of {', '.join(UNITS)}{reason}"

    def schema(self, limits: Limits) -> Schema:  # noqa: ARG002
        """Describe valid values as JSON Schema."""
        return {"type": "string", "enum": list(UNITS)}


@record
class Cost:
    """A limit on a cost: amounts by unit, or one amount where that has only one meaning."""

    amount: Number
    by_unit: bool = False

    def fault(self, value: Any, limits: Limits) -> str | None:
        """Validate a value, and return the reason for a fault."""
        if not isinstance(value, dict) and self.by_unit:
            return f'must be an object of amounts by unit, such as {{"USD": 40}}, not {type_of(value)}'
        if not isinstance(value, dict):
            reason = self.amount.fault(value, limits)
            return reason and f"{reason}, or an object of amounts by unit"
        if not value:
            return 'must have an amount, such as {"USD": 40}; leave it out for no limit'
        unknown = [unit for unit in value if unit not in UNITS]
        if unknown:
            return f"has the unit {unknown[0][:32]!r}; units are {', '.join(UNITS)}"
        wrong = [unit for unit, amount in value.items() if self.amount.fault(amount, limits)]
        reason = self.amount.fault(value[wrong[0]], limits) if wrong else None
        return reason and f"{reason}; under {wrong[0]} it has {type_of(value[wrong[0]])}"

    def schema(self, limits: Limits) -> Schema:
        """Describe valid values as JSON Schema."""
        amount = self.amount.schema(limits)
        by_unit = {
            "type": "object",
            "properties": dict.fromkeys(UNITS, amount),
            "additionalProperties": False,
            "minProperties": 1,
        }
        return {"anyOf": [*([] if self.by_unit else [amount]), by_unit, {"type": "null"}]}
