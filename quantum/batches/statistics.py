"""Compares two distributions of outcomes: total variation distance and Hellinger fidelity, with their sampling errors.

The fidelity is `(sum of sqrt(p q))**2`. Its bias and its error come from the jackknife, which leaves out one shot at a
time (Quenouille 1956; Efron and Stein 1981: its variance is too large rather than too small). The distance is half the
sum of `|p - q|`, which the jackknife cannot treat, since it has a corner where p equals q: its bias is that of the
absolute value of a normal variable, outcome by outcome, and its error comes from the delta method. docs/comparison.md
says what remains of the bias.
"""

import math
from collections.abc import Iterable, Mapping
from typing import Any

from quantum.results.histograms import widths_of
from quantum.wire.records import record

FEW_SHOTS = 5  # for each outcome: Cochran's rule for tests of multinomial counts


@record
class Sample:
    """A distribution: shares of outcomes that add up to 1, and the shots behind them; None for exact probabilities."""

    shares: Mapping[str, float]
    shots: int | None = None
    widths: tuple[int, ...] = ()


@record
class Estimate:
    """A value and its sampling error; None where neither side was sampled.

    `own_error` is what the member's shots contribute; the rest comes from the shots of the reference.
    """

    value: float
    error: float | None = None
    own_error: float = 0.0


def sample_of_counts(counts: Mapping[str, float]) -> Sample:
    """Make an exact distribution of counts or shares that a caller gives."""
    return Sample(_normalised(counts), widths=widths_of(counts))


def sample_of_result(result: Mapping[str, Any] | None) -> Sample | str:
    """Read the distribution of a result as JSON; where it has none, return the reason."""
    if result is None:
        return "it has no result"
    if result.get("parts"):
        return f"its output holds the results of {len(result['parts'])} programs"
    sampled = result.get("sampled") is not False
    weights = result.get("counts" if sampled else "probabilities")
    if not weights or sum(weights.values()) <= 0:
        return "its result has no counts"
    widths = tuple(register["bits"] for register in result.get("registers") or ())
    return Sample(_normalised(weights), sum(weights.values()) if sampled else None, widths)


def reason_against(member: Sample, reference: Sample) -> str | None:
    """Say why two distributions cannot be compared; None where they can."""
    if member.widths == reference.widths:
        return None
    return f"it has {_in_words(member)}, but the reference has {_in_words(reference)}"


def few_shots(member: Sample, reference: Sample) -> str | None:
    """Warn where so few shots fall on each outcome that the fidelity comes out too low."""
    outcomes = len({key for each in (member, reference) for key, share in each.shares.items() if share})
    if member.shots is None or member.shots >= FEW_SHOTS * outcomes:
        return None
    return f"{member.shots:,} shots are few for {outcomes:,} outcomes: its fidelity may come out too low"


def hellinger_fidelity(member: Sample, reference: Sample) -> Estimate:
    """Estimate the Hellinger fidelity: 1 for equal distributions, 0 for those without a common outcome."""
    plain = sum(math.sqrt(p * q) for p, q in _pairs(member, reference)) ** 2
    mine, its = _jackknife(member, reference), _jackknife(reference, member)
    return _estimate(min(1.0, max(0.0, plain - mine[0] - its[0])), mine[1], its[1])


def total_variation(member: Sample, reference: Sample) -> Estimate:
    """Estimate the total variation distance: 0 for equal distributions, 1 for those without a common outcome."""
    cells = [(p, q, _noise(p, member) + _noise(q, reference)) for p, q in _pairs(member, reference)]
    distance = sum(abs(p - q) - _fold(p - q, noise) for p, q, noise in cells) / 2
    mine = _distance_variance([(p, _sign(p - q, noise)) for p, q, noise in cells], member.shots)
    its = _distance_variance([(q, _sign(q - p, noise)) for p, q, noise in cells], reference.shots)
    return _estimate(min(1.0, max(0.0, distance)), mine, its)


def _normalised(weights: Mapping[str, float]) -> dict[str, float]:
    total = math.fsum(weights.values())
    return {key: weight / total for key, weight in weights.items()}


def _in_words(sample: Sample) -> str:
    if not sample.widths:
        return "outcomes that are not bits, or differ in length"
    if len(sample.widths) == 1:
        return f"one register of {_bits(sample.widths[0])}"
    widths = [str(width) for width in sample.widths]
    return f"registers of {', '.join(widths[:-1])} and {widths[-1]} bits"


def _bits(width: int) -> str:
    return "1 bit" if width == 1 else f"{width} bits"


def _pairs(member: Sample, reference: Sample) -> Iterable[tuple[float, float]]:
    mine, its = member.shares, reference.shares
    keys = [*mine, *(key for key in its if key not in mine)]
    return ((mine.get(key, 0.0), its.get(key, 0.0)) for key in keys)


def _estimate(value: float, mine: float | None, its: float | None) -> Estimate:
    if mine is None and its is None:
        return Estimate(value)
    return Estimate(value, math.sqrt((mine or 0.0) + (its or 0.0)), math.sqrt(mine or 0.0))


def _jackknife(sample: Sample, other: Sample) -> tuple[float, float | None]:
    """Return what the shots of one side add to the fidelity in the mean, and their variance."""
    if sample.shots is None:
        return 0.0, None
    shots, least = sample.shots, 1 / sample.shots**2  # no sample resolves less than one shot
    if shots < 2:
        return 0.0, least
    cells = [(share * shots, other.shares.get(key, 0.0)) for key, share in sample.shares.items() if share]
    root = sum(math.sqrt(count * share) for count, share in cells)
    without = [
        (count, (root - math.sqrt(share) * (math.sqrt(count) - math.sqrt(max(count - 1, 0.0)))) ** 2 / (shots - 1))
        for count, share in cells
    ]
    mean = sum(count * value for count, value in without) / shots
    spread = sum(count * (value - mean) ** 2 for count, value in without)
    return (shots - 1) * (mean - root**2 / shots), max(least, spread * (shots - 1) / shots)


def _noise(share: float, sample: Sample) -> float:
    """Return the variance of one share of a sample."""
    return 0.0 if sample.shots is None else share * (1 - share) / sample.shots


def _fold(difference: float, variance: float) -> float:
    """Return by how much noise enlarges the absolute value of a difference in the mean."""
    if variance <= 0:
        return 0.0
    sigma, size = math.sqrt(variance), abs(difference)
    bell = math.sqrt(2 / math.pi) * math.exp(-(size**2) / (2 * variance))
    return sigma * bell + size * (math.erf(size / (sigma * math.sqrt(2))) - 1)


def _sign(difference: float, variance: float) -> float:
    """Return the sign of a difference, or what remains of it in the mean where noise may turn it."""
    if variance <= 0:
        return math.copysign(1.0, difference)
    return math.erf(difference / math.sqrt(2 * variance))


def _distance_variance(cells: Iterable[tuple[float, float]], shots: int | None) -> float | None:
    """Return the variance by the delta method, from shares and signs: too large where signs are uncertain."""
    if shots is None:
        return None
    lean = sum(share * sign for share, sign in cells)
    return max(1 / shots**2, (1 - lean**2) / (4 * shots))
