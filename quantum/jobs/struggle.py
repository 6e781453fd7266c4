"""What a step of a job has borne since it last succeeded; its patience is `orchestrators.retries`."""

from dataclasses import dataclass, replace
from typing import Any, Self

from quantum.wire import codec as wire


@dataclass(frozen=True)
class Struggle:
    """A step that fails again and again: since when, the outcomes that it met, and since when the last of them."""

    since: str
    outcomes: tuple[str, ...]
    outcome_since: str

    @classmethod
    def from_wire(cls, data: dict[str, Any]) -> Self:
        """Read what `quantum.wire.codec.to_wire` wrote."""
        values = wire.arguments(cls, data)
        return cls(**values | {"outcomes": tuple(values["outcomes"])})

    @classmethod
    def met(cls, former: Self | None, outcome: str, at: str) -> Self:
        """Begin with a failure, or go on with one more."""
        if former is None:
            return cls(at, (outcome,), at)
        if outcome == former.outcomes[-1]:
            return former
        others = tuple(other for other in former.outcomes if other != outcome)
        return replace(former, outcomes=(*others, outcome), outcome_since=at)
