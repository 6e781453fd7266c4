"""Distances between distributions, and how far their errors can be trusted."""

import math
from statistics import fmean, stdev
from typing import Any

import pytest
from qiskit.quantum_info import hellinger_distance, hellinger_fidelity

from quantum.batches import statistics
from quantum.batches.statistics import Estimate, Sample, sample_of_counts, sample_of_result
from tests.support.distributions import GHZ, OUTCOMES, drawn, noisy, sampled


@pytest.mark.parametrize(
    ("mine", "its"),
    [
        (GHZ, GHZ),
        (noisy(0.2), GHZ),
        ({"0": 1.0}, {"1": 1.0}),
        ({"00": 30, "01": 20, "11": 50}, {"00": 1, "10": 1, "11": 2}),
    ],
)
def test_exact_distributions_have_exact_distances(mine: dict[str, float], its: dict[str, float]) -> None:
    """Qiskit works out the same fidelity, and neither value has an error."""
    first, second = sample_of_counts(mine), sample_of_counts(its)
    fidelity = statistics.hellinger_fidelity(first, second)
    distance = statistics.total_variation(first, second)
    expected = sum(abs(first.shares.get(key, 0) - second.shares.get(key, 0)) for key in {**mine, **its}) / 2

    assert fidelity.value == pytest.approx(hellinger_fidelity(mine, its), abs=1e-9)
    assert distance.value == pytest.approx(expected)
    assert fidelity.error is distance.error is None
    assert 1 - math.sqrt(fidelity.value) <= distance.value + 1e-9 <= math.sqrt(2) * hellinger_distance(mine, its) + 1e-8


MEASURES = (statistics.hellinger_fidelity, statistics.total_variation)


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize(("noise", "shots"), [(0.1, 200), (0.3, 100), (0.05, 1000)])
def test_values_are_unbiased_and_errors_cover_them(measure: Any, noise: float, shots: int) -> None:
    """Over many runs the mean is the true value, which lies within two errors of each in nine of ten, or more."""
    reference = sample_of_counts(GHZ)
    true = measure(Sample(noisy(noise), None, (3,)), reference).value
    runs = [measure(drawn(noisy(noise), shots, seed), reference) for seed in range(150)]
    spread = stdev(run.value for run in runs)

    assert fmean(run.value for run in runs) == pytest.approx(true, abs=spread / 3)
    assert sum(abs(run.value - true) <= run.error for run in runs) >= 0.6 * len(runs)
    assert sum(abs(run.value - true) <= 2 * run.error for run in runs) >= 0.9 * len(runs)
    assert 0.85 * spread < fmean(run.error for run in runs) < 1.7 * spread


@pytest.mark.parametrize("measure", MEASURES)
def test_a_sampled_reference_adds_its_error(measure: Any) -> None:
    """It widens the error, but not the part that the member's own shots contribute."""
    reference = noisy(0.1)
    exact = [measure(drawn(noisy(0.4), 500, seed), sample_of_counts(reference)).error for seed in range(150)]
    runs = [measure(drawn(noisy(0.4), 500, seed), drawn(reference, 500, seed + 1000)) for seed in range(150)]

    assert all(run.error > run.own_error for run in runs)
    assert fmean(run.own_error for run in runs) == pytest.approx(fmean(exact), rel=0.1)
    assert fmean(run.error for run in runs) == pytest.approx(stdev(run.value for run in runs), rel=0.25)


def test_the_bias_of_equal_distributions_is_mostly_removed() -> None:
    """Where nothing differs, noise alone makes the plain values look bad."""
    uniform = dict.fromkeys(OUTCOMES, 1 / 8)
    reference = sample_of_counts(uniform)
    samples = [drawn(uniform, 200, seed) for seed in range(100)]
    plain = [hellinger_fidelity(dict(each.shares), uniform) for each in samples]
    fidelities = [statistics.hellinger_fidelity(each, reference) for each in samples]

    assert 1 - fmean(each.value for each in fidelities) < (1 - fmean(plain)) / 3
    assert all(abs(each.value - 1) < 3 * (each.error or 0) for each in fidelities)


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("counts", [{"000": 1}, {"000": 1000}, {"000": 500, "111": 500}, {"010": 7}])
def test_no_error_is_smaller_than_one_shot(measure: Any, counts: dict[str, int]) -> None:
    """Equal counts are no proof of equal distributions, and values stay between 0 and 1."""
    shots = sum(counts.values())
    for reference in (GHZ, {"000": 1.0}):
        value = measure(sampled(counts), sample_of_counts(reference))

        assert 0 <= value.value <= 1
        assert value.error >= 1 / shots


def test_probabilities_have_no_error() -> None:
    """What a provider worked out was not sampled, though the result has counts too."""
    result = {"counts": {"00": 500, "11": 500}, "probabilities": {"00": 0.5, "11": 0.5}, "sampled": False}
    sample = sample_of_result({**result, "registers": [{"bits": 2}]})

    assert isinstance(sample, Sample)
    assert statistics.hellinger_fidelity(sample, sample_of_counts({"00": 1, "11": 1})) == Estimate(1.0)


@pytest.mark.parametrize(
    ("counts", "widths", "reason"),
    [
        ({"00 1": 5}, [2, 1], "it has registers of 2 and 1 bits, but the reference has one register of 3 bits"),
        ({"1": 5}, [1], "it has one register of 1 bit, but the reference has one register of 3 bits"),
        (
            {"0.5": 5},
            [],
            "it has outcomes that are not bits, or differ in length, but the reference has one register of 3 bits",
        ),
        ({"001": 5}, [3], None),
    ],
)
def test_other_registers_are_not_compared(counts: dict[str, int], widths: list[int], reason: str | None) -> None:
    """The reason names both."""
    sample = sample_of_result({"counts": counts, "sampled": True, "registers": [{"bits": width} for width in widths]})

    assert isinstance(sample, Sample)
    assert statistics.reason_against(sample, sample_of_counts(GHZ)) == reason


@pytest.mark.parametrize(
    ("result", "reason"),
    [
        (None, "it has no result"),
        ({"counts": None, "sampled": None, "registers": []}, "its result has no counts"),
        ({"counts": {"0": 4}, "sampled": True, "parts": [{}, {}]}, "its output holds the results of 2 programs"),
    ],
)
def test_a_result_without_a_distribution_says_so(result: Any, reason: str) -> None:
    """A sum over several programs is not a distribution of one of them."""
    assert sample_of_result(result) == reason


def test_few_shots_have_a_warning() -> None:
    """Five for each outcome are the least at which the bias can be removed."""
    uniform = sample_of_counts(dict.fromkeys(OUTCOMES, 1.0))

    assert statistics.few_shots(drawn(uniform.shares, 40, seed=1), uniform) is None
    assert statistics.few_shots(drawn(uniform.shares, 39, seed=1), uniform) == (
        "39 shots are few for 8 outcomes: its fidelity may come out too low"
    )
