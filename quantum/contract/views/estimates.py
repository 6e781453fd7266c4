"""The views of estimates: what an order would need and cost on each target."""

from typing import Annotated

from quantum.contract.fields import Fault
from quantum.contract.views.jobs import Cost
from quantum.contract.views.offers import PriceView, QuotaView
from quantum.wire.records import record


@record
class GatesView:
    """The gates of a program as it would be submitted."""

    one_qubit: int
    two_qubit: int
    measurements: Annotated[int, "and preparations: the price formulas count both, so it can exceed the bits"]


@record
class Estimate:
    """What an order would need and cost on one target; nothing is reserved."""

    target: str
    provider: str
    takes: Annotated[bool, "whether the target would take the order"]
    faults: Annotated[tuple[Fault, ...], "why it would not"]
    availability: Annotated[str | None, "null where the workspace does not have the target"]
    average_queue_seconds: Annotated[int | None, "as the workspace estimates; it means little without `availability`"]
    qubits: Annotated[int | None, "the qubits that the program needs, where that is known before it runs"]
    gates: Annotated[GatesView | None, "where they can be counted without running the program"]
    cost: Annotated[Cost | None, "by the published prices; 0 where it is free"]
    why_no_cost: Annotated[str | None, "why the cost is not known before it runs"] = None
    parts: Annotated[int | None, "how many jobs share the shots, where the target takes fewer at once"] = None
    price: Annotated[PriceView | None, "how the target is priced, where our table knows it"] = None
    quotas: Annotated[
        tuple[QuotaView, ...] | None, "of its provider, where the target is not free; left out if they cannot be read"
    ] = None


@record
class EstimateList:
    """The estimates for one order, a target each; the targets were read `ageSeconds` ago."""

    shots: Annotated[int, "per target"]
    estimates: tuple[Estimate, ...]
    left_out: Annotated[tuple[str, ...], "where no target was named: the targets that would not take the order"]
    warnings: Annotated[tuple[str, ...], "the compiler's notes to the program's author"]
    age_seconds: int
