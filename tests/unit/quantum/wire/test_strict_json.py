"""JSON from strangers is read strictly, or refused with a reason."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quantum.wire.strict_json import MAX_DEPTH, InvalidJsonError, loads

FAULTY = {
    b"\xff": "not UTF-8 text (byte 0)",
    b"{": "not JSON: Expecting property name enclosed in double quotes (line 1, column 2)",
    b"": "not JSON: Expecting value (line 1, column 1)",
    b"\xff\xfe{\0}\0": "not UTF-8 but UTF-16 text: save it as UTF-8",
    b'{"a": 1, "a": 2}': "the name 'a' stands twice in one object",
    b"[NaN]": "NaN is not a JSON number",
    b"-Infinity": "-Infinity is not a JSON number",
    b"1e999": "a number is too large",
    b"-1e999": "a number is too large",
    b"18446744073709551616": "a number is too large",
    b"9" * 5000: "a number is too large",
    b'{"a": [1, {"b.c": -1e999}], "d": 1e400}': "a number is too large: a[1].b.c, d",
    b'{"a": [{"\\ud800": ' + b"9" * 5000 + b', "e": -9}], "f": 1e400}': "a number is too large: a[0].\\ud800, f",
    b"[" + b"1e999," * 99 + b"1]": "a number is too large: " + ", ".join(f"[{place}]" for place in range(20)),
    b'"\\ud800"': "text with half of a surrogate pair",
    b'{"\\udc00": 1}': "text with half of a surrogate pair",
    b"[" * (MAX_DEPTH + 2) + b"]" * (MAX_DEPTH + 2): f"nested deeper than {MAX_DEPTH} levels",
    b"[" * 1_000_000: f"nested deeper than {MAX_DEPTH} levels",
    b'{"a":' * (MAX_DEPTH + 2) + b"1" + b"}" * (MAX_DEPTH + 2): f"nested deeper than {MAX_DEPTH} levels",
}

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize(("data", "reason"), FAULTY.items(), ids=range(len(FAULTY)))
def test_what_is_not_strict_json_is_refused_with_the_reason(data: bytes, reason: str) -> None:
    """Whoever sent it reads what is wrong."""
    with pytest.raises(InvalidJsonError) as refused:
        loads(data)

    assert str(refused.value) == reason


def test_a_byte_order_mark_is_passed_over() -> None:
    """Editors on Windows write one."""
    assert loads(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


def test_the_deepest_nesting_that_is_allowed_is_read() -> None:
    """The limit itself is within the limit."""
    data = b"[" * MAX_DEPTH + b"]" * MAX_DEPTH

    assert json.dumps(loads(data)).encode() == data


@settings(deadline=None, max_examples=100)
@given(values)
def test_what_is_json_is_read_as_it_was_meant(value: object) -> None:
    """Strictness changes no value."""
    assert loads(json.dumps(value).encode()) == value


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=64) | texts.map(str.encode))
def test_no_bytes_raise_anything_else(data: bytes) -> None:
    """Any bytes give a value or an InvalidJsonError."""
    try:
        value = loads(data)
    except InvalidJsonError:
        return

    assert json.loads(data) == value


@pytest.mark.parametrize("largest", [2**63, -(2**63)])
def test_integers_are_read_up_to_a_bound(largest: int) -> None:
    """Both bounds are within the range; the next integer is too large."""
    beyond = largest + 1 if largest > 0 else largest - 1

    assert loads(str(largest).encode()) == largest
    with pytest.raises(InvalidJsonError, match="a number is too large"):
        loads(str(beyond).encode())


def test_a_field_may_hold_numbers_of_any_size() -> None:
    """Where the caller of the reader says so, and nowhere else; nesting is bounded there as well."""
    assert loads(b'{"arguments": [1267650600228229401496703205376]}', unbounded="arguments") == {"arguments": [2**100]}
    with pytest.raises(InvalidJsonError, match=r"too large: shots$"):
        loads(b'{"arguments": [%d], "shots": 1267650600228229401496703205376}' % 2**70, unbounded="arguments")
    with pytest.raises(InvalidJsonError, match=r"too large: arguments\[1\]$"):
        loads(b'{"arguments": [%d, 1e400]}' % 2**70, unbounded="arguments")
    with pytest.raises(InvalidJsonError, match="nested deeper"):
        loads(b'{"arguments": ' + b"[" * 40 + b"]" * 40 + b"}", unbounded="arguments")
