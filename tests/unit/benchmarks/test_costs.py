"""The table of costs follows from the counts on its page, from host.json and from the prices."""

import json

import pytest

from benchmarks.costs import (
    DAY_SECONDS,
    GB,
    PAGE,
    Order,
    counts_in,
    dollars,
    gb_seconds,
    polls_a_day,
    rows,
    seconds,
    table,
    written,
)
from local.setup.checkout import ROOT

AN_ORDER = Order({"Table write": 10, "Blob write": 2}, turns=3, activities=2, processor=0.1)


def test_the_table_of_costs_follows_from_its_counts() -> None:
    """Prices, the host's polling and the sums are those of the code; the message says how to write them again."""
    page = PAGE.read_text(encoding="utf-8")

    assert page == written(page, counts_in(page)), "docs/operations.md is stale: run python -m benchmarks.costs --again"


def test_the_counts_can_be_read_back() -> None:
    """What is written is what is read: the table can be calculated again without a run."""
    assert counts_in(table(AN_ORDER, 0)) == AN_ORDER


def test_each_operation_has_a_price() -> None:
    """A kind of blob request has a price of its own; those to tables and queues cost the same whatever they do."""
    assert dollars({"Table get": 5_000, "Table write": 5_000}) == pytest.approx(0.00036)
    assert dollars({"Blob read": 10_000, "Blob write": 10_000}) == pytest.approx(0.054)


def test_polls_follow_from_the_settings_of_the_host() -> None:
    """Each queue is read once in its longest pause at least."""
    host = json.loads((ROOT / "host.json").read_text(encoding="utf-8"))
    calm = {
        "extensions": {
            "queues": {"maxPollingInterval": "00:01:00"},
            "durableTask": {"storageProvider": {"maxQueuePollingInterval": "00:01:00", "partitionCount": 2}},
        }
    }

    assert seconds("01:02:03") == 3723
    assert polls_a_day(calm) == 6 * DAY_SECONDS // 60
    assert polls_a_day(host) > 0


def test_many_orders_share_instances() -> None:
    """A few are billed one by one, a million by the instances that their processor time fills half."""
    assert gb_seconds(AN_ORDER, 1) == 2.0 * GB
    assert gb_seconds(AN_ORDER, 1_000_000) == 3 * DAY_SECONDS * GB


def test_nothing_is_billed_below_the_free_grants() -> None:
    """A single job a day costs its storage requests alone."""
    prices = {what: price for what, _, price in rows(AN_ORDER, 1, 0)}

    assert prices["executions"] == prices["GB-seconds of instances"] == 0
    assert prices["the app's storage requests"] > 0
