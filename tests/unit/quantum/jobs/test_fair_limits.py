"""The setting of limits by key: what it may say, and every fault at once."""

import pytest

from quantum.jobs.fair_limits import FairLimits, Limit, key_of, keys_of, read_limits


def test_limits_are_read_by_name_and_for_every_other() -> None:
    """The horizon is the longest period."""
    limits = read_limits(
        '{"target": {"ionq.qpu.forte-1": {"atOnce": 2, "starts": 20, "period": "PT1H"}, "*": {"atOnce": 9}},'
        ' "tenant": {"*": {"starts": 5, "period": "PT90S"}}}'
    )

    assert limits == FairLimits(
        {key_of("target", "ionq.qpu.forte-1"): Limit(2, 20, 3600.0)},
        {"target": Limit(9), "tenant": Limit(None, 5, 90.0)},
        3600.0,
    )


def test_the_keys_of_a_job_tell_dimensions_apart() -> None:
    """A tenant is not its workspace, though it has the same name; capitals do not matter."""
    target, workspace, tenant = keys_of(("Ionq.Simulator", "chem", "chem"))

    assert target == key_of("target", "ionq.simulator")
    assert workspace != tenant
    assert keys_of(()) == ()


def test_the_limits_of_a_job_are_those_of_its_keys() -> None:
    """A dimension without a limit has none."""
    limits = read_limits('{"target": {"t": {"atOnce": 2}}, "tenant": {"*": {"atOnce": 3}}}')
    assert isinstance(limits, FairLimits)

    assert [limit.at_once for _, limit in limits.of(keys_of(("t", "w", "a")))] == [2, 3]
    assert [limit.at_once for _, limit in limits.of(keys_of(("u", "w", "a")))] == [3]


@pytest.mark.parametrize("text", ["[]", "{}", "7", '"x"'])
def test_what_is_no_object_of_limits_is_refused(text: str) -> None:
    """With the dimensions that there are."""
    assert faults_of(text) == {"": "must be a JSON object with limits for target, workspace, tenant"}


def test_what_is_no_json_is_refused() -> None:
    """With the reason of the parser."""
    assert faults_of("{")[""].startswith("must be a JSON object of limits: ")


def test_every_fault_is_named_at_once() -> None:
    """By its place."""
    text = (
        '{"colour": {}, "workspace": {}, "tenant": 7, "target": {"a": 5, "b": {}, "c": {"atOnce": 0, "most": 3},'
        ' "d": {"starts": 1}, "e": {"period": "PT0S"}, "f": {"starts": true, "period": 60}, "g": {"starts": 5,'
        ' "period": "weekly"}, "h": {"atOnce": 1001, "starts": 1, "period": "P2D"}}}'
    )
    duration = 'must be an ISO 8601 duration from "PT1S" to "P1D"'
    shape = 'must be an object such as {"atOnce": 5, "starts": 100, "period": "PT1M"}'
    names = 'must be an object with limits for 1 to 200 names; "*" is every other'

    assert faults_of(text) == {
        "colour": "is not known here; there are target, workspace, tenant",
        "workspace": names,
        "tenant": names,
        "target.a": shape,
        "target.b": shape,
        "target.c.atOnce": "must be a whole number from 1 to 1,000",
        "target.c.most": "is not known here; there are atOnce, starts, period",
        "target.d.period": "is missing: starts needs it",
        "target.e.period": duration,
        "target.e.starts": "is missing: period needs it",
        "target.f.starts": "must be a whole number from 1 to 50,000",
        "target.f.period": duration,
        "target.g.period": duration,
        "target.h.atOnce": "must be a whole number from 1 to 1,000",
        "target.h.period": duration,
    }


def faults_of(text: str) -> dict[str, str]:
    """The faults of a setting by place."""
    faults = read_limits(text)
    assert isinstance(faults, list)
    return {fault.field: fault.reason for fault in faults}
