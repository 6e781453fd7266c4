"""What a job or a session costs, as the API tells it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from quantumjobs import wire


@dataclass(frozen=True)
class CostItem:
    """One thing that is billed."""

    dimension: str | None
    unit: str | None
    consumed: float | None
    billed: float | None
    unit_price: float | None


class Cost(dict[str, Any]):
    """The document of a cost, its fields as attributes too; the service's own, or the deployment's estimate.

    >>> cost = Cost({"estimated": 5.66, "currency": "eHQC", "source": "own estimate"})
    >>> cost.estimated, cost.currency, str(cost)
    (5.66, 'eHQC', '5.66 eHQC (own estimate)')
    """

    @property
    def estimated(self) -> float | None:
        """How much it is."""
        return wire.number(self.get("estimated"))

    @property
    def currency(self) -> str | None:
        """Of what: a currency, or the provider's own unit."""
        return wire.text(self.get("currency"))

    @property
    def source(self) -> str | None:
        """Who says so: `service`, or `own estimate`."""
        return wire.text(self.get("source"))

    @property
    def billed(self) -> tuple[CostItem, ...]:
        """What the service bills."""
        return tuple(map(_item, wire.a_list(self.get("items"))))

    @property
    def prices_of(self) -> str | None:
        """The date of the prices that the estimate was made with."""
        return wire.text(self.get("pricesOf"))

    @property
    def prices_from(self) -> str | None:
        """Where these prices were read."""
        return wire.text(self.get("pricesFrom"))

    def __str__(self) -> str:
        amount = None if self.estimated is None else f"{self.estimated:,g}"
        return " ".join(part for part in (amount, self.currency, self.source and f"({self.source})") if part)


def read_cost(value: object) -> Cost | None:
    """Read a cost; None where there is none."""
    return Cost(wire.mapping(value)) if value else None


def _item(value: object) -> CostItem:
    raw = wire.mapping(value)
    return CostItem(
        wire.text(raw.get("dimension")),
        wire.text(raw.get("unit")),
        wire.number(raw.get("consumed")),
        wire.number(raw.get("billed")),
        wire.number(raw.get("unitPrice")),
    )
