"""Budgets and limits on costs from outside: sound, or every fault with its place."""

from typing import Any

import pytest

from quantum.budgets.model import Budget
from quantum.budgets.read import budgets_from, budgets_in
from quantum.contract.costs import MOST_COST, Cost
from quantum.contract.kinds import Limits, Number
from quantum.settings import SettingError, read_settings

COST = Cost(Number(0, MOST_COST, "in the unit"))
LAB = {"name": "lab", "scope": "workspace", "of": "default", "unit": "USD", "period": "month", "limit": 500}
REQUIRED = {
    "AzureWebJobsStorage": "UseDevelopmentStorage=true",
    "AZURE_QUANTUM_CONNECTION_STRING": "SubscriptionId=00000000-0000-0000-0000-000000000001;ResourceGroupName=r;"
    "WorkspaceName=w;ApiKey=k;QuantumEndpoint=http://127.0.0.1:1/;",
}


def test_sound_budgets_are_read() -> None:
    """From a request, and from the setting."""
    budget = Budget("lab", "workspace", "default", "USD", "month", 500)

    assert budgets_from([LAB]) == (budget,)
    text = '[{"name":"lab","scope":"workspace","of":"default","unit":"USD","period":"month","limit":500}]'
    assert read_settings(REQUIRED | {"JOB_BUDGETS": text}).budgets == (budget,)
    assert read_settings(REQUIRED).budgets == ()


def test_every_fault_has_its_place() -> None:
    """Wrong words, wrong types, two of one name, and what is no budget."""
    faults = budgets_from([LAB, LAB | {"scope": "team", "limit": -1}, 3, {"unit": "minutes"}])

    assert isinstance(faults, list)
    reasons = {fault.field: fault.reason for fault in faults}
    assert reasons["budgets[1].scope"] == "must be one of workspace, principal, tenant"
    assert reasons["budgets[1].limit"].startswith("must be a number from 0")
    assert reasons["budgets[2]"] == "must be an object, not a number"
    assert reasons["budgets[3].name"] == "is missing"
    assert reasons["budgets[3].unit"].endswith("minutes cannot be reserved: no order says how long it runs")
    assert reasons["budgets"] == "has two budgets of the name 'lab'; each needs one of its own"


@pytest.mark.parametrize(
    ("data", "reason"), [({}, "must be a list, not an object"), ([LAB] * 201, "has 201 budgets; 200 are allowed")]
)
def test_a_list_of_budgets_has_a_length(data: Any, reason: str) -> None:
    """More are refused before they are looked at."""
    (fault,) = budgets_from(data)

    assert (fault.field, fault.reason) == ("budgets", reason)  # type: ignore[union-attr]  # a fault


@pytest.mark.parametrize(
    ("text", "reason"), [("[", "JOB_BUDGETS is no JSON"), ("[3]", r"JOB_BUDGETS budgets\[0\] must be an object")]
)
def test_a_wrong_setting_stops_the_start(text: str, reason: str) -> None:
    """It is named."""
    with pytest.raises(SettingError, match=reason):
        read_settings(REQUIRED | {"JOB_BUDGETS": text})
    with pytest.raises(ValueError, match=reason.removeprefix("JOB_BUDGETS ")):
        budgets_in(text)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (5, None),
        ({"USD": 40, "eHQC": 0}, None),
        ("5", "must be a number from 0 to 1,000,000,000, in the unit, or an object of amounts by unit"),
        (True, "must be a number from 0 to 1,000,000,000, in the unit, or an object of amounts by unit"),
        ({}, 'must have an amount, such as {"USD": 40}; leave it out for no limit'),
        ({"DM": 5}, "has the unit 'DM'; units are USD, EUR, HQC, eHQC"),
        ({"USD": None}, "must be a number from 0 to 1,000,000,000, in the unit; under USD it has null"),
    ],
)
def test_a_limit_on_a_cost_is_an_amount_or_amounts(value: Any, reason: str | None) -> None:
    """A bare number is in the unit of the target's prices."""
    assert COST.fault(value, Limits()) == reason
