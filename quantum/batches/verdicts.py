"""Decides which of several values is the best, or which are a tie, by their sampling errors.

A best is named if two tests agree. The first asks whether all could be equal (the chi-square test of homogeneity, at
5 %). The second asks whether the first is ahead of each other by 1.28 standard errors of their difference. No further
correction for the number of comparisons is needed: Gutmann and Maymin (1987) and Hung and Fithian (2019) show it for
the test of a winner against its runner-up. docs/comparison.md says how often the rule errs, and why it is not stricter.
"""

import math
from collections.abc import Sequence
from statistics import NormalDist

from quantum.wire.records import record

BEST, TIE, NOT_COMPARABLE, NONE = "best", "tie", "notComparable", "none"
ALL_EQUAL = 0.05  # the chance that members which are all equal fail the first test
LEVEL = 0.10  # one-sided: the chance that a member is this far ahead of one that is as good
AHEAD = NormalDist().inv_cdf(1 - LEVEL)
EQUAL = 1e-9  # differences below this are those of floating-point numbers


@record
class Contender:
    """A member of a contest: its number, the value that counts, and the value's standard error; 0 if it is exact."""

    number: int
    value: float
    error: float = 0.0


@record
class Verdict:
    """The outcome of a contest, its members and the reason in words."""

    outcome: str
    members: tuple[int, ...] = ()
    reason: str = ""


def decide(contenders: Sequence[Contender], *, lowest: bool = False) -> Verdict:
    """Name the best contender or the tie; the highest value is the best unless the `lowest` is."""
    ordered = sorted(contenders, key=lambda each: (each.value if lowest else -each.value, each.number))
    if not ordered:
        return Verdict(NONE, (), "no member can be ranked")
    if len(ordered) == 1:
        return Verdict(BEST, (ordered[0].number,), "it is the only member that can be ranked")
    if not any(each.error for each in ordered):
        return _of_exact(ordered)
    chance = chance_if_equal(ordered)
    if chance > ALL_EQUAL:
        reason = f"were all of them equal, they would differ as much as this in {100 * chance:.0f} % of all runs"
        return Verdict(TIE, tuple(each.number for each in ordered), reason)
    return _of_first(ordered)


def chance_if_equal(contenders: Sequence[Contender]) -> float:
    """Return the chance that equal contenders differ at least as much as these (chi-square, homogeneity)."""
    weights = [1 / max(each.error, EQUAL) ** 2 for each in contenders]
    total = math.fsum(weights)
    mean = math.fsum(weight * each.value for weight, each in zip(weights, contenders, strict=True)) / total
    sum_of_squares = math.fsum(
        weight * (each.value - mean) ** 2 for weight, each in zip(weights, contenders, strict=True)
    )
    return chi_square_tail(sum_of_squares, len(contenders) - 1)


def chi_square_tail(value: float, degrees: int) -> float:
    """Return the chance that a chi-square variable with these degrees of freedom exceeds a value."""
    half = value / 2
    if half <= 0:
        return 1.0
    steps = (degrees / 2 - step for step in range(1, (degrees + 1) // 2 + 1))
    terms = (math.exp(step * math.log(half) - half - math.lgamma(step + 1)) for step in steps if step >= 0)
    return min(1.0, math.fsum(terms) + (math.erfc(math.sqrt(half)) if degrees % 2 else 0.0))


def _of_exact(ordered: Sequence[Contender]) -> Verdict:
    first = ordered[0]
    equal = [each for each in ordered if math.isclose(each.value, first.value, rel_tol=EQUAL, abs_tol=EQUAL)]
    if len(equal) == 1:
        return Verdict(BEST, (first.number,), "the values have no sampling error")
    return Verdict(TIE, tuple(each.number for each in equal), f"{len(equal)} members have the same value")


def _of_first(ordered: Sequence[Contender]) -> Verdict:
    first, *others = ordered
    nearest = min(others, key=lambda each: _ahead(first, each))
    gap = _ahead(first, nearest)
    if gap >= AHEAD:
        reason = f"it is ahead of member {nearest.number} by {gap:.1f} standard errors of their difference"
        return Verdict(BEST, (first.number,), reason)
    worse = NormalDist().inv_cdf(1 - LEVEL / len(others))
    tied = (first, *(each for each in others if _ahead(first, each) < worse))
    reason = (
        f"member {first.number} is ahead of member {nearest.number} by {gap:.1f} standard errors of their difference; "
        f"{AHEAD:.2f} make it the best"
    )
    return Verdict(TIE, tuple(each.number for each in tied), reason)


def _ahead(first: Contender, other: Contender) -> float:
    """Return how many standard errors of their difference lie between two contenders."""
    error = max(math.hypot(first.error, other.error), EQUAL)
    return abs(first.value - other.value) / error
