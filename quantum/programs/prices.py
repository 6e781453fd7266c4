"""Estimates a job's cost by the providers' published prices, where the service reports none.

Prices change, so the table has a date and a source. A target without a price has no estimate. To add a price, add its
row to PRICES.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from math import ceil, inf
from typing import Any

from quantum.contract.fields import Fault
from quantum.contract.kinds import Limits
from quantum.contract.orders import Order
from quantum.jobs.lifecycle import Phase
from quantum.jobs.model import Job
from quantum.jobs.parts import parts_of
from quantum.jobs.program import Gates, Program
from quantum.programs.shot_limits import sizes_of
from quantum.wire import codec
from quantum.wire.records import record

DOCUMENTED = Limits()  # without a deployment's own
PRICES_OF = "2025-09-17"  # the date on the page, as read in August 2026
PRICES_FROM = "MicrosoftDocs/quantum-docs@bdaf6226, articles/pricing.md"


@record
class Use:
    """The billed quantities: gates and shots, known before a job runs, and seconds of execution, known after."""

    shots: int
    gates: Gates | None = None
    mitigated: bool = True
    seconds: float | None = None


@record
class Price:
    """A price: its currency or unit, how it is counted, and the amount for a use, None where that is unknown.

    What `bills_time` has no amount before the job has run.
    """

    currency: str
    how: str
    amount: Callable[[Use], float | None]
    bills_time: bool = False


def per_gate(one_qubit: float, two_qubit: float, least: float, least_unmitigated: float) -> Price:
    """Make IonQ's price: per gate and shot, with a minimum that error mitigation raises."""

    def amount(use: Use) -> float | None:
        if use.gates is None:
            return None
        gates = one_qubit * use.gates.one_qubit + two_qubit * use.gates.two_qubit
        return (least if use.mitigated else least_unmitigated) + gates * use.shots

    how = (
        f"{least:g} a program ({least_unmitigated:g} without error mitigation), and for each shot {one_qubit:f} a "
        f"one-qubit gate and {two_qubit:f} a two-qubit gate"
    )
    return Price("USD", how, amount)


def credits(currency: str) -> Price:  # noqa: A001  # the provider's own word
    """Make Quantinuum's price: credits by operations and shots."""

    def amount(use: Use) -> float | None:
        if use.gates is None:
            return None
        operations = use.gates.one_qubit + 10 * use.gates.two_qubit + 5 * use.gates.measurements
        return 5 + use.shots * operations / 5000

    how = "5 a program, and for each shot (one-qubit gates + 10 x two-qubit gates + 5 x measurements) / 5000"
    return Price(currency, how, amount)


def per_time(currency: str, amount: float, seconds: float, step: float = 0.0) -> Price:
    """Make a price per execution time, in whole steps."""

    def price(use: Use) -> float | None:
        if use.seconds is None:
            return None
        spent = ceil(round(use.seconds / step, 6)) * step if step else use.seconds
        return spent / seconds * amount

    return Price(currency, f"{amount:g} for each {seconds:g} s of execution", price, bills_time=True)


FREE = Price("USD", "free of charge", lambda _: 0.0)  # in the currency of what its provider does charge for
FORTE = per_gate(0.0001645, 0.001121, 168.195, 25.7899)
EMULATED = per_time("EUR", 15, 3600)
PRICES: Mapping[str, Price] = {  # by the beginning of a target's name
    "ionq.simulator": FREE,
    "ionq.qpu.aria": per_gate(0.000220, 0.000975, 97.50, 12.4166),
    "ionq.qpu.forte": FORTE,
    "quantinuum.qpu.": credits("HQC"),
    "rigetti.sim.qvm": FREE,
    "rigetti.qpu.": per_time("USD", 0.02, 0.01, step=0.01),
    "pasqal.qpu.": per_time("EUR", 3000, 3600),
    "pasqal.sim.emu-mps": EMULATED,
    "pasqal.sim.emu-sv": EMULATED,
} | {f"quantinuum.sim.{machine}e": credits("eHQC") for machine in ("h2-1", "h2-2", "helios-1")}


def price_of(target: str) -> Price | None:
    """Find the price of a target; None where the table has none."""
    return next((price for name, price in PRICES.items() if target.startswith(name)), None)


def price_view(target: str) -> dict[str, Any] | None:
    """Describe how a target is priced, and where that was read; None where the table has no price."""
    if (price := price_of(target)) is None:
        return None
    described = {"unit": price.currency, "how": price.how, "isFree": price is FREE}
    return described | {"pricesOf": PRICES_OF, "pricesFrom": PRICES_FROM}


def cost_of(job: Job) -> dict[str, Any] | None:
    """Return the service's cost of a job, else our own estimate, which says that it is one."""
    if job.remote.cost or job.reused_from or (job.is_final and job.phase is not Phase.SUCCEEDED):
        return job.remote.cost
    if parts := job.remote.parts or parts_of(job):
        uses = [(part.shots, seconds_of(part.times)) for part in parts]
        return estimate_parts(job.target, job.order, job.program, uses)
    return estimate(job.target, job.order, job.program, seconds_of(job.remote.times))


def seconds_of(times: Mapping[str, str] | None) -> float | None:
    """Return how long a remote job ran, where its times say that."""
    return codec.seconds_between(times.get("began"), times.get("ended")) if times else None


def estimate_parts(
    target: str, order: Order, program: Program | None, uses: Sequence[tuple[int, float | None]]
) -> dict[str, Any] | None:
    """Estimate the cost of an order as the sum of its parts: shots and, if known, seconds of each."""
    costs = [estimate(target, replace(order, shots=shots), program, seconds) for shots, seconds in uses]
    complete = [cost for cost in costs if cost]
    if len(complete) < len(costs):
        return None
    return complete[0] | {"estimated": round(sum(cost["estimated"] for cost in complete), 4)}


def estimate(target: str, order: Order, program: Program | None, seconds: float | None = None) -> dict[str, Any] | None:
    """Estimate the cost of an order on a target; None where there is no price."""
    price = price_of(target)
    use = Use(order.shots, program.gates if program else None, _is_mitigated(order), seconds)
    amount = price.amount(use) if price else None
    if price is None or amount is None:
        return None
    return {
        "estimated": round(amount, 4),
        "currency": price.currency,
        "source": "own estimate",
        "pricesOf": PRICES_OF,
        "pricesFrom": PRICES_FROM,
    }


def why_no_estimate(target: str) -> str:
    """Say why `estimate` has no amount before a job runs."""
    price = price_of(target)
    if price is None:
        return "the table of prices has none for this target"
    if price.bills_time:
        return "it is billed by its execution time, which is known only after it has run"
    return "it is billed by gates, and those of this program cannot be counted without running it"


def is_billed(target: str) -> bool:
    """Say whether the table has a price for a target, and that is not nothing."""
    return price_of(target) not in (None, FREE)


def price_faults(order: Order, program: Program, limits: Limits = DOCUMENTED) -> list[Fault]:
    """Report the targets of an order whose cost is over the order's limit, or unknown, and units that none has."""
    if order.max_cost is None:
        return []
    faults = unit_faults(order.max_cost, order.targets)
    for target in order.targets:
        uses = [(size, None) for size in sizes_of(target, order, limits)]
        cost = estimate_parts(target, order, program, uses)
        if cost is None:
            faults.append(Fault("maxCost", f"cannot be kept: what this costs on {target} is not known before it runs"))
        elif cost["estimated"] > (limit := limit_in(order.max_cost, cost["currency"])):
            price_text = f"{cost['estimated']:,.2f} {cost['currency']} by an estimate with the prices of {PRICES_OF}"
            faults.append(Fault("maxCost", f"is {limit:,}; on {target} this costs {price_text}"))
    return faults


def limit_in(max_cost: float | Mapping[str, float], unit: str) -> float:
    """Return the limit in a unit; without an amount of its own there is none."""
    return max_cost.get(unit, inf) if isinstance(max_cost, Mapping) else max_cost


def unit_faults(max_cost: float | Mapping[str, float], targets: Iterable[str]) -> list[Fault]:
    """Report amounts by unit that limit nothing, and targets that they do not limit; a number is in every unit."""
    if not isinstance(max_cost, Mapping):
        return []
    prices = {target: price.currency for target in targets if (price := price_of(target))}
    useless = [unit for unit in max_cost if unit not in prices.values()]
    faults = [Fault(f"maxCost.{unit}", "is no unit of a target here: " + _units_of(prices)) for unit in useless]
    for target, unit in prices.items():
        if unit not in max_cost and is_billed(target):
            faults.append(Fault("maxCost", f"has no amount in {unit}, in which {target} is billed; add one"))
    return faults


def _units_of(prices: Mapping[str, str]) -> str:
    named = [f"{target} has {unit}" for target, unit in prices.items()]
    return ", ".join(named) or "none of them has a price"


def _is_mitigated(order: Order) -> bool:
    """Say whether IonQ mitigates errors, which is its default."""
    wish = order.params.get("error-mitigation", order.params.get("errorMitigation"))
    return not (wish is False or (isinstance(wish, Mapping) and wish.get("debias") is False))
