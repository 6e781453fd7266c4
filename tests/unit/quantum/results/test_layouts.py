"""Bits that are known before a program runs stand in its outcomes as if they had been measured."""

import json

import pytest

from quantum.results.histograms import Histogram, Register, UnreadableResultError, from_counts, from_probabilities
from quantum.results.layouts import fill_in
from quantum.results.normalise import make_result
from tests.support.builders import JOB_ID, a_job, a_program, a_remote_job

RAW = f"results/{JOB_ID}/raw"


@pytest.mark.parametrize(
    ("layout", "measured", "whole", "widths"),
    [
        ("[mz]", "1", "10", [2]),
        ("[z3mo2]", "1", "000111", [6]),
        ("[zz] m", "1", "00 1", [2, 1]),
        ("[mz] m", "1 0", "10 0", [2, 1]),
        ("[mz] m", "10", "10 0", [2, 1]),
        ("m [z2] m", "01", "0 00 1", [1, 2, 1]),
        ("[m2] z [m]", "01 1", "01 0 1", [2, 1, 1]),
        ("m z m", "01", "001", [3]),
        ("[mzm] [o]", "-1", "-01 1", [3, 1]),
    ],
)
def test_known_bits_are_put_back(layout: str, measured: str, whole: str, widths: list[int]) -> None:
    """In counts, probabilities and registers, whether the provider knows registers or gives all bits in one."""
    histogram = fill_in(from_counts({measured: 7}), layout)

    assert (histogram.counts, histogram.probabilities) == ({whole: 7}, {whole: 1.0})
    assert histogram.registers == tuple(map(Register, widths))


def test_probabilities_without_counts_are_completed_too() -> None:
    """Where a provider gives shares, some outcomes have no count."""
    histogram = fill_in(from_probabilities({"0": 0.999, "1": 0.001}, 10), "[zm]")

    assert histogram.counts == {"00": 10}
    assert histogram.probabilities == {"00": 0.999, "01": 0.001}
    assert not histogram.sampled


@pytest.mark.parametrize("outcome", ["11", "1 1", "7", "", "yes", "1 "])
def test_an_output_that_does_not_fit_is_not_guessed_at(outcome: str) -> None:
    """A wrong number of bits, other registers, or no bits at all."""
    with pytest.raises(UnreadableResultError):
        fill_in(from_counts({outcome: 1}), "[mz]")


@pytest.mark.parametrize("layout", ["", "[m", "m2", "[m] x", "[mz100000000]"])
def test_a_layout_that_cannot_be_is_told(layout: str) -> None:
    """It is what an older or a newer release wrote, or more bits than we hold."""
    with pytest.raises(UnreadableResultError):
        fill_in(from_counts({"1": 1}), layout)


def test_where_every_shot_broke_there_is_nothing_to_complete() -> None:
    """The warning says so already."""
    broken = Histogram({}, {}, warnings=("1 shot ended in an error",))

    assert fill_in(broken, "[mz]") == broken


def test_parts_of_an_output_are_completed_too() -> None:
    """Several results in one output are of the same program."""
    part = from_counts({"1": 1})

    whole = fill_in(Histogram({"1": 2}, {"1": 1.0}, parts=(part, part)), "[zm]")

    assert [part.counts for part in whole.parts] == [{"01": 1}, {"01": 1}]


def test_a_result_has_the_known_bits_in_it() -> None:
    """Whoever reads it, or adds its counts up, sees all of the program's registers."""
    output = json.dumps({"Results": [{"Histogram": [{"Outcome": [[1], 0], "Count": 4}]}]}).encode()
    remote = a_remote_job(status="Succeeded")

    collected = make_result(a_job(program=a_program(layout="[mz] z m")), remote, output, RAW)

    result = json.loads(collected.content)
    assert (result["counts"], result["registers"]) == ({"10 0 0": 4}, [{"bits": 2}, {"bits": 1}, {"bits": 1}])
    assert collected.warnings == ()


def test_a_result_that_does_not_fit_is_kept_without_counts() -> None:
    """Never a wrong answer."""
    output = json.dumps({"Results": [{"Histogram": [{"Outcome": [1, 0], "Count": 4}]}]}).encode()

    collected = make_result(a_job(program=a_program(layout="[mz]")), a_remote_job(status="Succeeded"), output, RAW)

    assert json.loads(collected.content)["counts"] is None
    assert "does not hold the bits that the program measures" in collected.warnings[0]


@pytest.mark.parametrize(
    ("layout", "read", "keys"),
    [
        ("#2", {"10": 7}, {"1,0": 7}),
        ("#2", {"1-": 7}, {"1,-": 7}),
        ("#2", {"2,0": 3, "12,1": 4}, {"2,0": 3, "12,1": 4}),
        ("#1", {"10": 3, "1": 4}, {"1": 4, "10": 3}),
        ("b3 #1", {"110 0": 7}, {"110 0": 7}),
        ("b2 #2", {"01 11": 7}, {"01 1,1": 7}),
        ("#2", {"0 1": 7}, {"0 1": 7}),
    ],
)
def test_numbers_are_no_bits_though_they_are_0_or_1(layout: str, read: dict[str, int], keys: dict[str, int]) -> None:
    """They have commas between them in every shape of histogram, and are no registers."""
    histogram = fill_in(from_counts(read), layout)

    assert (list(histogram.counts.items()), histogram.registers) == (list(keys.items()), ())
    assert histogram.probabilities == {key: count / 7 for key, count in keys.items()}
