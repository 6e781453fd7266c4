"""What a job costs by the providers' published prices: our own estimate, used only where the service gives none.

Prices move, so the table is dated and says where it was read. What is not in it has no estimate: nothing is guessed.
To add a price, add its row to PRICES.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any

from quantum.contract.fields import Fault
from quantum.contract.orders import Order
from quantum.jobs.lifecycle import Phase
from quantum.jobs.model import Job
from quantum.jobs.program import Gates, Program
from quantum.wire import codec as wire

PRICES_OF = "2025-09-17"  # the date that the page gives itself, as read in August 2026
PRICES_FROM = "MicrosoftDocs/quantum-docs@bdaf6226, articles/pricing.md"


@dataclass(frozen=True)
class Use:
    """What is charged for: gates and shots are known before a job runs, the seconds of its execution after."""

    shots: int
    gates: Gates | None = None
    mitigated: bool = True
    seconds: float | None = None


@dataclass(frozen=True)
class Price:
    """A price: its currency, or the provider's own unit, and how much a use comes to, None where that is not known."""

    currency: str
    amount: Callable[[Use], float | None]


def per_gate(one_qubit: float, two_qubit: float, least: float, least_unmitigated: float) -> Price:
    """IonQ: a price for each gate and shot, on top of one for the program that error mitigation raises."""

    def amount(use: Use) -> float | None:
        if use.gates is None:
            return None
        gates = one_qubit * use.gates.one_qubit + two_qubit * use.gates.two_qubit
        return (least if use.mitigated else least_unmitigated) + gates * use.shots

    return Price("USD", amount)


def credits(currency: str) -> Price:  # noqa: A001  # the provider's own word
    """Quantinuum: credits by operations and shots."""

    def amount(use: Use) -> float | None:
        if use.gates is None:
            return None
        operations = use.gates.one_qubit + 10 * use.gates.two_qubit + 5 * use.gates.measurements
        return 5 + use.shots * operations / 5000

    return Price(currency, amount)


def per_time(currency: str, amount: float, seconds: float, step: float = 0.0) -> Price:
    """A price for each so many seconds of execution, counted in whole steps."""

    def price(use: Use) -> float | None:
        if use.seconds is None:
            return None
        spent = ceil(round(use.seconds / step, 6)) * step if step else use.seconds
        return spent / seconds * amount

    return Price(currency, price)


FORTE = per_gate(0.0001645, 0.001121, 168.195, 25.7899)
EMULATED = per_time("EUR", 15, 3600)
PRICES: Mapping[str, Price] = {  # by the beginning of a target's name
    "ionq.qpu.aria": per_gate(0.000220, 0.000975, 97.50, 12.4166),
    "ionq.qpu.forte": FORTE,
    "quantinuum.qpu.": credits("HQC"),
    "rigetti.qpu.": per_time("USD", 0.02, 0.01, step=0.01),
    "pasqal.qpu.": per_time("EUR", 3000, 3600),
    "pasqal.sim.emu-mps": EMULATED,
    "pasqal.sim.emu-sv": EMULATED,
} | {f"quantinuum.sim.{machine}e": credits("eHQC") for machine in ("h2-1", "h2-2", "helios-1")}


def cost_of(job: Job) -> dict[str, Any] | None:
    """What the service says that a job costs, else our own estimate, which says that it is one."""
    if job.remote.cost or (job.is_final and job.phase is not Phase.SUCCEEDED):
        return job.remote.cost
    times = job.remote.times or {}
    seconds = wire.seconds_between(times.get("began"), times.get("ended"))
    return estimate(job.target, job.order, job.program, seconds)


def estimate(target: str, order: Order, program: Program | None, seconds: float | None = None) -> dict[str, Any] | None:
    """Estimate what an order costs on a target; None where the table does not tell."""
    price = next((price for name, price in PRICES.items() if target.startswith(name)), None)
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


def price_faults(order: Order, program: Program) -> list[Fault]:
    """Name the targets of an order on which it would cost more than it may, or nobody knows what it costs."""
    if order.max_cost is None:
        return []
    faults = []
    for target in order.targets:
        cost = estimate(target, order, program)
        if cost is None:
            faults.append(Fault("maxCost", f"cannot be kept: what this costs on {target} is not known before it runs"))
        elif cost["estimated"] > order.max_cost:
            said = f"{cost['estimated']:,.2f} {cost['currency']} by an estimate with the prices of {PRICES_OF}"
            faults.append(Fault("maxCost", f"is {order.max_cost:,}; on {target} this costs {said}"))
    return faults


def _is_mitigated(order: Order) -> bool:
    """Whether IonQ mitigates errors, which it does unless it is told not to."""
    wish = order.params.get("error-mitigation", order.params.get("errorMitigation"))
    return not (wish is False or (isinstance(wish, Mapping) and wish.get("debias") is False))
