"""What the API answers about prices, and about the costs of many jobs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from quantumjobs import frames, pictures, wire
from quantumjobs.sums import LeftOut
from quantumjobs.texts import printable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

IN_A_LINE = 4  # amounts


@dataclass(frozen=True)
class Price:
    """How a target is priced: `how` says in words what is counted, `unit` in which currency or provider's unit.

    `prices_of` is the date of the prices, `prices_from` where the deployment's table was read.
    """

    unit: str
    how: str
    is_free: bool
    prices_of: str | None = None
    prices_from: str | None = None

    def __str__(self) -> str:
        return "free" if self.is_free else f"{self.unit}: {self.how}" if self.how else self.unit


@dataclass(frozen=True)
class CostShare:
    """What `jobs` jobs of one target, provider or workspace (`name`) have cost in one unit.

    For `own_estimates` of them the service gave no cost: the deployment's own estimate stands in.
    """

    name: str
    unit: str
    amount: float
    jobs: int
    own_estimates: int = 0


@dataclass(frozen=True, repr=False)
class CostSum:
    """The costs of many jobs, added up; amounts of two units are never added.

    `continuation` asks for those of the jobs that come after them.
    """

    by: str | None
    costs: tuple[CostShare, ...]
    left_out: tuple[LeftOut, ...]
    continuation: str | None
    raw: Mapping[str, object] = field(repr=False, compare=False)

    def plus(self, other: CostSum) -> CostSum:
        """Add the sum of the jobs that come after these, which `continuation` led to."""
        raw = {
            **other.raw,
            "costs": [*_added(wire.a_list(self.raw.get("costs")), wire.a_list(other.raw.get("costs")))],
            "leftOut": [*wire.a_list(self.raw.get("leftOut")), *wire.a_list(other.raw.get("leftOut"))],
        }
        return read_cost_sum(raw)

    def __repr__(self) -> str:
        amounts = (f"{one.name} {one.amount:,g} {one.unit}" for one in self.costs[:IN_A_LINE])
        left = len(self.costs) - IN_A_LINE
        more = f" and {left:,} more" if left > 0 else ""
        return f"<CostSum {printable(', '.join(amounts)) or 'of nothing'}{more}; {len(self.left_out):,} jobs left out>"

    def to_dataframe(self) -> pd.DataFrame:
        """Make a pandas DataFrame, a row for each amount."""
        return frames.of_costs(self.costs)

    def _repr_html_(self) -> str:
        return pictures.of_costs(self.by or "target", self.costs, len(self.left_out))


def read_price(document: object) -> Price | None:
    """Read a target's price; None where the deployment knows none."""
    raw = wire.mapping(document)
    unit = wire.text(raw.get("unit"))
    if unit is None:
        return None
    how, of, source = (wire.text(raw.get(name)) for name in ("how", "pricesOf", "pricesFrom"))
    return Price(unit, how or "", raw.get("isFree") is True, of, source)


def read_cost_sum(document: object) -> CostSum:
    """Read a sum of costs."""
    raw = wire.an_object(document, "a sum of costs")
    left = (wire.mapping(job) for job in wire.a_list(raw.get("leftOut")))
    return CostSum(
        by=wire.text(raw.get("by")),
        costs=tuple(_share(share) for share in wire.entries(raw, "costs", "a sum of costs")),
        left_out=tuple(LeftOut(*(wire.text(job.get(name)) or "" for name in ("id", "code", "reason"))) for job in left),
        continuation=wire.text(raw.get("continuation")) or None,
        raw=raw,
    )


def _added(ours: Sequence[object], theirs: Sequence[object]) -> list[dict[str, object]]:
    """Add amounts of one name in one unit, in the order of their names."""
    sums: dict[tuple[str, str], dict[str, object]] = {}
    for share in map(_share, (*ours, *theirs)):
        before = sums.get((share.name, share.unit), {})
        more = {"amount": share.amount, "jobs": share.jobs, "ownEstimates": share.own_estimates}
        added = {field: (wire.number(before.get(field)) or 0) + number for field, number in more.items()}
        sums[share.name, share.unit] = {"name": share.name, "unit": share.unit, **added}
    return [sums[key] for key in sorted(sums)]


def _share(document: object) -> CostShare:
    raw = wire.an_object(document, "a share of costs")
    name, unit = (wire.required(raw, field, "a share of costs") for field in ("name", "unit"))
    amount, jobs, ours = (wire.number(raw.get(field)) or 0 for field in ("amount", "jobs", "ownEstimates"))
    return CostShare(name, unit, amount, int(jobs), int(ours))
