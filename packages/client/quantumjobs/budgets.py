"""What the API answers about budgets: limits, what is reserved and spent, and who changed them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from quantumjobs import wire
from quantumjobs.texts import printable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from typing_extensions import Self


@dataclass(frozen=True)
class Approval:
    """An approval that a job waits for, or waited for; `verdict` and what follows come with the decision."""

    submission: str
    budget: str | None
    unit: str | None
    amount: float | None
    above: float | None
    until: datetime | None
    verdict: str | None = None
    by: str | None = None
    at: datetime | None = None
    why: str | None = None

    @classmethod
    def from_wire(cls, document: object) -> Self | None:
        """Read an approval, if there is one."""
        raw = wire.mapping(document)
        submission = wire.text(raw.get("submission"))
        if submission is None:
            return None
        return cls(
            submission=submission,
            budget=wire.text(raw.get("budget")),
            unit=wire.text(raw.get("unit")),
            amount=wire.number(raw.get("amount")),
            above=wire.number(raw.get("above")),
            until=wire.moment(raw.get("until")),
            verdict=wire.text(raw.get("verdict")),
            by=wire.text(raw.get("by")),
            at=wire.moment(raw.get("at")),
            why=wire.text(raw.get("why")),
        )


@dataclass(frozen=True)
class Budget:
    """What a workspace, a principal or a tenant (`scope`, `of`) may spend in one unit in each period.

    `reserved`, `spent` and `left` are those of the present period; a change of budgets has none.
    """

    name: str
    scope: str | None
    of: str | None
    unit: str | None
    period: str | None
    limit: float | None
    approve_above: float | None = None
    reserved: float | None = None
    spent: float | None = None
    left: float | None = None
    period_began: datetime | None = None
    period_ends: datetime | None = None

    @classmethod
    def from_wire(cls, document: object) -> Self:
        """Read a budget."""
        raw = wire.an_object(document, "a budget")
        return cls(
            name=wire.required(raw, "name", "a budget"),
            scope=wire.text(raw.get("scope")),
            of=wire.text(raw.get("of")),
            unit=wire.text(raw.get("unit")),
            period=wire.text(raw.get("period")),
            limit=wire.number(raw.get("limit")),
            approve_above=wire.number(raw.get("approveAbove")),
            reserved=wire.number(raw.get("reserved")),
            spent=wire.number(raw.get("spent")),
            left=wire.number(raw.get("left")),
            period_began=wire.moment(raw.get("periodBegan")),
            period_ends=wire.moment(raw.get("periodEnds")),
        )


@dataclass(frozen=True)
class BudgetChange:
    """The budgets as somebody has set them."""

    at: datetime | None
    by: str | None
    version: int | None
    budgets: tuple[Budget, ...]

    @classmethod
    def from_wire(cls, document: object) -> Self:
        """Read a change."""
        raw = wire.an_object(document, "a change of budgets")
        budgets = tuple(Budget.from_wire(each) for each in wire.a_list(raw.get("budgets")))
        at, by = wire.moment(raw.get("at")), wire.text(raw.get("by"))
        return cls(at, by, wire.integer(raw.get("version")), budgets)


@dataclass(frozen=True, repr=False)
class BudgetList:
    """All budgets, and the latest changes, newest first; `version` is for the next change."""

    budgets: tuple[Budget, ...]
    version: int
    changes: tuple[BudgetChange, ...]
    raw: Mapping[str, object] = field(repr=False, compare=False)

    @classmethod
    def from_wire(cls, document: object) -> Self:
        """Read the budgets."""
        raw = wire.an_object(document, "a list of budgets")
        budgets = tuple(Budget.from_wire(each) for each in wire.entries(raw, "budgets", "a list of budgets"))
        changes = tuple(BudgetChange.from_wire(each) for each in wire.a_list(raw.get("changes")))
        return cls(budgets, wire.integer(raw.get("version")) or 0, changes, raw)

    def __repr__(self) -> str:
        left = (f"{each.name} {each.left} {each.unit} left" for each in self.budgets)
        return f"<BudgetList {printable(', '.join(left)) or 'no budgets'}>"
