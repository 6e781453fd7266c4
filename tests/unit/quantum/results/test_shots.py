"""Shots are cut out of an output: nothing else changes, and the time grows with the bytes alone."""

import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quantum.results.readers import MAX_PARSED_BYTES, UnreadableResultError, read_result
from quantum.results.shots import DEPTH, without_shots

V2 = "microsoft.quantum-results.v2"
MIB = 1024 * 1024

texts = st.text(max_size=8) | st.sampled_from(['"', "\\", '\\"Shots":[', "]}", '"Shots": [', "Shots"])
values = st.recursive(
    st.integers(0, 1) | st.none() | texts | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=12,
)
documents = st.recursive(
    st.fixed_dictionaries({"Shots": st.lists(values, max_size=5)}, optional={"a": texts, '\\"Shots': texts}),
    lambda inner: st.lists(inner | values, max_size=4) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=4,
)
bits = st.lists(st.integers(0, 1), min_size=1, max_size=4)


def emptied(value: Any) -> Any:
    """The document with every list of shots empty, the slow way."""
    if isinstance(value, list):
        return [emptied(item) for item in value]
    if isinstance(value, dict):
        return {
            name: [] if name == "Shots" and isinstance(item, list) else emptied(item) for name, item in value.items()
        }
    return value


@settings(deadline=None)
@given(documents, st.sampled_from([None, 2]), st.booleans())
def test_what_is_cut_is_the_shots_and_nothing_else(document: Any, indent: int | None, ascii_only: bool) -> None:  # noqa: FBT001  # drawn
    """Whatever else the output holds, quotes and brackets in texts too, reads as it did."""
    raw = json.dumps(document, indent=indent, ensure_ascii=ascii_only).encode()

    assert json.loads(without_shots(raw)) == emptied(document)


@settings(deadline=None)
@given(st.lists(st.tuples(bits, st.integers(1, 9)), min_size=1, max_size=5), st.lists(values, max_size=20))
def test_counts_are_the_same_with_and_without_shots(histogram: list[tuple[list[int], int]], shots: list[Any]) -> None:
    """Nobody reads the shots, so nobody misses them."""
    counted = [{"Outcome": outcome, "Count": count} for outcome, count in histogram]
    whole = json.dumps({"Results": [{"Histogram": counted, "Shots": shots}]}).encode()
    alone = json.dumps({"Results": [{"Histogram": counted}]}).encode()

    assert read_result(whole, V2, 1, None).counts == read_result(alone, V2, 1, None).counts


@pytest.mark.parametrize(
    "piece", [b'"Shots":[', b'"Shots":[" ', b'"Shots":[]', b'"Shots":["\\', b"[[", b'"Shots":[{"":']
)
@pytest.mark.parametrize("end", [b"", b"]" * MIB, b"0," * MIB, b'"'])
def test_hostile_output_takes_no_longer_than_any_other(piece: bytes, end: bytes) -> None:
    """A search that began anew at every name would take hours for this."""
    raw = piece * (2 * MIB // len(piece)) + end

    began = time.process_time()
    without_shots(raw)

    assert time.process_time() - began < 5


def test_shots_that_are_nested_too_deeply_stay() -> None:
    """The parser then says what it thinks of them."""
    fits, deeper = (b'{"Shots":' + b"[" * depth + b"]" * depth + b"}" for depth in (DEPTH + 1, DEPTH + 2))

    assert without_shots(fits) == b'{"Shots":[]}'
    assert without_shots(deeper) == deeper


def test_output_that_is_large_without_its_shots_is_not_parsed() -> None:
    """Parsed, it would take many times its bytes."""
    large = b'{"Results":[],"a":"%s"}' % (b"a" * MAX_PARSED_BYTES)

    with pytest.raises(UnreadableResultError, match="bytes beside its shots"):
        read_result(large, V2, 1, None)


def test_a_million_shots_are_cut_before_they_are_parsed() -> None:
    """A large number of shots costs neither memory nor the counts."""
    head = b'{"Results":[{"Histogram":[{"Outcome":[0],"Count":1}],"Shots":['
    raw = head + b"[0]," * 1_000_000 + b"[0]]}]}"

    assert len(without_shots(raw)) < 100
    assert read_result(raw, V2, 1, None).counts == {"0": 1}
