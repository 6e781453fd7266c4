"""How far the process of a job has come: what its steps count and remember from one round to the next."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, Self

from quantum.jobs.struggle import FailureKind, Struggle

# After so many looks at the remote job an orchestration begins a fresh history: every turn replays its round from the
# beginning, and a round more costs one turn more. A replay must begin a round where it was begun: this number stays.
POLLS_A_ROUND = 8

StopReason = Literal["cancel", "deadline", "fallback"]


@dataclass(frozen=True)
class Progress:
    """The orchestration's own records of a job.

    `fallback` is the place of the present target in the order's list. `stopping` says why the remote job was asked to
    stop. `may_be_submitted` says that an earlier attempt to create the remote job may have reached the workspace, and
    `staged` that the program is where this target's workspace reads it. `steps_outside` counts the steps that were
    taken outside of the orchestration, whose state is older then. `struggles` has an entry, by its activity, for each
    step that has failed since it last succeeded. `woken_at` is when an event last led to a look at a remote job that
    had not ended.
    """

    fallback: int = 0
    woken_at: str | None = None
    polls: int = 0
    wakes: int = 0
    attempts: int = 0
    restarts: int = 0
    steps_outside: int = 0
    may_be_submitted: bool = False
    staged: bool = False
    stopping: StopReason | None = None
    struggles: Mapping[str, Struggle] = field(default_factory=dict)

    def looked(self, *, woken: bool) -> Self:
        """Count a look at the remote job."""
        return replace(self, polls=self.polls + 1, wakes=self.wakes + woken)

    def struggling(self, step: str, kind: FailureKind, at: str) -> Self:
        """Record one more failure of a step."""
        struggle = Struggle.met(self.struggles.get(step), kind, at)
        return replace(self, attempts=self.attempts + 1, struggles={**self.struggles, step: struggle})

    def past(self, step: str) -> Self:
        """Forget the failures of a step that has succeeded or was given up; other steps keep theirs."""
        if step not in self.struggles:
            return self
        return replace(self, struggles={name: other for name, other in self.struggles.items() if name != step})

    def failed_over(self) -> Self:
        """Turn to the next target, where nothing has been tried yet."""
        return replace(
            self, fallback=self.fallback + 1, may_be_submitted=False, staged=False, stopping=None, struggles={}
        )
