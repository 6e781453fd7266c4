"""Describes the budgets for callers: what is reserved, spent and left in this period."""

import asyncio
from datetime import datetime
from typing import Any

from quantum.budgets.amounts import millionths, number
from quantum.budgets.model import Budget, Definitions, period_end, period_start
from quantum.budgets.rules import Totals
from quantum.ports import Services
from quantum.wire import codec


async def budgets_view(services: Services, definitions: Definitions, most_changes: int) -> dict[str, Any]:
    """Describe the budgets as `BudgetsView` of the contract; each costs a request."""
    now, ledger = services.now(), services.ledger()
    totals = await asyncio.gather(*(ledger.totals(budget.key(now)) for budget in definitions.budgets))
    changes = await ledger.changes(most_changes)
    return {
        "budgets": [_view(budget, sums, now) for budget, sums in zip(definitions.budgets, totals, strict=True)],
        "version": definitions.version,
        "changes": codec.to_wire(changes),
    }


def _view(budget: Budget, sums: Totals, now: datetime) -> dict[str, Any]:
    view: dict[str, Any] = codec.to_wire(budget)
    view |= {"reserved": number(sums.reserved), "spent": number(sums.charged)}
    view["left"] = number(millionths(budget.limit) - sums.used)
    moments = {"periodBegan": period_start(budget.period, now), "periodEnds": period_end(budget.period, now)}
    return view | {name: codec.timestamp(moment) for name, moment in moments.items() if moment}
