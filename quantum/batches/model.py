"""The state of a batch, as it is stored: frozen, and plain JSON on the wire."""

from collections.abc import Mapping
from dataclasses import field, replace
from datetime import datetime
from typing import Any, Self

from quantum.batches import progress
from quantum.batches.progress import ENDINGS, BatchPhase
from quantum.contract.answer_to import AnswerQueue
from quantum.jobs.lifecycle import IllegalMoveError
from quantum.jobs.model import Approval, Failure
from quantum.wire import codec
from quantum.wire.records import record


@record
class Batch:
    """A batch: who ordered it, what has become of its members, and how it ended.

    `request` and `table` are blobs, and `verdict` is what the table comes to; `digest` tells different requests
    under one id apart. `max_cost` limits what all members reserve, by unit. `costs` are sums of the members that
    have ended, by unit. Of a batch that runs another one again, `rerun_of` is that batch, and `reused` counts the
    members that had succeeded there.
    """

    id: str
    name: str
    created_at: str
    source: Mapping[str, str]
    digest: str = ""
    request: str | None = None
    members: str = ""
    window: int = 1
    target_windows: Mapping[str, int] = field(default_factory=dict)
    stop_on_failure: bool = False
    answers: str = "batch"
    answer_to: str | AnswerQueue | None = None
    phase: BatchPhase = BatchPhase.ACCEPTED
    history: tuple[Mapping[str, str], ...] = ()
    costs: Mapping[str, float] = field(default_factory=dict)
    error: Failure | None = None
    table: str | None = None
    verdict: Mapping[str, Any] | None = None
    rerun_of: str | None = None
    reused: int = 0
    cancel_requested_at: str | None = None
    paused_at: str | None = None
    traceparent: str | None = None
    max_cost: Mapping[str, float] = field(default_factory=dict)
    approval: Approval | None = None

    @classmethod
    def from_wire(cls, data: Mapping[str, Any]) -> Self:
        """Decode the JSON of `to_wire`."""
        return codec.from_wire(cls, data)

    def to_wire(self) -> dict[str, Any]:
        """Encode as plain JSON."""
        encoded: dict[str, Any] = codec.to_wire(self)
        return encoded

    @property
    def is_final(self) -> bool:
        """Say whether the batch has ended."""
        return self.phase in ENDINGS

    @property
    def is_cancelled(self) -> bool:
        """Say whether its caller requested its cancellation."""
        return self.cancel_requested_at is not None

    @property
    def is_paused(self) -> bool:
        """Say whether its caller wants no more members to start for now."""
        return self.paused_at is not None

    @property
    def is_unapproved(self) -> bool:
        """Say whether an approval that the batch needs was denied, or is not there yet."""
        return self.approval is not None and self.approval.verdict != "approved"

    @property
    def has_run(self) -> bool:
        """Say whether the batch was in the phase in which members start."""
        return any(change["phase"] == BatchPhase.RUNNING.value for change in self.history)

    @property
    def is_stopped(self) -> bool:
        """Say whether no more members may be started."""
        return self.is_cancelled or (self.stop_on_failure and progress.has_failure(self.members))

    def moved_to(self, phase: BatchPhase, at: datetime) -> Self:
        """Move to another phase and record the time; a batch that has ended stays as it is."""
        if phase is self.phase or self.is_final:
            return self
        if not progress.may_move(self.phase, phase):
            raise IllegalMoveError(f"a batch that is {self.phase} cannot become {phase}")
        moment = max(codec.timestamp(at), self.history[-1]["at"] if self.history else "")
        return replace(self, phase=phase, history=(*self.history, {"phase": phase.value, "at": moment}))
