"""Limits on costs in requests: amounts by unit, or one in the unit of the target's prices."""

from typing import Any

from quantum.contract.kinds import Limits, Schema, type_of
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
    """A limit on a cost: an amount, or amounts by unit."""

    def fault(self, value: Any, limits: Limits) -> str | None:  # noqa: ARG002
        """Validate a value, and return the reason for a fault."""
        if not isinstance(value, dict):
            reason = f"{_range()} in the unit of the target's prices, or amounts by unit"
            return None if _is_amount(value) else reason
        if not value:
            return 'must have an amount, such as {"USD": 40}; leave it out for no limit'
        unknown = [unit for unit in value if unit not in UNITS]
        if unknown:
            return f"has the unit {unknown[0][:32]!r}; units are {', '.join(UNITS)}"
        wrong = [unit for unit, amount in value.items() if not _is_amount(amount)]
        return f"has under {wrong[0]} {type_of(value[wrong[0]])}; it {_range()}" if wrong else None

    def schema(self, limits: Limits) -> Schema:  # noqa: ARG002
        """Describe valid values as JSON Schema."""
        amount = {"type": "number", "minimum": 0, "maximum": MOST_COST}
        by_unit = {
            "type": "object",
            "properties": dict.fromkeys(UNITS, amount),
            "additionalProperties": False,
            "minProperties": 1,
        }
        return {"anyOf": [amount, by_unit, {"type": "null"}]}


def _is_amount(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= MOST_COST


def _range() -> str:
    return f"must be a number from 0 to {MOST_COST:,}"
