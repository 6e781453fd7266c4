"""Tells whether counts can come from an exact distribution: five sigma, counted over all that is compared in a program.

A program of up to twelve bits is compared outcome by outcome and as a whole; a larger one by the parities of bits.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from scipy.stats import binom, chi2

FIVE_SIGMA = 5.7e-7
SUSPICIOUS = 1e-4
SMALLEST_BIN = 10.0
IMPOSSIBLE = 1e-9  # what a library gives as 0, or nearly

Parities = Sequence[tuple[Sequence[int], float]]


@dataclass(frozen=True)
class Expected:
    """What counts should be like: the whole distribution, or the chances that some bits are odd together."""

    exact: Mapping[str, float] | None
    parities: Parities | None = None


def chance_of(counts: Mapping[str, int], expected: Expected) -> float:
    """Give the chance to see counts as far off as these, at most 1: small means that they are wrong."""
    if expected.exact is None:
        tests = list(_parity_chances(counts, expected.parities or ()))
    else:
        tests = [*_outcome_chances(counts, expected.exact), _whole_chance(counts, expected.exact)]
    return min(1.0, min(tests) * len(tests))


def distance(counts: Mapping[str, int], exact: Mapping[str, float]) -> float:
    """Give the total variation distance of counts from a distribution."""
    shots = sum(counts.values())
    return sum(abs(counts.get(key, 0) / shots - exact.get(key, 0.0)) for key in {*counts, *exact}) / 2


def usual_distance(exact: Mapping[str, float], shots: int) -> float:
    """Give the distance that sampling alone makes, on average."""
    errors = ((share, math.sqrt(2 * share * (1 - share) / (math.pi * shots))) for share in exact.values() if share < 1)
    return sum(min(2 * share, error) for share, error in errors) / 2


def most_distance(counts: Mapping[str, int], others: Mapping[str, int]) -> float:
    """Give the distance that two samples of the same distribution have at most, five sigma sure.

    It is what sampling makes on average, and what the bounded differences of single shots add (McDiarmid).
    """
    shots, more = sum(counts.values()), sum(others.values())
    noise = 1 / shots + 1 / more
    shares = [(counts.get(key, 0) + others.get(key, 0)) / (shots + more) for key in {*counts, *others}]
    usual = sum(math.sqrt(2 * share * (1 - share) * noise / math.pi) for share in shares) / 2
    return usual + math.sqrt(math.log(1 / FIVE_SIGMA) * noise / 2)


def _outcome_chances(counts: Mapping[str, int], exact: Mapping[str, float]) -> Iterator[float]:
    shots = sum(counts.values())
    for outcome in {*counts, *exact}:
        yield _two_sided(counts.get(outcome, 0), shots, exact.get(outcome, 0.0))


def _two_sided(seen: int, shots: int, share: float) -> float:
    share = min(max(share, IMPOSSIBLE), 1 - IMPOSSIBLE)
    return min(1.0, 2 * min(float(binom.cdf(seen, shots, share)), float(binom.sf(seen - 1, shots, share))))


def _whole_chance(counts: Mapping[str, int], exact: Mapping[str, float]) -> float:
    """Ask chi-square, outcomes that are rarer than its approximation bears taken together."""
    shots = sum(counts.values())
    bins = [(counts.get(key, 0), share * shots) for key, share in exact.items() if share * shots >= SMALLEST_BIN]
    rest = shots - sum(seen for seen, _ in bins), shots - sum(usual for _, usual in bins)
    if rest[1] >= SMALLEST_BIN:
        bins.append(rest)
    if len(bins) < 2:
        return 1.0
    return float(chi2.sf(sum((seen - usual) ** 2 / usual for seen, usual in bins), len(bins) - 1))


def _parity_chances(counts: Mapping[str, int], parities: Parities) -> Iterator[float]:
    shots = sum(counts.values())
    texts = {outcome.replace(" ", ""): count for outcome, count in counts.items()}
    for places, share in parities:
        odd = sum(count for text, count in texts.items() if sum(text[place] == "1" for place in places) % 2)
        yield _two_sided(odd, shots, share)
