"""The failures of a step since it last succeeded; `orchestrators.retries` says how long it is retried."""

from dataclasses import replace
from typing import Literal, Self

from quantum.wire.records import record

FailureKind = Literal["busy", "unavailable", "missing", "broken", "unauthorized", "lockedOut", "refused"]


@record
class RetryState:
    """When a step began to fail, the kinds of failure, and when the last kind began."""

    since: str
    outcomes: tuple[FailureKind, ...]
    outcome_since: str

    @classmethod
    def after(cls, previous: Self | None, outcome: FailureKind, at: str) -> Self:
        """Return the state after one more failure."""
        if previous is None:
            return cls(at, (outcome,), at)
        if outcome == previous.outcomes[-1]:
            return previous
        others = tuple(other for other in previous.outcomes if other != outcome)
        return replace(previous, outcomes=(*others, outcome), outcome_since=at)
