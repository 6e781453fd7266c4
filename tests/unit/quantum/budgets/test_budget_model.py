"""Amounts are exact, periods begin at midnight in UTC, and a budget covers what its scope names."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from quantum.budgets.amounts import millionths, nearest, number, text
from quantum.budgets.model import Budget, Claim, covering, period_end, period_start
from tests.support.builders import a_job, an_order

AT = datetime(2026, 12, 31, 23, 30, tzinfo=timezone(timedelta(hours=-2)))  # in UTC it is 2027
LAB = Budget("lab", "workspace", "default", "USD", "month", 500)


@pytest.mark.parametrize(
    ("period", "start", "end"),
    [
        ("day", datetime(2027, 1, 1, tzinfo=UTC), datetime(2027, 1, 2, tzinfo=UTC)),
        ("week", datetime(2026, 12, 28, tzinfo=UTC), datetime(2027, 1, 4, tzinfo=UTC)),
        ("month", datetime(2027, 1, 1, tzinfo=UTC), datetime(2027, 2, 1, tzinfo=UTC)),
        ("total", None, None),
    ],
)
def test_periods_are_those_of_utc(period: str, start: datetime | None, end: datetime | None) -> None:
    """Wherever the machine is; weeks begin on Monday."""
    assert (period_start(period, AT), period_end(period, AT)) == (start, end)


def test_each_period_has_an_account_of_its_own() -> None:
    """Each unit too, so that a changed budget adds no dollars to credits."""
    periods = ("day", "week", "month", "total")
    keys = [replace(LAB, period=period, unit=unit).key(AT) for period in periods for unit in ("USD", "eHQC")]

    assert keys[:2] == ["lab:USD:2027-01-01", "lab:eHQC:2027-01-01"]
    assert keys[-1] == "lab:eHQC:total"


def test_a_budget_covers_its_workspace_principal_or_tenant() -> None:
    """In its own unit; of work without a principal the key is the principal, or the door."""
    job = a_job(an_order(workspace="chem"), source={"door": "http", "principal": "ada", "tenant": "t1"})
    budgets = [
        replace(LAB, name=f"{scope}-{of}", scope=scope, of=of)
        for scope, of in (
            ("workspace", "chem"),
            ("workspace", "default"),
            ("tenant", "t1"),
            ("principal", "ada"),
            ("principal", "key"),
        )
    ]

    assert [budget.name for budget in covering(budgets, job, "USD")] == ["principal-ada", "tenant-t1", "workspace-chem"]
    assert covering(budgets, job, "EUR") == ()
    by_key = covering(budgets, replace(job, source={"door": "http"}), "USD")
    assert [budget.name for budget in by_key] == ["principal-key", "workspace-chem"]


def test_amounts_are_exact() -> None:
    """A tenth and a fifth are three tenths; a reservation is rounded up."""
    assert millionths(0.1) + millionths(0.2) == millionths(0.3) == 300_000
    assert (millionths(0.0000001), nearest(0.0000001), nearest(12.4166)) == (1, 0, 12_416_600)
    assert number(12_416_600) == 12.4166
    assert [text(amount, "USD") for amount in (12_416_600, 1_234_000_000, -500_000)] == [
        "12.4166 USD",
        "1,234.00 USD",
        "-0.50 USD",
    ]


def test_a_claim_names_its_budget() -> None:
    """For the text of a refusal."""
    assert Claim.on(LAB, AT, 7) == Claim("lab:USD:2027-01-01", "budget lab", "USD", 7, 500_000_000)
