"""The judge sees what is wrong, and lets sampling pass."""

from collections import Counter

import numpy as np
import pytest

from tests.conformance.judging import (
    FIVE_SIGMA,
    SUSPICIOUS,
    Expected,
    chance_of,
    distance,
    most_distance,
    usual_distance,
)

EXACT = {"00": 0.5, "01": 0.3, "10": 0.15, "11": 0.05}
PARITIES = [((0,), 0.2), ((1,), 0.35), ((0, 1), 0.45)]


def sampled(exact: dict[str, float], shots: int, seed: int) -> Counter[str]:
    """Draw counts from a distribution."""
    counts = np.random.default_rng(seed).multinomial(shots, list(exact.values()))
    return Counter({outcome: int(count) for outcome, count in zip(exact, counts, strict=True) if count})


def test_what_is_sampled_is_let_pass() -> None:
    """Of two hundred honest samples hardly one looks suspicious, and none is condemned."""
    chances = [chance_of(sampled(EXACT, 4_000, seed), Expected(EXACT)) for seed in range(200)]

    assert sum(chance < SUSPICIOUS for chance in chances) <= 1
    assert min(chances) > FIVE_SIGMA
    assert min(chance_of(sampled(EXACT, 4_000, seed), Expected(None, PARITIES)) for seed in range(40)) > FIVE_SIGMA


@pytest.mark.parametrize(
    "other",
    [
        {"00": 0.45, "01": 0.35, "10": 0.15, "11": 0.05},
        {"00": 0.5, "01": 0.15, "10": 0.3, "11": 0.05},
        {"00": 0.5, "01": 0.3, "10": 0.2},
        {"11": 1.0},
    ],
)
def test_another_distribution_is_found(other: dict[str, float]) -> None:
    """Five hundredths moved, two outcomes exchanged, one that is missing, and another program altogether."""
    counts = sampled(other, 20_000, 1)

    assert chance_of(counts, Expected(EXACT)) < FIVE_SIGMA
    assert chance_of(counts, Expected(None, PARITIES)) < FIVE_SIGMA


def test_what_cannot_happen_is_found_in_one_shot() -> None:
    """An outcome of no probability is wrong however rarely it is seen."""
    assert chance_of({"00": 3_999, "11": 1}, Expected({"00": 1.0})) < SUSPICIOUS
    assert chance_of({"00": 4_000}, Expected({"00": 1.0})) == 1.0


def test_distances_are_told_beside_what_sampling_makes() -> None:
    """The distance of a sample is about the usual one."""
    counts = sampled(EXACT, 4_000, 3)

    assert distance({"00": 1, "11": 1}, {"00": 0.5, "11": 0.5}) == 0
    assert distance(counts, EXACT) < 4 * usual_distance(EXACT, 4_000)


def test_two_samples_are_as_near_as_sampling_lets_them() -> None:
    """Two samples of one distribution pass, however few they are; those of another do not."""
    for seed in range(40):
        one, other = sampled(EXACT, 4_000, seed), sampled(EXACT, 500, seed + 100)
        assert distance(one, {key: count / 500 for key, count in other.items()}) < most_distance(one, other)

    turned = sampled({"00": 0.5, "01": 0.15, "10": 0.3, "11": 0.05}, 4_000, 1)
    assert distance(sampled(EXACT, 4_000, 2), {key: count / 4_000 for key, count in turned.items()}) > most_distance(
        sampled(EXACT, 4_000, 2), turned
    )
