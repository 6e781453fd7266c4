"""Orders made of every kind of JSON value: each is taken or refused by name, none is an error of ours."""

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quantum.contract.orders import ORDER
from tests.security.deployment import BELL, Deployment, flip

NO_LIMITS = settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])
WORDS = st.sampled_from(
    [
        "",
        "default",
        "PT1S",
        "P999999D",
        "ionq.simulator",
        "ionq.qpu",
        "inputs/x",
        "../x",
        "qir.v1",
        "Main",
        "\0",
        "é",
        BELL,
    ]
)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | WORDS
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
programs = st.fixed_dictionaries(
    {}, optional={"format": values, "text": values, "base64": values, "blob": values, "more": values}
)
fields = {**dict.fromkeys(ORDER, values), "input": programs | values, "unknown": values}
orders = st.fixed_dictionaries({}, optional=fields)
# Mostly right, with a few fields of anything: these get past the first checks.
changed_orders = st.fixed_dictionaries({}, optional=fields).map(lambda changes: flip(**changes))


@NO_LIMITS
@given(order=orders | changed_orders)
async def test_any_order_is_taken_or_refused_by_name(deployment: Deployment, order: dict[str, Any]) -> None:
    """A 202 with a job, or a 400 with a reason for each fault, in the words of the order."""
    answer = await deployment.post(json.dumps(order).encode())

    body = answer.json()
    assert answer.status_code in {202, 400}
    if answer.status_code == 202:
        assert body["phase"] == "accepted"
    else:
        assert all(fault["reason"] for fault in body["errors"])
        assert {fault["field"].partition(".")[0] for fault in body["errors"]} <= {*ORDER, "unknown", ""}


@NO_LIMITS
@given(body=st.binary(max_size=200) | values.map(lambda value: json.dumps(value).encode()))
async def test_any_bytes_are_refused(deployment: Deployment, body: bytes) -> None:
    """What is no object of known fields is a 400 with a reason."""
    answer = await deployment.post(body)

    assert answer.status_code == 400
    assert answer.json()["errors"]


@NO_LIMITS
@given(
    query=st.dictionaries(
        st.sampled_from(["phase", "target", "name", "top", "continuation", "x"]), st.text(max_size=30)
    )
)
async def test_any_parameters_are_used_or_refused(deployment: Deployment, query: dict[str, str]) -> None:
    """A list, or a 400 that names the parameter."""
    answer = await deployment.api.get("/api/jobs", params=query)

    assert answer.status_code in {200, 400}, answer.text
