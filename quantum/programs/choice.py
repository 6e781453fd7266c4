"""Chooses the best target for an order that leaves the choice to the app: pure rules, with reasons for each candidate.

1. A target is out that is unavailable, or that accepts jobs without running them, or that misses a constraint.
2. Available targets come before degraded ones, free ones before those that are billed; then the shorter queue decides,
   then the lower cost (units are never compared), then the richer QIR profile, then the name.
3. The best is the target; the next ones that run the same compiled program are its fallbacks: only free ones where the
   best is free and the order has no `maxCost`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from quantum.contract.constraints import Constraints
from quantum.jobs.model import Candidate
from quantum.programs.formats import takes
from quantum.programs.providers import ADAPTIVE, is_hardware, provider_of
from quantum.wire import codec
from quantum.wire.records import record
from quantum.workspaces.remote import Target

MOST_FALLBACKS = 8
MOST_CANDIDATES = 40  # that a job shows
# A degraded target of these accepts jobs and does not run them for now, while its queue may read 0 seconds
# (learn.microsoft.com/azure/quantum/provider-quantinuum, read in August 2026).
ACCEPT_WITHOUT_RUNNING = frozenset({"quantinuum"})


@record
class Offer:
    """A target, what an order costs there, the QIR profile of its program there, and the reasons against it."""

    target: Target
    cost: Mapping[str, Any] | None = None
    profile: str = ""
    against: tuple[str, ...] = ()


def obstacles(target: Target, constraints: Constraints | None) -> list[str]:
    """Give the reasons against a target that hold for any program."""
    reasons = []
    if target.availability == "Unavailable":
        reasons.append("is unavailable")
    elif target.availability != "Available" and provider_of(target.id) in ACCEPT_WITHOUT_RUNNING:
        reasons.append(f"is {target.availability}: it accepts jobs and does not run them for now")
    return reasons + (_missed(target, constraints) if constraints else [])


def _missed(target: Target, constraints: Constraints) -> list[str]:
    """Give the constraints that a target misses."""
    kind = "hardware" if is_hardware(target.id) else "simulator"
    longest = codec.duration(constraints.max_queue_time).total_seconds() if constraints.max_queue_time else None
    providers = [name.lower() for name in constraints.providers]
    lacking = [word for word in constraints.formats if not takes(target.id, word)]
    is_small = bool(constraints.qubits and target.qubits and target.qubits < constraints.qubits)
    checks = (
        (bool(providers) and provider_of(target.id) not in providers, "is of another provider"),
        (constraints.kind not in (None, kind), f"is {'a simulator' if kind == 'simulator' else kind}"),
        (bool(lacking), f"does not take {', '.join(lacking)}"),
        (is_small, f"has {target.qubits} qubits"),
        (bool(constraints.qubits and not target.qubits), "does not say how many qubits it has"),
        (
            longest is not None and target.average_queue_seconds > longest,
            f"has an average queue time of {target.average_queue_seconds:,} s",
        ),
    )
    return [reason for is_missed, reason in checks if is_missed]


def ranked(offers: Sequence[Offer], *, has_max_cost: bool = False) -> tuple[Candidate, ...]:
    """Rank the offers, with what speaks for and against each.

    With `maxCost` a free target may have billed fallbacks; offers over that limit have it against them.
    """
    able = sorted((offer for offer in offers if not offer.against), key=_order)
    must_be_free = not has_max_cost and bool(able) and _is_free(able[0])
    fitting = [offer for offer in able if offer.profile == able[0].profile and (_is_free(offer) or not must_be_free)]
    same = fitting[: MOST_FALLBACKS + 1]
    ranks = {offer.target.id: rank for rank, offer in enumerate(same, 1)}
    rest = [offer for offer in able if offer.target.id not in ranks]
    others = [Candidate(offer.target.id, (*_for(offer), _why_no_fallback(offer, able[0], fitting))) for offer in rest]
    out = [Candidate(offer.target.id, offer.against) for offer in offers if offer.against]
    chosen = [Candidate(offer.target.id, tuple(_for(offer)), ranks[offer.target.id]) for offer in same]
    return (*chosen, *others, *out)[:MOST_CANDIDATES]


def _order(offer: Offer) -> tuple[Any, ...]:
    target, cost = offer.target, offer.cost
    amount = cost["estimated"] if cost else None
    return (
        target.availability != "Available",
        not _is_free(offer),
        target.average_queue_seconds,
        (amount is None, cost["currency"] if cost else "", amount or 0),
        offer.profile != ADAPTIVE,
        target.id,
    )


def _for(offer: Offer) -> list[str]:
    """Say how a target stands in what decides."""
    cost = offer.cost
    price = "cost not known before it runs"
    if cost:
        price = f"costs {cost['estimated']:,g} {cost['currency']}" if cost["estimated"] else "free"
    return [offer.target.availability.lower(), price, f"average queue time {offer.target.average_queue_seconds:,} s"]


def _is_free(offer: Offer) -> bool:
    return offer.cost is not None and offer.cost["estimated"] == 0


def _why_no_fallback(offer: Offer, best: Offer, fitting: Sequence[Offer]) -> str:
    if offer.profile != best.profile:
        return f"no fallback: it runs the QIR profile {offer.profile}, and {best.target.id} {best.profile}"
    if offer not in fitting:
        return f"no fallback: {best.target.id} is free, and this may not be; an order with maxCost allows it"
    return f"no fallback: {MOST_FALLBACKS} come before it"
