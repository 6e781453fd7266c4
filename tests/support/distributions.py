"""Distributions of outcomes, and shots drawn from them."""

import random
from collections import Counter
from collections.abc import Mapping

from quantum.batches.statistics import Sample, sample_of_result

GHZ = {"000": 0.5, "111": 0.5}
OUTCOMES = [format(number, "03b") for number in range(8)]


def noisy(noise: float) -> dict[str, float]:
    """Mix a GHZ state with noise that makes all outcomes equally frequent."""
    return {key: noise / 8 + (1 - noise) * GHZ.get(key, 0) for key in OUTCOMES}


def drawn(shares: Mapping[str, float], shots: int, seed: int) -> Sample:
    """Draw shots from a distribution."""
    shot = random.Random(seed).choices(list(shares), list(shares.values()), k=shots)  # noqa: S311 a simulation
    return sampled(Counter(shot))


def sampled(counts: Mapping[str, int], bits: int = 3) -> Sample:
    """Read counts as those of a result."""
    sample = sample_of_result({"counts": counts, "sampled": True, "registers": [{"bits": bits}]})
    assert isinstance(sample, Sample)
    return sample
