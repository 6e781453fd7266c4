"""Orders and outputs that are nearly right: read, or refused as what they are; nothing else ever comes of them."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quantum.contract.kinds import Limits
from quantum.jobs.errors import InvalidOrderError
from quantum.orders.read import parse_order
from quantum.programs.formats import FORMATS
from quantum.results.histograms import Histogram, Solutions, UnreadableResultError
from quantum.results.readers import READERS, read_result
from quantum.wire import codec
from tests.support.builders import an_order_body
from tests.unit.quantum.orders.nearly import damaged, nearly

V1, V2, IONQ = "microsoft.quantum-results.v1", "microsoft.quantum-results.v2", "ionq.quantum-results.v1"
LIMITS = Limits(max_shots=10_000)

targets = st.sampled_from(["ionq.simulator", "quantinuum.sim.h2-1e", "rigetti.sim.qvm", "a"])
small = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text("ab", max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text("ab", max_size=3), inner, max_size=2),
    max_leaves=4,
)
inputs = st.one_of(
    st.fixed_dictionaries({"format": st.sampled_from([*FORMATS]), "text": st.text("OPENQASM 3;\n", min_size=1)}).filter(
        lambda order_input: bool(order_input["text"].strip())
    ),
    st.fixed_dictionaries({"format": st.just("qir.v1"), "base64": st.sampled_from(["QkM=", "AA"])}),
    st.fixed_dictionaries({"format": st.just("qir.v1"), "blob": st.sampled_from(["inputs/a", "inputs/a b/c.ll"])}),
)
right_orders = st.fixed_dictionaries(
    {"target": targets, "shots": st.integers(1, 10_000), "input": inputs},
    optional={
        "name": st.sampled_from(["bell", "Bell (2 qubits), [a]", "a" * 128, "é_1"]),
        "params": st.dictionaries(st.text("ab", max_size=3), small, max_size=3),
        "tags": st.dictionaries(st.sampled_from(["team", "cost.centre", "a/b"]), st.text("xyz é", max_size=5)),
        "workspace": st.just("default"),
        "deadline": st.sampled_from(["PT1S", "P366D", "P1DT2H3M4S", None]),
        "fallbackTargets": st.lists(st.sampled_from(["b.c", "d-e", "f_g"]), unique=True),
        "entryPoint": st.sampled_from(["Main", "A.B_1", None]),
        "arguments": st.lists(small, max_size=3),
        "maxCost": st.none(),
        "answerTo": st.sampled_from([None, "default", "none", {"queue": "a-1"}, {"queue": "b", "keepFor": "PT1S"}]),
        "reuseResult": st.sampled_from([None, False]),
        "notify": st.sampled_from([None, False]),
    },
)
counts = st.dictionaries(st.text("01", min_size=3, max_size=3), st.integers(1, 500), min_size=1, max_size=8)


def as_json(value: Any) -> bytes:
    """Write JSON, as any client does."""
    return json.dumps(value).encode()


def v2_output(counted: Mapping[str, int]) -> dict[str, Any]:
    """What a workspace puts out for a QIR program that measured these."""
    entries = [
        {"Outcome": [int(bit) for bit in key], "Display": str([*map(int, key)]), "Count": count}
        for key, count in counted.items()
    ]
    return {"DataFormat": V2, "Results": [{"Histogram": entries, "Shots": [[0, 1, 0]]}]}


def v1_output(counted: Mapping[str, int]) -> dict[str, Any]:
    """The same in the older form."""
    total = sum(counted.values())
    pairs = [[str([*map(int, key)]), count / total] for key, count in counted.items()]
    return {"Histogram": [part for pair in pairs for part in pair]}


def ionq_output(counted: Mapping[str, int]) -> dict[str, Any]:
    """The same as IonQ writes it: whole numbers, lowest bit first."""
    total = sum(counted.values())
    return {"histogram": {str(int(key[::-1], 2)): count / total for key, count in counted.items()}}


def registers_output(counted: Mapping[str, int]) -> dict[str, Any]:
    """The same as Quantinuum writes it: a text for each shot, the last bit first."""
    return {"c": [key[::-1] for key, count in counted.items() for _ in range(count)], "access_token": "-"}


def regions_output(counted: Mapping[str, int]) -> dict[str, Any]:
    """The same as Rigetti writes it: a list for each shot."""
    return {"ro": [[*map(int, key)] for key, count in counted.items() for _ in range(count)]}


def atoms_output(counted: Mapping[str, int]) -> dict[str, Any]:
    """The same as Pasqal writes it."""
    return {"counter": dict(counted)}


OUTPUTS = {
    V1: v1_output,
    V2: v2_output,
    IONQ: ionq_output,
    "honeywell.quantum-results.v1": registers_output,
    "quantinuum.quantum-results.v1": registers_output,
    "rigetti.quil-results.v1": regions_output,
    "pasqal.pulser-results.v1": atoms_output,
}
QIO = "microsoft.qio-results.v2"
problems = st.builds(
    lambda cost, values: {
        "version": "1.0",
        "solutions": [{"configuration": {str(n): value for n, value in enumerate(values)}, "cost": cost}],
    },
    st.floats(-1e6, 1e6),
    st.lists(st.sampled_from([1, -1]), max_size=4),
)


def test_every_form_has_an_output_here() -> None:
    """A form that is added is held against the others."""
    assert {*OUTPUTS, QIO} == {*READERS}


@settings(deadline=None, max_examples=100)
@given(right_orders)
def test_what_is_right_is_accepted(order: dict[str, Any]) -> None:
    """No order that keeps to the contract is refused."""
    parsed = parse_order(as_json(order), LIMITS)

    assert (parsed.order.target, parsed.order.shots) == (order["target"], order["shots"])


LIMITED: tuple[tuple[str, Any, Any], ...] = (  # a field with the most, or least, that is allowed, and one step beyond
    ("name", "a" * 128, "a" * 129),
    ("target", "a" * 128, "a" * 129),
    ("shots", 1, 0),
    ("shots", 10_000, 10_001),
    ("params", {"a": "b" * 4087}, {"a": "b" * 4088}),
    ("arguments", ["b" * 4092], ["b" * 4093]),
    ("tags", {f"t{n}": "" for n in range(16)}, {f"t{n}": "" for n in range(17)}),
    ("tags", {"a" * 64: "b" * 256}, {"a" * 65: ""}),
    ("tags", {"a": "b" * 256}, {"a": "b" * 257}),
    ("deadline", "PT1S", "PT0S"),
    ("deadline", "P366D", "P366DT1S"),
    ("fallbackTargets", [f"t{n}" for n in range(8)], [f"t{n}" for n in range(9)]),
    ("entryPoint", "a" * 256, "a" * 257),
    (
        "input",
        {"format": "qir.v1", "blob": f"inputs/a/{'b' * 510}"},
        {"format": "qir.v1", "blob": f"inputs/{'b' * 513}"},
    ),
)


@pytest.mark.parametrize(("field", "allowed", "beyond"), LIMITED)
def test_a_limit_is_where_it_is_said_to_be(field: str, allowed: Any, beyond: Any) -> None:
    """What is just allowed is accepted, and what is just beyond is a fault of that field."""
    parsed = parse_order(an_order_body(**{field: allowed}), LIMITS)
    with pytest.raises(InvalidOrderError) as refused:
        parse_order(an_order_body(**{field: beyond}), LIMITS)

    assert parsed.order.target
    assert [fault.field.partition(".")[0] for fault in refused.value.faults] == [field]


@settings(deadline=None, max_examples=200)
@given(nearly(right_orders).map(as_json) | damaged(right_orders.map(as_json)))
def test_what_is_nearly_an_order_is_read_or_refused(body: bytes) -> None:
    """It is an order that can be sent on, or a list of faults that can be shown; a later look never raises."""
    try:
        order = parse_order(body, LIMITS).order
    except InvalidOrderError as error:
        refused = error
    else:
        assert 1 <= order.shots <= LIMITS.max_shots
        assert as_json(codec.to_wire(order)).decode().isprintable()
        return

    assert refused.faults
    assert all(fault.reason and fault.field.isprintable() for fault in refused.faults)
    assert len(as_json(codec.to_wire(refused.failure))) < 16 * 1024


@pytest.mark.parametrize("output_format", sorted(OUTPUTS))
@settings(deadline=None, max_examples=60)
@given(counted=counts)
def test_every_form_tells_the_same(output_format: str, counted: dict[str, int]) -> None:
    """What was measured does not depend on how it is written: leftmost bit is qubit 0 in all of them."""
    shots = sum(counted.values())

    histogram = read_result(as_json(OUTPUTS[output_format](counted)), output_format, shots, 3)

    assert isinstance(histogram, Histogram)
    assert histogram.counts == counted
    assert [register.bits for register in histogram.registers] == [3]


@pytest.mark.parametrize("output_format", sorted(READERS))
@settings(deadline=None, max_examples=100)
@given(data=st.data(), shots=st.integers(1, 10**6), qubits=st.none() | st.integers(1, 40))
def test_what_is_nearly_an_output_is_read_or_unreadable(
    output_format: str, data: st.DataObject, shots: int, qubits: int | None
) -> None:
    """A surprise of a provider is counted sensibly, or said to be unreadable."""
    right = counts.map(OUTPUTS[output_format]) if output_format in OUTPUTS else problems
    raw = data.draw(nearly(right).map(as_json) | damaged(right.map(as_json)))

    try:
        histogram = read_result(raw, output_format, shots, qubits)
    except UnreadableResultError as error:
        reason = str(error)
    else:
        if isinstance(histogram, Solutions):
            assert json.dumps(histogram.solutions, allow_nan=False)
        else:
            assert_sensible(histogram, shots)
        return

    assert reason.startswith("the output ")


def assert_sensible(histogram: Histogram, shots: int) -> None:
    """Whatever it says can be stored, shown and added up."""
    total = sum(histogram.counts.values())
    assert total > 0 or histogram.warnings
    assert histogram.sampled or total == shots
    assert all(type(count) is int and count >= 0 for count in histogram.counts.values())
    assert all(share >= 0 for share in histogram.probabilities.values())
    assert histogram.counts.keys() <= histogram.probabilities.keys()
    assert not total or sum(histogram.probabilities.values()) == pytest.approx(1, abs=0.5)
    json.dumps(dict(histogram.counts), allow_nan=False).encode()
    json.dumps(dict(histogram.probabilities), allow_nan=False)
