"""What the API answers about an order that is only estimated: a row for each target."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from quantumjobs import wire
from quantumjobs.calls import encoded
from quantumjobs.costs import read_cost
from quantumjobs.exchange import Request, ask, read
from quantumjobs.failures import read_faults
from quantumjobs.prices import Price, read_price
from quantumjobs.texts import printable
from quantumjobs.workspace_views import Quota

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from typing_extensions import Self

    from quantumjobs.costs import Cost
    from quantumjobs.errors import Fault
    from quantumjobs.exchange import Steps

IN_A_LINE = 4  # estimates


@dataclass(frozen=True)
class Gates:
    """The gates of a program as it would be submitted."""

    one_qubit: int | None
    two_qubit: int | None
    measurements: int | None


@dataclass(frozen=True)
class Estimate:
    """What an order would need and cost on a target; `faults` say why the target would not take it.

    `qubits` and `gates` are those of the program; `why_no_cost` says why the cost is not known before it runs.
    `quotas` are None where the deployment could not read them; `parts` is how many jobs share the shots.
    """

    target: str
    provider: str | None
    takes: bool
    faults: tuple[Fault, ...]
    availability: str | None
    average_queue_seconds: float | None
    qubits: int | None
    gates: Gates | None
    cost: Cost | None
    why_no_cost: str | None = None
    price: Price | None = None
    quotas: tuple[Quota, ...] | None = None
    parts: int | None = None

    @classmethod
    def from_wire(cls, document: object) -> Self:
        """Read what is said of a target."""
        raw = wire.an_object(document, "an estimate")
        quotas = raw.get("quotas")
        return cls(
            target=wire.required(raw, "target", "an estimate"),
            provider=wire.text(raw.get("provider")),
            takes=raw.get("takes") is True,
            faults=read_faults(raw.get("faults")),
            availability=wire.text(raw.get("availability")),
            average_queue_seconds=wire.number(raw.get("averageQueueSeconds")),
            qubits=wire.integer(raw.get("qubits")),
            gates=_gates(raw.get("gates")),
            cost=read_cost(raw.get("cost")),
            why_no_cost=wire.text(raw.get("whyNoCost")),
            price=read_price(raw.get("price")),
            quotas=tuple(Quota.from_wire(quota) for quota in quotas) if isinstance(quotas, list) else None,
            parts=wire.integer(raw.get("parts")),
        )

    def __str__(self) -> str:
        if not self.takes:
            return f"{self.target}: no"
        return f"{self.target}: {'unknown' if self.cost is None else self.cost}"


@dataclass(frozen=True, repr=False)
class EstimateList:
    """The estimates for one order; the targets were read `age_seconds` ago.

    `left_out` are, where no target was named, those that would not take the order.
    """

    shots: int | None
    estimates: tuple[Estimate, ...]
    left_out: tuple[str, ...]
    warnings: tuple[str, ...]
    age_seconds: float | None
    raw: Mapping[str, object] = field(repr=False, compare=False)

    @classmethod
    def from_wire(cls, document: object) -> Self:
        """Read the estimates."""
        raw = wire.an_object(document, "a list of estimates")
        return cls(
            shots=wire.integer(raw.get("shots")),
            estimates=tuple(Estimate.from_wire(one) for one in wire.entries(raw, "estimates", "a list of estimates")),
            left_out=wire.texts(raw.get("leftOut")),
            warnings=wire.texts(raw.get("warnings")),
            age_seconds=wire.number(raw.get("ageSeconds")),
            raw=raw,
        )

    def __repr__(self) -> str:
        rows = ", ".join(map(str, self.estimates[:IN_A_LINE]))
        left = len(self.estimates) - IN_A_LINE
        return f"<EstimateList {printable(rows) or 'of no target'}{f' and {left:,} more' if left > 0 else ''}>"


def _gates(document: object) -> Gates | None:
    if not document:
        return None
    raw = wire.mapping(document)
    return Gates(*(wire.integer(raw.get(name)) for name in ("oneQubit", "twoQubit", "measurements")))


def estimate(order: Mapping[str, object], targets: Sequence[str] | None) -> Steps[EstimateList]:
    """Ask what an order would need and cost; nothing is run or stored, so it can be asked again."""
    body = {**order, "targets": list(targets)} if targets is not None else order
    headers = {"Content-Type": "application/json"}
    answer = yield from ask(Request("POST", "estimates", body=encoded(body), headers=headers))
    return read(answer, EstimateList.from_wire)
