"""A batch becomes its members, always the same, or all its faults are named by place."""

import json
from typing import Any

import pytest

from quantum.batches.expand import Members, member_id
from quantum.batches.read import MAX_FAULTS, batch_from, is_batch, parse_batch
from quantum.contract.kinds import Limits
from quantum.jobs.errors import InvalidOrderError
from tests.support.builders import BELL, JOB_ID

ORDER: dict[str, Any] = {"shots": 10, "input": {"format": "openqasm3", "text": BELL}}
WITH_TARGET = ORDER | {"target": "ionq.simulator"}


def faults(**batch: Any) -> dict[str, str]:
    """What is wrong with a batch, by place."""
    with pytest.raises(InvalidOrderError) as refused:
        batch_from(batch, Limits())
    return {fault.field: fault.reason for fault in refused.value.faults}


def members(**batch: Any) -> Members:
    """The members of a valid batch."""
    return batch_from(batch, Limits())


def test_targets_and_points_are_multiplied() -> None:
    """Point by point, each on every target in turn; the order's own fields stay."""
    sweep = {"arguments": [[0.1], {"theta": 0.2}]}
    together = members(order=ORDER, targets=["a", "b"], sweep=sweep, name="angles")

    assert [(one.target, one.point["arguments"]) for one in together] == [
        ("a", [0.1]),
        ("b", [0.1]),
        ("a", [0.2]),
        ("b", [0.2]),
    ]
    assert [one.order["name"] for one in together][:2] == ["angles [0]", "angles [1]"]
    assert {one.order["shots"] for one in together} == {10}


def test_a_member_whose_target_is_chosen_is_not_named_after_auto() -> None:
    """What has a target is named after it, unless the request has a name."""
    sweep = {"arguments": [[0.1]]}

    assert members(order=ORDER | {"target": "auto"}, sweep=sweep)[0].order["name"] == "member [0]"
    assert members(order=ORDER | {"target": "auto"}, sweep=sweep, name="angles")[0].order["name"] == "angles [0]"
    assert members(order=ORDER | {"target": "a"}, sweep=sweep)[0].order["name"] == "a [0]"


def test_a_grid_has_equal_steps_and_both_ends() -> None:
    """The last value is exactly the one that was asked for."""
    together = members(order=WITH_TARGET, sweep={"grid": {"theta": {"from": 0, "to": 0.3, "count": 4}}})

    assert [one.point["arguments"][0] for one in together] == pytest.approx([0, 0.1, 0.2, 0.3])
    assert together[3].point == {"arguments": [0.3]}


def test_parameters_are_laid_over_those_of_the_order() -> None:
    """What a point does not name stays."""
    order = WITH_TARGET | {"params": {"debias": True, "seed": 1}}
    together = members(order=order, sweep={"params": [{"seed": 2}, {}]})

    assert [one.order["params"] for one in together] == [{"debias": True, "seed": 2}, {"debias": True, "seed": 1}]


def test_a_list_keeps_its_orders() -> None:
    """Their names too; and where members are answered, an order's own place of answer goes before the batch's."""
    orders = [WITH_TARGET | {"name": "mine", "answerTo": {"queue": "own"}}, WITH_TARGET]
    together = members(orders=orders, answers="both", answerTo={"queue": "all"})

    assert together[0].order["name"] == "mine"
    assert [one.order["answerTo"]["queue"] for one in together] == ["own", "all"]
    assert members(orders=orders)[0].order["answerTo"] == "none"


def test_ids_derive_from_the_batch() -> None:
    """No two are the same, and they never change."""
    ids = [member_id(JOB_ID, number) for number in range(100)]

    assert len({*ids}) == 100
    assert ids == [member_id(JOB_ID, number) for number in range(100)]


def test_faults_are_named_by_their_place() -> None:
    """All members at once, each fault once."""
    wrong = WITH_TARGET | {"shots": 0}
    assert set(faults(orders=[WITH_TARGET, wrong, 7, wrong | {"nme": "x"}])) == {
        "orders[1].shots",
        "orders[2]",
        "orders[3].shots",
        "orders[3].nme",
    }
    assert set(faults(order=ORDER | {"shots": 0}, targets=["a", "b"], sweep={"arguments": [[1], [2]]})) == {
        "order.shots"
    }
    params = {"params": [{}, {"errorMitigation": 7}]}
    assert set(faults(order=WITH_TARGET, sweep=params)) == {"sweep.params[1].errorMitigation"}


@pytest.mark.parametrize(
    ("batch", "places"),
    [
        ({}, [""]),
        ({"order": ORDER, "orders": []}, ["", "orders"]),
        ({"orders": [WITH_TARGET], "targets": ["a"]}, ["targets"]),
        ({"orders": {"blob": "inputs/a"}}, ["orders"]),
        ({"order": WITH_TARGET, "targets": ["a"]}, ["order.target"]),
        ({"order": ORDER}, ["order.target"]),
        ({"order": WITH_TARGET, "sweep": {}}, ["sweep"]),
        ({"order": WITH_TARGET, "sweep": {"arguments": [{"a": 1, "b": 2}, 3]}}, ["sweep.arguments[0]", "[1]"]),
        ({"order": WITH_TARGET, "sweep": {"grid": {"a": {"from": 0, "to": "x"}}}}, ["sweep.grid.a.count", "a.to"]),
        ({"order": WITH_TARGET, "sweep": {"grid": {"a": {}, "b": {}}}}, ["sweep.grid"]),
        ({"order": WITH_TARGET | {"arguments": [1]}, "sweep": {"arguments": [[1]]}}, ["order.arguments"]),
        ({"order": WITH_TARGET | {"answerTo": "none"}}, ["order.answerTo"]),
        ({"order": WITH_TARGET, "window": 0, "answers": "all", "stopOnFailure": 1}, ["window", "answers", "stopOn"]),
        ({"order": WITH_TARGET, "maxCost": 3, "packing": "auto"}, ["maxCost", "packing"]),
        ({"order": WITH_TARGET, "maxCost": {"HQC": 3}}, ["maxCost.HQC"]),
        ({"order": ORDER, "targets": ["ionq.qpu.aria-1", "quantinuum.sim.h2-1e"], "maxCost": {"USD": 3}}, ["maxCost"]),
        ({"order": WITH_TARGET, "session": "own", "partial": 1, "jobs": ["x"]}, ["session", "partial", "jobs"]),
        ({"orders": {"blob": "elsewhere/a"}}, ["orders"]),
        ({"order": WITH_TARGET | {"params": 7}}, ["order.params"]),
        ({"orders": {"file": "inputs/a"}}, ["orders"]),
        ({"order": WITH_TARGET, "session": 7}, ["session"]),
        ({"order": WITH_TARGET, "window": {"all": 0}}, ["window"]),
        ({"order": WITH_TARGET, "window": {"targets": {"ionq.simulator": 201}}}, ["window"]),
        ({"order": WITH_TARGET, "window": {"every": 2}}, ["window"]),
        ({"order": WITH_TARGET, "window": {"targets": ["a"]}}, ["window"]),
        ({"order": WITH_TARGET, "window": {"targets": {"other": 2}}}, ["window.targets.other"]),
        ({"order": WITH_TARGET, "window": [2]}, ["window"]),
        (
            {"orders": [WITH_TARGET, WITH_TARGET | {"shots": 0}], "window": 0, "name": 7},
            ["name", "window", "[1].shots"],
        ),
        ({"orders": [WITH_TARGET | {"shots": 0}] * 2, "partial": True}, ["orders[0].shots", "orders[1].shots"]),
        ({"order": ORDER | {"shots": 0}, "targets": ["a", "b"], "partial": True}, ["order.shots"]),
        ({"order": ORDER, "targets": ["a"] * 2}, ["targets"]),
    ],
)
def test_what_cannot_be_run_is_refused_by_name(batch: dict[str, Any], places: list[str]) -> None:
    """Each fault says where it is; what is not built is refused, not passed over."""
    named = faults(**batch)

    assert all(any(place in field for field in named) for place in places)
    assert len(named) == len(places)


def test_with_partial_faulty_members_are_passed_over() -> None:
    """They are rejected when they start; what is no object has no fields."""
    together = members(orders=[WITH_TARGET, WITH_TARGET | {"shots": 0}, 7], partial=True)

    assert [one.order.get("shots") for one in together] == [10, 0, None]
    assert together.target_of(2) == ""


def test_a_session_is_that_of_every_member_that_names_none() -> None:
    """A fault of it is the batch's."""
    session = "5b0e9d60-30c2-4d5c-a1b8-0f6f5c4b8f51"
    together = members(orders=[WITH_TARGET, WITH_TARGET | {"session": "own"}], session=session)

    assert [one.order["session"] for one in together] == [session, "own"]
    assert together.place_of(0, "session") == "session"


def test_a_line_that_is_no_json_is_named() -> None:
    """With what is wrong with it, in place of its type."""
    with pytest.raises(InvalidOrderError) as refused:
        batch_from({"orders": [WITH_TARGET, None]}, Limits(), {1: "is no order"})

    assert [(fault.field, fault.reason) for fault in refused.value.faults] == [("orders[1]", "is no order")]


def test_an_unknown_field_names_the_fields_that_are_there() -> None:
    """Those that are only reserved are not among them, nor the nearest one."""
    named = faults(order=WITH_TARGET, xyzzy=1, job=["x"])

    assert named["xyzzy"].startswith("is not a field here; known are name, order, targets")
    assert "packing" not in named["xyzzy"]
    assert "jobs" not in named["xyzzy"] + named["job"]


def test_numbers_that_are_too_large_are_named_by_their_places() -> None:
    """All of them, in a batch as in an order."""
    with pytest.raises(InvalidOrderError) as refused:
        parse_batch(b'{"order": {"shots": 1e400}, "window": 99999999999999999999}', Limits())

    assert [(fault.field, fault.reason) for fault in refused.value.faults] == [
        (place, "is a number that is too large") for place in ("order.shots", "window")
    ]


def test_only_so_many_faults_are_listed() -> None:
    """The last line says how many more there are."""
    with pytest.raises(InvalidOrderError) as refused:
        batch_from({"orders": [{"target": "a", "shots": 1}] * 150}, Limits())

    assert len(refused.value.faults) == MAX_FAULTS + 1
    assert refused.value.faults[-1].reason == "has 50 more faults"


def test_a_batch_has_ten_thousand_members_at_most() -> None:
    """As many as that are read in a moment; one target more is too much."""
    grid = {"grid": {"theta": {"from": 0, "to": 1, "count": 10_000}}}

    assert len(members(order=WITH_TARGET, sweep=grid)) == 10_000
    assert faults(order=ORDER, targets=["a", "b"], sweep=grid) == {"": "has 20,000 members; 10,000 are allowed"}


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff\xfe", b"," * 600_000, b" " * (5 * 1024 * 1024)])
def test_what_is_no_batch_is_refused(body: bytes) -> None:
    """Before any time is spent on it."""
    with pytest.raises(InvalidOrderError):
        parse_batch(body, Limits())


def test_a_message_says_that_it_is_a_batch() -> None:
    """Nothing else is taken for one."""
    assert is_batch(json.dumps({"kind": "batch", "orders": []}).encode())
    assert not any(map(is_batch, (b"", b'{"kind"', b'["kind"]', json.dumps(WITH_TARGET | {"name": '"kind"'}).encode())))
