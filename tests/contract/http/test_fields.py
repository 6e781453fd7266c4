"""What the app takes is what its JSON Schema allows, field by field, though the two are checked by different code."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quantum.contract.estimates import ESTIMATE
from quantum.contract.fields import Row, table_of
from quantum.contract.kinds import Limits
from quantum.contract.orders import INPUT, ORDER
from quantum.contract.parameters import FILTERS, PAGING
from quantum.contract.requests import ADOPTION, SESSION_REQUEST
from quantum.contract.workspaces import REGISTRATION
from tests.contract.http.conforming import differences

LIMITS = Limits(max_shots=1000)
TABLES = {
    "order": ORDER,
    "input": INPUT,
    "estimate": {name: row for name, row in ESTIMATE.items() if ORDER.get(name) is not row},
    "session": SESSION_REQUEST,
    "adoption": ADOPTION,
    "workspace": REGISTRATION,
}
ROWS = [pytest.param(row, id=f"{table}.{name}") for table, rows in TABLES.items() for name, row in rows.items()]
FREE = {"format", "traceparent", "location", "endpoint"}  # any JSON, since code elsewhere looks at them

texts = st.text(max_size=12) | st.from_regex(r"[A-Za-z][A-Za-z0-9._/:-]{0,12}", fullmatch=True)
shaped = st.sampled_from(
    [
        *("PT2H", "P3D", "P400D", "Standard", "High", "Abort", "gzip", "own", "default", "chem-lab", "Test.Main", "ä"),
        *("0" * 8 + "-0000-0000-0000-" + "0" * 12, "application/json", "acme.results.v1", "inputs/a", "a" * 129),
        "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/g/providers/microsoft.quantum/workspaces/w",
    ]
)
scalars = st.none() | st.booleans() | st.integers(-2, 2000) | st.floats(allow_nan=False) | texts | shaped
values = (
    scalars
    | st.lists(texts | shaped, max_size=10)
    | st.dictionaries(texts, texts, max_size=18)
    | st.sampled_from([[], {}, {"team": "chem"}, ["ionq.qpu"]])
)


@pytest.mark.parametrize("row", ROWS)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(value=values)
def test_what_is_taken_is_allowed_by_the_schema(row: Row, value: Any) -> None:
    """A tool that goes by the schema never refuses what the app would take."""
    taken = row.fault(value, LIMITS) is None and row.name not in FREE

    assert not taken or list(differences(value, row.schema(LIMITS))) == []


@pytest.mark.parametrize("row", [row for row in ROWS if row.values[0].name not in FREE])
@pytest.mark.parametrize("value", [7.5j, object(), (1, 2)], ids=["a complex number", "an object", "a tuple"])
def test_what_no_schema_allows_is_refused(row: Row, value: Any) -> None:
    """A value of no kind at all is refused by both."""
    assert list(differences(value, row.schema(LIMITS)))
    assert row.fault(value, LIMITS)


@pytest.mark.parametrize("parameter", [*FILTERS, *PAGING], ids=lambda parameter: parameter.name)
@given(text=texts | shaped)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_parameter_is_taken_as_its_schema_says(parameter: Any, text: str) -> None:
    """So it is with what stands in addresses."""
    schema = parameter.row.schema(LIMITS)
    value = int(text) if schema["type"] == "integer" and text.isdecimal() else text

    assert parameter.row.fault(text, LIMITS) or list(differences(value, schema)) == []


def test_a_field_without_a_kind_is_no_field() -> None:
    """A missing kind is an error when the app is loaded."""
    with pytest.raises(TypeError, match="states no kind"):
        table_of(Row)


def test_a_field_says_what_it_may_hold() -> None:
    """The schema has the limits of the deployment and the words of the table."""
    assert ORDER["shots"].schema(LIMITS)["maximum"] == 1000
    assert ORDER["priority"].schema(LIMITS) == {
        "type": ["string", "null"],
        "enum": ["Standard", "High", None],
        "description": "as the workspace takes it",
    }
