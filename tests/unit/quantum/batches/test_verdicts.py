"""The best is named where values differ by more than chance explains, and a tie is called one."""

import math
import random

import pytest
from scipy.stats import chi2

from quantum.batches.statistics import hellinger_fidelity, sample_of_counts
from quantum.batches.verdicts import BEST, NONE, TIE, Contender, Verdict, chi_square_tail, decide
from tests.support.distributions import GHZ, drawn, noisy

ERROR = 0.005


def contest(gap: float, seed: int, members: int = 4) -> Verdict:
    """Let members compete whose neighbours are apart by so many standard errors of their difference; 0 is the best."""
    noise, step = random.Random(seed), gap * ERROR * math.sqrt(2)  # noqa: S311 a simulation
    values = [0.9 - place * step + noise.gauss(0, ERROR) for place in range(members)]
    return decide([Contender(number, value, ERROR) for number, value in enumerate(values)])


def test_three_standard_errors_apart_the_best_is_named() -> None:
    """In at least 19 of 20 runs: counted over 2,000."""
    outcomes = [contest(3, seed) for seed in range(2000)]

    assert sum(each.outcome == BEST and each.members == (0,) for each in outcomes) >= 0.95 * len(outcomes)
    assert all(each.outcome in (BEST, TIE) for each in outcomes)
    assert all(0 in each.members for each in outcomes)


@pytest.mark.parametrize("members", [2, 3, 4, 20])
def test_equal_members_are_a_tie(members: int) -> None:
    """In at least 90 of 100 runs, however many they are."""
    outcomes = [contest(0, seed, members) for seed in range(1000)]

    assert sum(each.outcome == TIE for each in outcomes) >= 0.93 * len(outcomes)


@pytest.mark.parametrize("members", [2, 4, 10])
def test_six_standard_errors_apart_nothing_is_a_tie(members: int) -> None:
    """Not in one of 1,000 runs."""
    assert all(contest(6, seed, members).members == (0,) for seed in range(1000))


def test_two_equal_ones_ahead_of_others_are_mostly_a_tie() -> None:
    """One of them is named by chance in one of five runs, as the page says; never one of the others."""
    outcomes = []
    for seed in range(1000):
        noise = random.Random(seed)  # noqa: S311 a simulation
        values = [0.9, 0.9, 0.8, 0.8]
        outcomes.append(decide([Contender(n, value + noise.gauss(0, ERROR), ERROR) for n, value in enumerate(values)]))

    assert 0.15 < sum(each.outcome == BEST for each in outcomes) / 1000 < 0.25
    assert all(set(each.members) <= {0, 1} for each in outcomes)


def ghz_contest(noises: list[float], seed: int, shots: int = 500) -> Verdict:
    """Let targets with so much noise run a GHZ program."""
    reference = sample_of_counts(GHZ)
    estimates = [
        hellinger_fidelity(drawn(noisy(noise), shots, 1000 * seed + place), reference)
        for place, noise in enumerate(noises)
    ]
    return decide([Contender(place, each.value, each.own_error) for place, each in enumerate(estimates)])


def steps_of_noise(gap: float, shots: int = 500) -> list[float]:
    """Choose four levels of noise whose fidelities are apart by so many standard errors of their difference."""
    noises = [0.02]
    for _ in range(3):
        fidelity = 1 - 0.75 * noises[-1]
        lower = fidelity
        while fidelity - lower < gap * math.sqrt((fidelity * (1 - fidelity) + lower * (1 - lower)) / shots):
            lower -= 1e-4
        noises.append((1 - lower) / 0.75)
    return noises


def test_targets_of_a_ghz_program_are_told_apart() -> None:
    """At 3 standard errors in 19 of 20 seeds, at 6 in all; equal ones are a tie in 90 of 100."""
    three, six = steps_of_noise(3), steps_of_noise(6)

    assert sum(ghz_contest(three, seed).members == (0,) for seed in range(20)) >= 19
    assert all(ghz_contest(six, seed).members == (0,) for seed in range(20))
    assert sum(ghz_contest([0.1] * 4, seed, 200).outcome == TIE for seed in range(100)) >= 90


def test_targets_without_noise_are_a_tie() -> None:
    """Their fidelities are all nearly 1, where errors are hardest to estimate; two noisy ones do not change that."""
    outcomes = [ghz_contest([0.0, 0.0, 0.2, 0.3], seed, 200) for seed in range(50)]

    assert sum(set(each.members) == {0, 1} for each in outcomes) >= 45


def test_exact_values_are_equal_or_not() -> None:
    """Rounding errors do not make one the best; without any contender there is neither."""
    assert decide([Contender(0, 0.1 + 0.2), Contender(1, 0.3), Contender(2, 0.1)]).members == (0, 1)
    assert decide([Contender(0, 5.0), Contender(1, 4.0)], lowest=True).members == (1,)
    assert decide([Contender(7, 5.0, 1.0)]) == Verdict(BEST, (7,), "it is the only member that can be ranked")
    assert decide([]).outcome == NONE


def test_an_exact_value_competes_with_sampled_ones() -> None:
    """It adds no error to the difference."""
    assert decide([Contender(0, 0.99), Contender(1, 0.95, 0.01), Contender(2, 0.90, 0.01)]).members == (0,)
    assert decide([Contender(0, 0.99), Contender(1, 0.985, 0.01)]).outcome == TIE
    assert decide([Contender(0, 0.99), Contender(1, 0.98), Contender(2, 0.5, 0.01)]).members == (0,)


def test_reasons_say_how_far_ahead() -> None:
    """In standard errors of the difference, with the member that is nearest."""
    best = decide([Contender(0, 0.9, 0.003), Contender(1, 0.95, 0.004)])
    tie = decide([Contender(0, 0.9, 0.01), Contender(1, 0.901, 0.01), Contender(2, 0.5, 0.01)])

    assert best.reason == "it is ahead of member 0 by 10.0 standard errors of their difference"
    assert tie == Verdict(
        TIE,
        (1, 0),
        "member 1 is ahead of member 0 by 0.1 standard errors of their difference; 1.28 make it the best",
    )


@pytest.mark.parametrize("degrees", [1, 2, 3, 10, 9999])
def test_the_chi_square_distribution_is_that_of_scipy(degrees: int) -> None:
    """From its middle to its far tail."""
    for value in (0.0, 0.5, 3.84, float(degrees), 1.3 * degrees, 1e18):
        assert chi_square_tail(value, degrees) == pytest.approx(chi2.sf(value, degrees), abs=1e-12)
