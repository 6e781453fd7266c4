"""The failures of a step since it last succeeded; how long they are tolerated is `orchestrators.retries`."""

from dataclasses import dataclass, replace
from typing import Literal, Self

FailureKind = Literal["busy", "unavailable", "missing", "broken", "unauthorized", "lockedOut", "refused"]


@dataclass(frozen=True)
class Struggle:
    """A step that fails repeatedly: since when, the kinds of failure, and since when the last kind."""

    since: str
    outcomes: tuple[FailureKind, ...]
    outcome_since: str

    @classmethod
    def met(cls, former: Self | None, outcome: FailureKind, at: str) -> Self:
        """Begin with a failure, or go on with one more."""
        if former is None:
            return cls(at, (outcome,), at)
        if outcome == former.outcomes[-1]:
            return former
        others = tuple(other for other in former.outcomes if other != outcome)
        return replace(former, outcomes=(*others, outcome), outcome_since=at)
