"""The filters and orders of list calls."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantum_emulator import filters
from quantum_emulator.errors import ServiceError
from quantum_emulator.operations.listing import Row, page

ITEM = {
    "Name": "it's a bell",
    "ItemType": "Job",
    "JobType": "QuantumComputing",
    "ProviderId": "ionq",
    "Target": "ionq.simulator",
    "State": "Succeeded",
    "CreationTime": "2026-01-02T03:04:05Z",
}


@pytest.mark.parametrize(
    ("text", "passes"),
    [
        (None, True),
        ("", True),
        ("startswith(Name, 'it''s')", True),
        ("startswith(Name,'bell')", False),
        ("(ProviderId eq 'rigetti' or ProviderId eq 'IonQ')", True),
        ("State ne 'Failed' and (Target eq 'ionq.simulator')", True),
        ("State eq 'Failed' or ItemType eq 'Job' and JobType eq 'Optimization'", False),
        ("((State eq 'Succeeded'))", True),
        ("CreationTime ge 2026-01-02 and CreationTime le 2026-01-03", True),
        ("CreationTime gt 2026-01-02T03:04:05Z", False),
        ("CreationTime lt '2026-01-02T05:04:06+02:00'", True),
    ],
)
def test_a_filter_means_what_it_says(text: str | None, passes: bool) -> None:  # noqa: FBT001  # a column of the table
    """Prefixes, alternatives, dates as instants, and `and` before `or`."""
    assert filters.parse(text)(ITEM) is passes


@given(st.text(alphabet="()', eqorandNameStartswith0123456789-é", max_size=60))
def test_a_filter_parses_or_is_refused(text: str) -> None:
    """Whatever comes, it is a filter or a 400, never another error."""
    try:
        passes = filters.parse(text)(ITEM)
    except ServiceError as error:
        passes = error.status == 400

    assert passes in (True, False)


def rows(*names: str) -> list[Row]:
    """Rows that differ in their name."""
    return [Row({**ITEM, "Name": name}, lambda name=name: {"name": name}) for name in names]


def test_pages_follow_one_another_to_the_end() -> None:
    """Following the link gives every row once, in order."""
    query: dict[str, str] | None = {"orderby": "Name desc", "top": "2"}
    names = []
    while query is not None:
        current = page(rows("a", "e", "b", "d", "c"), query)
        names += [item["name"] for item in current.items]
        query = None if current.following is None else {**query, **current.following}

    assert names == ["e", "d", "c", "b", "a"]


def test_unordered_the_newest_comes_first() -> None:
    """Rows of the same instant come in the reverse of their order."""
    assert [item["name"] for item in page(rows("first", "second"), {}).items] == ["second", "first"]


def test_a_page_of_nothing_has_no_next() -> None:
    """`top=0` does not promise an endless walk."""
    assert page(rows("a"), {"top": "0"}).following is None


def test_times_are_in_their_order_with_a_fraction_and_without() -> None:
    """As texts they would not be: a point comes before a Z."""
    times = ["2026-11-01T08:00:00Z", "2026-11-01T08:00:00.103651Z", "2026-11-01T08:00:01Z"]

    current = sorted(
        ({"CreationTime": time} for time in reversed(times)), key=lambda item: filters.place("CreationTime", item)
    )

    assert [item["CreationTime"] for item in current] == times
