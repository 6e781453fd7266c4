"""The field `rank` of a batch: by what its members are ranked, and what they are compared with."""

import math
from collections.abc import Mapping
from itertools import islice
from typing import Any

from quantum.contract.fields import Fault
from quantum.contract.kinds import printable, type_of
from quantum.contract.views.comparisons import CRITERIA
from quantum.results.histograms import widths_of
from quantum.wire.records import record

IDEAL = "ideal"
WEIGHED = ("fidelity", "cost", "time")
FIELDS = ("by", "weights", "reference")
MOST_FAULTS = 20  # of one kind


@record
class Reference:
    """What members are compared with: exactly one of a distribution, a member, and the ideal simulator's member."""

    counts: Mapping[str, float] | None = None
    member: int | None = None
    is_ideal: bool = False


@record
class Rank:
    """A criterion, the weights of several, and the reference of the fidelity."""

    by: str = "fidelity"
    weights: Mapping[str, float] | None = None
    reference: Reference | None = None


def read_rank(data: Mapping[str, Any] | None) -> Rank | None:
    """Read the field, in which `rank_faults` reports no fault; None where nothing is ranked."""
    if data is None:
        return None
    return Rank(data["by"], data.get("weights"), _read_reference(data.get("reference")))


def rank_faults(data: Mapping[str, Any], members: int) -> list[Fault]:
    """Report every fault of the field in a batch of so many members, each with its place."""
    unknown = islice((name for name in data if name not in FIELDS), MOST_FAULTS)
    faults = [
        Fault(f"rank.{printable(name)}", f"is not a field here; known are {', '.join(FIELDS)}") for name in unknown
    ]
    if data.get("by") not in CRITERIA:
        faults.append(Fault("rank.by", f"must be one of {', '.join(CRITERIA)}"))
    faults += _weight_faults(data)
    if (reference := data.get("reference")) is not None:
        faults += _reference_faults(reference, members)
    elif data.get("by") == "fidelity" or _weighs(data, "fidelity"):
        faults.append(Fault("rank.reference", f'is missing: give counts, a member or "{IDEAL}"'))
    return faults


def _weighs(data: Mapping[str, Any], name: str) -> bool:
    weights = data.get("weights")
    return data.get("by") == "weights" and isinstance(weights, dict) and bool(weights.get(name))


def _read_reference(value: Any) -> Reference | None:
    if value is None:
        return None
    if value == IDEAL:
        return Reference(is_ideal=True)
    if "member" in value:
        return Reference(member=value["member"])
    return Reference(counts=_distribution(value))


def _distribution(value: Mapping[str, Any]) -> Any:
    """Return the distribution: under `counts`, or the object itself, which is short for it."""
    return value.get("counts", value)


def _weight_faults(data: Mapping[str, Any]) -> list[Fault]:
    weights = data.get("weights")
    if data.get("by") != "weights":
        return [Fault("rank.weights", "is only for a rank by weights")] if weights is not None else []
    if not isinstance(weights, dict) or not weights:
        return [Fault("rank.weights", f"must be an object of weights for {', '.join(WEIGHED)}")]
    unfit = (name for name, weight in weights.items() if name not in WEIGHED or not _is_amount(weight))
    faults = [
        Fault(f"rank.weights.{printable(name)}", f"must be a weight of at least 0 for one of {', '.join(WEIGHED)}")
        for name in islice(unfit, MOST_FAULTS)
    ]
    if not faults and not sum(weights.values()):
        return [Fault("rank.weights", "must not all be 0")]
    return faults


def _reference_faults(value: Any, members: int) -> list[Fault]:
    if value == IDEAL:
        return []
    if not isinstance(value, dict):
        return [
            Fault("rank.reference", f'must be an object with counts or a member, or "{IDEAL}", not {type_of(value)}')
        ]
    if "counts" in value and "member" in value:
        return [Fault("rank.reference", "has both counts and a member: give one of them")]
    if "member" in value:
        return _member_faults(value, members)
    return _distribution_faults(_distribution(value))


def _member_faults(value: Mapping[str, Any], members: int) -> list[Fault]:
    number = value["member"]
    if len(value) > 1 or isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < members:
        return [Fault("rank.reference.member", f"must be the number of a member, from 0 to {members - 1:,}")]
    return []


def _distribution_faults(counts: Any) -> list[Fault]:
    place = "rank.reference.counts"
    if not isinstance(counts, dict) or not counts:
        return [Fault(place, 'must be an object of outcomes with counts or shares, such as {"00": 0.5, "11": 0.5}')]
    unfit = (key for key, weight in counts.items() if not _is_amount(weight))
    faults = [
        Fault(f"{place}.{printable(key)}", "must be a number of at least 0") for key in islice(unfit, MOST_FAULTS)
    ]
    if not faults and not math.fsum(counts.values()):
        faults.append(Fault(place, "must add up to more than 0"))
    if not widths_of(counts) and any(widths_of([key]) for key in counts):
        faults.append(Fault(place, "has outcomes of different lengths: all must have the bits of the same registers"))
    return faults


def _is_amount(value: Any) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and 0 <= value <= 1e15
