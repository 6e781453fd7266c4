"""What a result answers beyond its counts: the most frequent outcome, marginals, expectations, frames and plots."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from quantumjobs import frames, outcomes, pictures
from quantumjobs.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from matplotlib.axes import Axes

    from quantumjobs.outcomes import Distribution, Register


class Statistics:
    """The questions that any distribution of outcomes answers.

    >>> result = Marginal({"00": 497, "11": 503}, {"00": 0.497, "11": 0.503}, (Register(1, "a"), Register(1, "b")))
    >>> result.most_frequent()
    '11'
    >>> result.expectation("ZZ")
    1.0
    >>> result.marginal("a").counts
    {'0': 497, '1': 503}
    """

    def ranked(self: Distribution, top: int | None = None) -> list[tuple[str, float]]:
        """Sort the outcomes with their counts, the most frequent first, `top` of them at most."""
        return outcomes.ranked(self, top)

    def most_frequent(self: Distribution) -> str:
        """Name the most frequent outcome; of several alike, the first by its bits."""
        ranking = outcomes.ranked(self, 1)
        if not ranking:
            raise UsageError("no outcome was counted, so none is the most frequent")
        return ranking[0][0]

    def marginal(self: Distribution, *registers: str | int) -> Marginal:
        """Count these registers alone, in this order, whatever the others were; by name, or by place from 0."""
        places = outcomes.places_of(registers, self.registers)
        counts: defaultdict[str, int] = defaultdict(int)
        probabilities: defaultdict[str, float] = defaultdict(float)
        for outcome in {**self.counts, **self.probabilities}:
            parts = outcomes.split_outcome(outcome, self.registers)
            part = " ".join(parts[place] for place in places)
            probabilities[part] += self.probabilities.get(outcome, 0.0)
            if outcome in self.counts:
                counts[part] += self.counts[outcome]
        remaining = tuple(self.registers[place] for place in places)
        return Marginal(dict(counts), dict(probabilities), remaining)

    def expectation(self: Distribution, paulis: str) -> float:
        """Work out the expectation of a string of I and Z, one letter for each bit: "ZZ" of a Bell pair is 1."""
        weights = outcomes.weights_of(self)
        signed = sum(weight * outcomes.sign_of(outcome, paulis) for outcome, weight in weights.items())
        return signed / outcomes.total_weight(self)

    def to_dataframe(self: Distribution) -> pd.DataFrame:
        """Make a pandas DataFrame, a row for each outcome, the most frequent first."""
        return frames.of_outcomes(self)

    def plot(self: Distribution, *, top: int = frames.MOST_BARS, axes: Axes | None = None) -> Axes:
        """Draw the most frequent outcomes with matplotlib, `top` of them at most."""
        return frames.plot(self, top, axes)


@dataclass(frozen=True)
class Marginal(Statistics):
    """The outcomes of some registers alone."""

    counts: Mapping[str, int]
    probabilities: Mapping[str, float]
    registers: tuple[Register, ...]

    def _repr_html_(self) -> str:
        return pictures.of_distribution(self)
