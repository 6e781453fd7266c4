"""How many shots targets take at once, and which orders are divided into parts for that.

The service documents no limits. Those of the table are `max_shots` of the Qiskit backends in azure-quantum 3.13.0
(azure/quantum/qiskit/backends, read in December 2026; not run in Azure); a deployment may know others. These backends
name no limit for IonQ's simulator and Quantinuum's emulators and syntax checkers (`max_shots` is None), nor does the
page on Quantinuum (MicrosoftDocs/quantum-docs@bdaf6226, articles/provider-quantinuum.md): so none is assumed.
"""

from collections.abc import Mapping

from quantum.contract.fields import Fault
from quantum.contract.kinds import Limits
from quantum.contract.orders import Order
from quantum.jobs.parts import MOST_PARTS, shares

MOST_SHOTS: Mapping[str, int] = {  # by the beginning of a target's name
    "ionq.qpu.": 10_000,
    "quantinuum.qpu.": 10_000,
    "rigetti.": 10_000,
}
SEEDS = ("noiseSeed", "noise", "seed")  # parameters that would give all parts the same samples
SUBSTITUTIONS = "substitutions"


def most_shots(target: str, limits: Limits) -> int | None:
    """Return how many shots a target takes at once; None where no limit is known."""
    own = limits.target_shots.get(target)
    return own or next((most for name, most in MOST_SHOTS.items() if target.startswith(name)), None)


def shots_at_once(order: Order, limits: Limits) -> Mapping[str, int] | None:
    """Return the limits of an order's targets that take fewer shots than it has; None where there is no such target."""
    limited = {target: most_shots(target, limits) for target in order.targets}
    return {target: most for target, most in limited.items() if most and order.shots > most} or None


def sizes_of(target: str, order: Order, limits: Limits) -> tuple[int, ...]:
    """Return the shots of each remote job that an order makes on a target."""
    most = most_shots(target, limits)
    return shares(order.shots, most) if most and order.shots > most else (order.shots,)


def division_faults(order: Order, limits: Limits) -> list[Fault]:
    """Report what an order has that cannot be divided into parts."""
    divided = shots_at_once(order, limits)
    if divided is None:
        return []
    faults = [
        Fault(
            "shots",
            f"must be at most {most * MOST_PARTS:,} on {target}, which takes {most:,} at once: a job has at most "
            f"{MOST_PARTS} parts; send several orders",
        )
        for target, most in divided.items()
        if order.shots > most * MOST_PARTS
    ]
    target, least = min(divided.items(), key=lambda pair: pair[1])
    at_most = f"ask for {least:,} shots at most, or leave it out"
    if any(name in order.params and _has_seed(order.params[name]) for name in SEEDS):
        reason = f"has a seed, which would give all parts of these shots on {target} the same samples: {at_most}"
        faults.append(Fault("params", reason))
    if SUBSTITUTIONS in order.params:
        reason = f"cannot be divided into parts, which these shots on {target} need: {at_most}"
        faults.append(Fault(f"params.{SUBSTITUTIONS}", reason))
    return faults


def _has_seed(value: object) -> bool:
    return "seed" in value if isinstance(value, Mapping) else True
