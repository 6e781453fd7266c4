"""Outcomes are spelled by the whole histogram: one spelling each, and numbers never pass for bits."""

import json
from typing import Any

import pytest

from quantum.results.histograms import Histogram, Register, from_counts
from quantum.results.outcome_keys import outcome_keys, sort_keys
from quantum.results.readers import read_result

V2 = "microsoft.quantum-results.v2"
V1 = "microsoft.quantum-results.v1"


def read(output: Any, form: str = V2, shots: int = 100) -> Histogram:
    """A histogram out of an output."""
    result = read_result(json.dumps(output).encode(), form, shots, None)
    assert isinstance(result, Histogram)
    return result


def v2(*entries: tuple[object, int]) -> dict[str, Any]:
    """An output of the second version."""
    return {"Results": [{"Histogram": [{"Outcome": outcome, "Count": count} for outcome, count in entries]}]}


@pytest.mark.parametrize(
    ("outcomes", "keys", "are_bits"),
    [
        ([[0, 1], [1, 1]], ["01", "11"], True),
        ([[12, 3], [1, 3]], ["12,3", "1,3"], False),
        ([{"Item1": 10, "Item2": 4}, {"Item1": 0, "Item2": 4}], ["10,4", "0,4"], False),
        ([[1, 1], [11, 2]], ["1,1", "11,2"], False),
        ([-1, 10], ["-1", "10"], False),
        ([True, False], ["1", "0"], True),
        ([[[0, 1], 3], [[1, "-"], 0]], ["01 3", "1- 0"], False),
        ([[[], [0, 0]]], ["00"], True),
        ([[0, None, 1]], ["01"], True),
        ([[0, [], [[]], 1]], ["01"], True),
        ([[[[0, 1], [1]], [0]]], ["01 1 0"], True),
        ([0.5, 2.0], ["0.5", "2.0"], False),
        ([[], None], ["", ""], True),
    ],
)
def test_an_outcome_has_one_spelling(outcomes: list[Any], keys: list[str], *, are_bits: bool) -> None:
    """A comma stands where any outcome has a number, and parts without values are not there."""
    assert outcome_keys(outcomes) == (keys, are_bits)


def test_numbers_are_no_registers_of_bits() -> None:
    """Ten is a number, not two bits; -1 is no lost one."""
    histogram = read(v2((-1, 40), (10, 60)))

    assert histogram.counts == {"-1": 40, "10": 60}
    assert histogram.registers == ()


def test_numbers_are_sorted_as_numbers() -> None:
    """Two comes before ten, and a tuple by its first number."""
    assert list(read(v2((10, 1), (2, 1), (-3, 1))).counts) == ["-3", "2", "10"]
    assert list(read(v2(([10, 4], 1), ([9, 5], 1), ([9, 4], 1))).counts) == ["9,4", "9,5", "10,4"]


def test_outcomes_with_words_are_sorted_as_text() -> None:
    """Where not all are numbers, nothing is guessed."""
    assert sort_keys(["b", "10", "2"], are_bits=False) == ["10", "2", "b"]


def test_parts_without_values_are_no_registers() -> None:
    """An empty array leaves neither a blank nor a register."""
    histogram = read(v2(([[], [0, 0]], 100)))

    assert histogram.counts == {"00": 100}
    assert histogram.registers == (Register(2),)


def test_the_first_version_spells_by_the_whole_histogram_as_well() -> None:
    """What is a number in one outcome is one in all of them."""
    histogram = read({"Histogram": ["(12, 3)", 0.5, "(1, 3)", 0.25, "(0, 1)", 0.25]}, V1)

    assert list(histogram.counts) == ["0,1", "1,3", "12,3"]
    assert histogram.registers == ()


def test_an_empty_memory_region_is_left_out() -> None:
    """Of a provider that names its registers, too."""
    histogram = read({"ro": [[0, 1], [1, 1]], "none": [[], []]}, "rigetti.quil-results.v1", 2)

    assert histogram.counts == {"01": 1, "11": 1}
    assert histogram.registers == (Register(2, "ro"),)


def test_several_programs_of_numbers_have_no_registers_together() -> None:
    """What one of them counts in numbers is not bits when it is added up."""
    output = v2((10, 1))
    output["Results"] += v2((11, 1))["Results"]

    assert read(output).registers == ()


def test_counts_of_bits_are_registers_unless_told_otherwise() -> None:
    """Who has bits says nothing more."""
    assert from_counts({"10": 1}).registers == (Register(2),)
    assert from_counts({"10": 1}, are_bits=False).registers == ()
