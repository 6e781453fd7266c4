"""Writes the requests of comparisons and sweeps: one order, on several targets or at several values of an argument."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from quantumjobs.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True)
class Grid:
    """Equal steps of one argument of a program, both ends included."""

    argument: str
    first: float
    last: float
    count: int

    def to_wire(self) -> dict[str, Any]:
        """Spell the request's `sweep`."""
        return {"grid": {self.argument: {"from": self.first, "to": self.last, "count": self.count}}}


def request_of(
    order: Mapping[str, Any],
    targets: Sequence[str],
    grid: Grid | None = None,
    rank: Mapping[str, Any] | None = None,
    **fields: Any,
) -> dict[str, Any]:
    """Write a batch's request; the targets take the place of the order's own, and other fields stand beside it."""
    if not targets and "target" not in order:
        raise UsageError("the batch has no target: name where its members run")
    base = {name: value for name, value in order.items() if not (targets and name == "target")}
    if grid is not None:
        base.pop("arguments", None)
    request: dict[str, Any] = {"order": base, "targets": list(targets)} if targets else {"order": base}
    if "name" in base:
        request["name"] = base["name"]
    if grid is not None:
        request["sweep"] = grid.to_wire()
    if rank is not None:
        request["rank"] = dict(rank)
    return request | {name: value for name, value in fields.items() if value is not None}


def ranking(by: str | None, reference: object) -> dict[str, Any] | None:
    """Write what makes a member the best; a reference alone is one for fidelities."""
    if by is None and reference is None:
        return None
    rank: dict[str, Any] = {"by": by or "fidelity"}
    return rank if reference is None else {**rank, "reference": reference}
