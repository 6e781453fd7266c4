"""The messages between a watcher's orchestrator and its activity, and the state that the orchestrator carries over.

As in `orchestrators.messages`, the words on the wire are in the histories of running instances, and must not change.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar, Self

from orchestrators.messages import Outcome, Request
from quantum.jobs.ids import watcher_id
from quantum.jobs.lifecycle import Phase
from quantum.wire import codec
from quantum.wire.records import record


@record
class Watched(Outcome):
    """A round is over: how many jobs wait, how many it woke, and the pause that should follow.

    `may_end`: so few wait that the next round may be the last. After the last one, `has_ended`, each job looks for
    itself.
    """

    word: ClassVar[str] = "watched"

    waiting: int
    woken: int
    pause_seconds: float
    may_end: bool = False
    has_ended: bool = False


@record
class WatchWorkspace(Request[Watched]):
    """Compare the workspace's list with the index, and wake the jobs that changed.

    `may_end`: few jobs waited in the round before, so the watch ends if few still do.
    """

    activity: ClassVar[str] = "watch_workspace"

    workspace: str
    may_end: bool = False

    phase: ClassVar[Phase] = Phase.WAITING  # of the jobs that it looks at, for telemetry
    target: ClassVar[str] = ""
    traceparent: ClassVar[None] = None  # it belongs to no order
    may_be_submitted: ClassVar[bool] = True

    @property
    def id(self) -> str:
        """The id of the watcher."""
        return watcher_id(self.workspace)

    def traced(self, traceparent: str | None) -> Self:  # noqa: ARG002
        """Return the request, which carries no trace context."""
        return self


@record
class WatcherState:
    """What passes from one history of a watcher to the next; `failing_since` is when its rounds began to fail."""

    workspace: str
    rounds: int = 0
    may_end: bool = False
    failing_since: str | None = None

    @classmethod
    def from_wire(cls, data: Mapping[str, Any]) -> Self:
        """Decode the JSON of `to_wire`."""
        return codec.from_wire(cls, data)

    def to_wire(self) -> dict[str, Any]:
        """Encode as plain JSON."""
        encoded: dict[str, Any] = codec.to_wire(self)
        return encoded

    def after_failure(self, at: str) -> Self:
        """Count a round that failed."""
        return replace(self, rounds=self.rounds + 1, failing_since=self.failing_since or at)

    def after_round(self, *, may_end: bool) -> Self:
        """Count a round."""
        return replace(self, rounds=self.rounds + 1, failing_since=None, may_end=may_end)
