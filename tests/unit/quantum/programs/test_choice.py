"""The choice of a target: what speaks for and against each, and which comes first."""

from typing import Any

import pytest

from quantum.contract.constraints import Constraints
from quantum.programs.choice import MOST_FALLBACKS, Offer, obstacles, ranked
from quantum.programs.providers import ADAPTIVE, BASE
from quantum.workspaces.remote import Target
from tests.support.builders import a_target

ARIA, H2, SIMULATOR = "ionq.qpu.aria-1", "quantinuum.sim.h2-1e", "ionq.simulator"


def named(name: str, **changes: Any) -> Target:
    """A target of this name, available."""
    return a_target(**{"id": name, "provider": name.partition(".")[0]} | changes)


def offer(name: str, amount: float | None = None, unit: str = "USD", profile: str = BASE, **changes: Any) -> Offer:
    """An offer that nothing speaks against."""
    cost = None if amount is None else {"estimated": amount, "currency": unit}
    return Offer(named(name, **changes), cost, profile)


@pytest.mark.parametrize(
    ("target", "constraints", "reasons"),
    [
        (named(SIMULATOR), None, []),
        (named(SIMULATOR, availability="Unavailable"), None, ["is unavailable"]),
        (named(SIMULATOR, availability="Degraded"), None, []),
        (named(H2, availability="Degraded"), None, ["is Degraded: it accepts jobs and does not run them for now"]),
        (named(SIMULATOR), Constraints(("IonQ",), ("qir.v1",), "simulator", 29, "PT1M"), []),
        (named(SIMULATOR), Constraints(("rigetti",)), ["is of another provider"]),
        (named(SIMULATOR), Constraints(kind="hardware"), ["is a simulator"]),
        (named(ARIA), Constraints(kind="simulator"), ["is hardware"]),
        (named(SIMULATOR), Constraints(formats=("qir.v1", "rigetti.quil.v1")), ["does not take rigetti.quil.v1"]),
        (named(SIMULATOR), Constraints(qubits=30), ["has 29 qubits"]),
        (named(SIMULATOR, qubits=None), Constraints(qubits=1), ["does not say how many qubits it has"]),
        (
            named(SIMULATOR, average_queue_seconds=3601),
            Constraints(max_queue_time="PT1H"),
            ["has an average queue time of 3,601 s"],
        ),
        (named(SIMULATOR, average_queue_seconds=3600), Constraints(max_queue_time="PT1H"), []),
    ],
)
def test_what_speaks_against_a_target(target: Target, constraints: Constraints | None, reasons: list[str]) -> None:
    """Each reason is a sentence about it."""
    assert obstacles(target, constraints) == reasons


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (offer("b", 9, average_queue_seconds=9), offer("a", 0, availability="Degraded")),
        (offer("b", 0, average_queue_seconds=9), offer("a", 1)),
        (offer("b", 5, average_queue_seconds=1), offer("a", 1, average_queue_seconds=2)),
        (offer("b", 1), offer("a", 2)),
        (offer("b", 1), offer("a")),
        (offer("b", 1, profile=ADAPTIVE), offer("a", 1)),
        (offer("a", 1), offer("b", 1)),
    ],
)
def test_the_better_of_two_comes_first(better: Offer, worse: Offer) -> None:
    """By availability, price, queue, amount, profile and name."""
    for pair in ([better, worse], [worse, better]):
        assert ranked(pair)[0].target == better.target.id


def test_each_candidate_says_why() -> None:
    """Those with another profile are no fallbacks, and those that are out come last."""
    out = Offer(named("c"), against=("is unavailable",))

    candidates = ranked(
        [out, offer("a", 2.5), offer("b", 0, profile=ADAPTIVE), offer("d", 0, profile=ADAPTIVE), offer("e")]
    )

    assert [(each.target, each.rank) for each in candidates] == [
        ("b", 1),
        ("d", 2),
        ("a", None),
        ("e", None),
        ("c", None),
    ]
    assert candidates[0].reasons == ("available", "free", "average queue time 0 s")
    assert candidates[2].reasons[1:] == (
        "costs 2.5 USD",
        "average queue time 0 s",
        "no fallback: it runs the QIR profile Base, and b Adaptive_RI",
    )
    assert candidates[3].reasons[1] == "cost not known before it runs"
    assert candidates[4].reasons == ("is unavailable",)
    assert ranked([]) == ()


def test_an_order_has_so_many_fallbacks_and_no_more() -> None:
    """As if its caller had named them."""
    candidates = ranked([offer(f"t{number}") for number in range(10)])

    assert [each.rank for each in candidates] == [*range(1, MOST_FALLBACKS + 2), None]
    assert candidates[-1].reasons[-1] == "no fallback: 8 come before it"


def test_a_free_target_has_free_fallbacks_unless_the_order_says_what_it_may_cost() -> None:
    """An outage makes no bill; what may not be free says so."""
    offers = [offer("a", 0), offer("b", 0), offer("c", 97.5), offer("d")]

    free, limited, billed = ranked(offers), ranked(offers, has_max_cost=True), ranked(offers[2:])

    assert [each.rank for each in free] == [1, 2, None, None]
    assert free[2].reasons[-1] == "no fallback: a is free, and this may not be; an order with maxCost allows it"
    assert [each.rank for each in limited] == [1, 2, 3, 4]
    assert [each.rank for each in billed] == [1, 2]
