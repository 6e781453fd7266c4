"""Parses budgets from a request or from the setting JOB_BUDGETS: all are valid, or all faults are reported."""

from collections.abc import Iterable
from typing import Any

from quantum.budgets.model import Budget
from quantum.contract.budgets import BUDGET, BudgetList
from quantum.contract.fields import Fault, faults_in
from quantum.contract.kinds import Limits, type_of
from quantum.wire import codec, strict_json


def budgets_from(data: Any) -> tuple[Budget, ...] | list[Fault]:
    """Convert parsed JSON to budgets, or return every fault with its place."""
    return budget_faults(data) or valid_budgets(data)


def valid_budgets(data: Iterable[Any]) -> tuple[Budget, ...]:
    """Convert parsed JSON in which `budget_faults` reports no fault."""
    return tuple(codec.from_wire(Budget, each) for each in data)


def budget_faults(data: Any) -> list[Fault]:
    """Report every fault of budgets with its place."""
    if reason := BudgetList().fault(data, Limits()):
        return [Fault("budgets", reason)]
    faults: list[Fault] = []
    for place, each in enumerate(data):
        prefix = f"budgets[{place}]"
        if isinstance(each, dict):
            faults += faults_in(each, BUDGET, Limits(), prefix=f"{prefix}.")
        else:
            faults.append(Fault(prefix, f"must be an object, not {type_of(each)}"))
    names = [each.get("name") for each in data if isinstance(each, dict)]
    for name in sorted({name for name in names if isinstance(name, str) and names.count(name) > 1}):
        faults.append(Fault("budgets", f"has two budgets of the name {name!r}; each needs one of its own"))
    return faults


def budgets_in(text: str) -> tuple[Budget, ...]:
    """Parse the setting; ValueError with every fault."""
    try:
        data = strict_json.loads(text.encode())
    except strict_json.InvalidJsonError as error:
        raise ValueError(f"is no JSON: {error}") from error
    read = budgets_from(data)
    if isinstance(read, list):
        raise ValueError("; ".join(f"{fault.field} {fault.reason}" for fault in read))  # noqa: TRY004  # as above
    return read
