"""Estimates: by the published formulas, from gates that are counted, and none where something is not known."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from quantum.contract.orders import Order
from quantum.jobs.lifecycle import Phase
from quantum.jobs.program import Gates
from quantum.programs.gates import count_gates
from quantum.programs.openqasm import circuit
from quantum.programs.openqasm.circuit import Barrier, Circuit, Gate, Measure, Register
from quantum.programs.openqasm.qir import write
from quantum.programs.prices import PRICES, PRICES_OF, cost_of, estimate, price_faults, price_view
from quantum.service.answers import job_view
from quantum.wire import codec
from tests.support.builders import NOW, a_job, a_program, an_order, with_remote

GATES = Gates(10, 5, 8)
COUNTED = a_program(gates=GATES)
HOUR = codec.timestamp(NOW + timedelta(hours=1))


@pytest.mark.parametrize(
    ("target", "amount", "currency"),
    [
        ("ionq.qpu.aria-1", 97.50 + (0.000220 * 10 + 0.000975 * 5) * 1000, "USD"),
        ("ionq.qpu.forte-1", 168.195 + (0.0001645 * 10 + 0.001121 * 5) * 1000, "USD"),
        ("ionq.qpu.forte-enterprise-1", 168.195 + (0.0001645 * 10 + 0.001121 * 5) * 1000, "USD"),
        ("quantinuum.qpu.h2-1", 5 + 1000 * (10 + 10 * 5 + 5 * 8) / 5000, "HQC"),
        ("quantinuum.sim.h2-1e", 5 + 1000 * (10 + 10 * 5 + 5 * 8) / 5000, "eHQC"),
    ],
)
def test_gates_and_shots_have_their_price(target: str, amount: float, currency: str) -> None:
    """Known before a job runs, and said to be an estimate, with the date of the prices."""
    cost = estimate(target, an_order(), COUNTED)

    assert cost is not None
    assert (cost["estimated"], cost["currency"]) == (round(amount, 4), currency)
    assert (cost["source"], cost["pricesOf"]) == ("own estimate", PRICES_OF)
    assert cost["pricesFrom"]


@pytest.mark.parametrize(
    ("target", "seconds", "amount", "currency"),
    [
        ("rigetti.qpu.cepheus-1-108q", 1.0, 2.0, "USD"),
        ("rigetti.qpu.cepheus-1-108q", 0.07, 0.14, "USD"),
        ("rigetti.qpu.cepheus-1-108q", 0.071, 0.16, "USD"),
        ("pasqal.qpu.fresnel", 1800.0, 1500.0, "EUR"),
        ("pasqal.sim.emu-mps", 7200.0, 30.0, "EUR"),
    ],
)
def test_time_has_its_price_once_it_is_known(target: str, seconds: float, amount: float, currency: str) -> None:
    """After the execution, and not before."""
    cost = estimate(target, an_order(), COUNTED, seconds)

    assert cost is not None
    assert (cost["estimated"], cost["currency"]) == (amount, currency)
    assert estimate(target, an_order(), COUNTED) is None


@pytest.mark.parametrize("wish", [{"error-mitigation": {"debias": False}}, {"errorMitigation": False}])
def test_without_error_mitigation_the_least_price_is_lower(wish: dict[str, Any]) -> None:
    """It is on unless it is turned off."""
    none = a_program(gates=Gates(0, 0, 0))

    cost = estimate("ionq.qpu.aria-1", an_order(params=wish), none)

    assert cost is not None
    assert cost["estimated"] == 12.4166
    assert estimate("ionq.qpu.aria-1", an_order(), none) != cost


@pytest.mark.parametrize("target", ["quantinuum.sim.h2-1sc", "pasqal.sim.emu-free", "new.qpu"])
def test_what_is_not_in_the_table_has_no_price(target: str) -> None:
    """Nothing is guessed."""
    assert estimate(target, an_order(), COUNTED, 5.0) is None


@pytest.mark.parametrize("target", ["ionq.simulator", "rigetti.sim.qvm"])
def test_what_is_free_costs_nothing_and_passes_a_guard(target: str) -> None:
    """Whatever the program is, and before it runs."""
    cost = estimate(target, an_order(), None)

    assert cost is not None
    assert (cost["estimated"], cost["pricesOf"]) == (0, PRICES_OF)
    assert price_faults(an_order(target=target, max_cost=0), a_program()) == []
    assert price_faults(an_order(target=target, fallback_targets=("ionq.qpu.aria-1",), max_cost=5), COUNTED) != []


def test_every_price_is_described() -> None:
    """Its unit is that of estimates; what has no price has no description."""
    for target in PRICES:
        view = price_view(target)
        assert view is not None
        assert view["how"]
        assert view["pricesOf"] == PRICES_OF
    assert [(price_view(name) or {}).get("isFree") for name in ("ionq.simulator", "ionq.qpu.aria-1", "new.qpu")] == [
        True,
        False,
        None,
    ]
    assert (price_view("quantinuum.sim.h2-1e") or {})["unit"] == "eHQC"


def test_a_program_that_was_not_counted_has_no_price() -> None:
    """As one that branches."""
    for target in ("ionq.qpu.aria-1", "quantinuum.qpu.h2-1"):
        assert estimate(target, an_order(), a_program()) is None
        assert estimate(target, an_order(), None) is None


def test_what_the_service_says_of_the_cost_comes_first() -> None:
    """An estimate of ours is no more than that; a job that never ran has none."""
    order = an_order(target="ionq.qpu.aria-1")
    theirs = {"estimated": 1.0, "currency": "USD", "source": "service"}
    rejected = a_job(order, program=COUNTED).moved_to(Phase.REJECTED, NOW)

    assert cost_of(with_remote(a_job(order, program=COUNTED), cost=theirs)) == theirs
    assert (cost_of(a_job(order, program=COUNTED)) or {})["source"] == "own estimate"
    assert cost_of(rejected) is None
    assert job_view(rejected)["cost"] is None


def test_a_job_that_will_be_divided_costs_what_its_parts_cost() -> None:
    """Before they are submitted, as `maxCost` counts them: each has the minimum of its own."""
    order = an_order(target="ionq.qpu.aria-1", shots=10_001, max_cost=200)
    job = replace(a_job(order, program=a_program(gates=Gates(0, 0, 0))), shots_at_once={"ionq.qpu.aria-1": 10_000})

    assert (job_view(job)["cost"] or {})["estimated"] == 195
    assert (cost_of(replace(job, shots_at_once=None)) or {})["estimated"] == 97.5


def test_a_job_that_ran_is_priced_by_the_service_s_own_times() -> None:
    """From its beginning to its end."""
    job = with_remote(
        a_job(an_order(target="pasqal.qpu.fresnel")), times={"began": codec.timestamp(NOW), "ended": HOUR}
    )

    assert (cost_of(job) or {})["estimated"] == 3000


def test_an_order_may_cost_no_more_than_it_says() -> None:
    """Its target and each it may fall back to; a limit that cannot be kept is refused."""
    order = an_order(
        target="ionq.qpu.aria-1", fallback_targets=("ionq.qpu.forte-1", "rigetti.qpu.cepheus-1-108q"), max_cost=150
    )

    dear, unknown = price_faults(order, COUNTED)

    assert (dear.field, dear.reason) == (
        "maxCost",
        f"is 150; on ionq.qpu.forte-1 this costs 175.44 USD by an estimate with the prices of {PRICES_OF}",
    )
    assert unknown.reason.startswith("cannot be kept: what this costs on rigetti.qpu.cepheus-1-108q")
    assert price_faults(an_order(target="ionq.qpu.aria-1", max_cost=104.575), COUNTED) == []
    assert price_faults(an_order(), COUNTED) == []


QIR = """%Qubit = type opaque
define i64 @ENTRYPOINT__main() #0 {
block_0:
  call void @__quantum__rt__initialize(i8* null)
  call void @__quantum__qis__h__body(%Qubit* inttoptr (i64 0 to %Qubit*))
  call void @__quantum__qis__s__adj(%Qubit* inttoptr (i64 0 to %Qubit*))
  call void @__quantum__qis__cx__body(%Qubit* null, %Qubit* inttoptr (i64 1 to %Qubit*))
  call void @__quantum__qis__ccx__body(%Qubit* null, %Qubit* null, %Qubit* null)
  call void @__quantum__qis__m__body(%Qubit* null, %Result* null)
  call void @__quantum__rt__array_record_output(i64 2, i8* null)
  ret i64 0
}
declare void @__quantum__qis__h__body(%Qubit*)
"""


def test_the_gates_of_a_straight_line_of_qir_are_counted() -> None:
    """A gate on three qubits is six on two; every qubit is prepared once."""
    assert count_gates("qir.v1", QIR.encode(), 3) == Gates(2, 1 + 6, 3 + 1)


def test_every_gate_that_the_back_end_writes_is_counted() -> None:
    """And a barrier is none."""
    gates = [Gate(name, (0.5,) * angles, tuple(range(qubits))) for name, (angles, qubits) in circuit.GATES.items()]
    line = (*gates, Barrier((0, 1)), Measure(0, 0))
    text = write(Circuit(2, 1, (Register("c", (0,)),), line), "Base").text

    pairs = sum(len(gate.qubits) == 2 for gate in gates)
    assert count_gates("qir.v1", text.encode(), 2) == Gates(len(gates) - pairs, pairs, 2 + 1)


def test_a_long_program_is_counted_as_a_short_one() -> None:
    """Whatever stands in it: blanks, long lines, words that look like calls."""
    odd = "\n" * 10**6 + " " * 10**6 + "; call " * 10**5 + "\n"

    assert count_gates("qir.v1", (QIR + odd).encode(), 3) is None
    assert count_gates("qir.v1", (QIR + odd.replace("call ", "")).encode(), 3) == Gates(2, 7, 4)


@pytest.mark.parametrize(
    "changed",
    [
        QIR.replace("ret i64 0", "br i1 %0, label %a, label %b"),
        QIR.replace("__quantum__qis__h__", "__quantum__qis__warp__"),
        QIR.replace("@__quantum__qis__h__body", "@helper"),
    ],
)
def test_what_does_not_run_straight_or_is_not_known_has_no_count(changed: str) -> None:
    """How often a branch is taken, or what a gate is, nobody knows before."""
    assert count_gates("qir.v1", changed.encode(), 3) is None


@pytest.mark.parametrize(
    ("gates", "counted"),
    [
        ([{"gate": "h", "target": 0}, {"gate": "cnot", "control": 0, "target": 1}], Gates(1, 1, 6)),
        ([{"gate": "x", "targets": [0, 1, 2]}], Gates(3, 0, 6)),
        ([{"gate": "swap", "targets": [0, 1]}, {"gate": "ms", "targets": [0, 1]}], Gates(0, 2, 6)),
        ([{"gate": "not", "controls": [0, 1, 2], "target": 3}], Gates(0, 12, 6)),
        ([], Gates(0, 0, 6)),
    ],
)
def test_the_gates_of_an_ionq_circuit_are_counted(gates: Any, counted: Gates) -> None:
    """A gate on N qubits is 6 (N - 2) on two, as the provider bills it."""
    circuit = json.dumps({"qubits": 3, "circuit": gates}).encode()

    assert count_gates("ionq.circuit.v1", circuit, 3) == counted


@pytest.mark.parametrize(
    "program",
    [
        b"{",
        b"{}",
        b"[]",
        b'{"circuit": [{"gate": "warp", "target": 0}]}',
        b'{"circuit": [{"gate": "h"}]}',
        b'{"circuit": [7]}',
        b'{"circuit": 7}',
        b'{"circuit": [{"gate": [], "target": 0}]}',
    ],
)
def test_what_is_no_circuit_of_known_gates_has_no_count(program: bytes) -> None:
    """It may be right for all that: the provider knows more gates than we do."""
    assert count_gates("ionq.circuit.v1", program, 1) is None


def test_bitcode_and_other_formats_have_no_count() -> None:
    """They are passed on unread."""
    assert count_gates("qir.v1", b"BC\xc0\xde", 2) is None
    assert count_gates("some.format.v1", b"", 2) is None


def test_an_order_keeps_what_it_may_cost_over_the_wire() -> None:
    """With its priority and its session."""
    order = an_order(max_cost=5.5, priority="High", session="own")

    assert Order.from_wire(codec.to_wire(order)) == order
    assert codec.to_wire(order)["maxCost"] == 5.5


@pytest.mark.parametrize(
    ("max_cost", "fields"),
    [
        ({"USD": 200, "eHQC": 1000}, []),
        ({"USD": 200}, ["maxCost"]),
        ({"USD": 100, "eHQC": 1000}, ["maxCost"]),
        ({"USD": 200, "eHQC": 1000, "HQC": 5}, ["maxCost.HQC"]),
    ],
)
def test_each_unit_has_a_limit_of_its_own(max_cost: dict[str, float], fields: list[str]) -> None:
    """A unit that no target has is refused by name, and a billed target without a limit, too."""
    order = an_order(target="ionq.qpu.aria-1", fallback_targets=("quantinuum.sim.h2-1e",), max_cost=max_cost)

    assert [fault.field for fault in price_faults(order, COUNTED)] == fields


def test_a_limit_on_a_free_target_is_no_fault() -> None:
    """It is in the unit in which the provider bills others; a target without a price has none."""
    assert price_faults(an_order(max_cost={"USD": 1}), COUNTED) == []
    (unit, cost) = price_faults(an_order(target="new.qpu", max_cost={"USD": 1}), COUNTED)

    assert unit.reason == "is no unit of a target here: none of them has a price"
    assert cost.reason.startswith("cannot be kept")
