"""The progress of a job's orchestration: counters and state that pass from one round to the next."""

from collections.abc import Mapping
from dataclasses import field, replace
from typing import Literal, Self

from quantum.jobs.retry_state import FailureKind, RetryState
from quantum.wire.records import record

# After this many status checks an orchestration begins a new history: every turn replays its round from the beginning,
# and each round costs one more turn. A replay must begin its rounds where the history did, so this number must not
# change.
POLLS_PER_ROUND = 8

StopReason = Literal["cancel", "deadline", "fallback"]


@record
class Watcher:
    """A watcher's word on a job that waits: how many `jobs` wait in the workspace, and whether its list had this one.

    A job that it has not `listed` yet waits behind many others for the same target.
    """

    jobs: int
    listed: bool


@record
class Progress:
    """The orchestration's own records of a job.

    `fallback` is the index of the current target in the order's list. `stopping` says why we requested the remote job's
    cancellation. `may_be_submitted` says that an earlier attempt to create the remote job may have reached the
    workspace, and `staged` that the program is in this target's workspace. `steps_outside` counts the steps that ran
    outside the orchestration, which make its own state outdated. `struggles` has the retry state, by activity, of each
    step that has failed since it last succeeded. `woken_at` is when an event last caused a check of a remote job that
    had not ended. `watcher` is what the watcher said at the last check of a job that waits.
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
    struggles: Mapping[str, RetryState] = field(default_factory=dict)
    watcher: Watcher | None = None

    def with_poll(self, *, woken: bool, watcher: Watcher | None = None) -> Self:
        """Count a status check."""
        return replace(self, polls=self.polls + 1, wakes=self.wakes + woken, watcher=watcher)

    def with_failure(self, step: str, kind: FailureKind, at: str) -> Self:
        """Record a failure of a step."""
        state = RetryState.after(self.struggles.get(step), kind, at)
        return replace(self, attempts=self.attempts + 1, struggles={**self.struggles, step: state})

    def without_failures(self, step: str) -> Self:
        """Clear the failures of a step that has succeeded or is over; other steps keep theirs."""
        if step not in self.struggles:
            return self
        return replace(self, struggles={name: other for name, other in self.struggles.items() if name != step})

    def failed_over(self) -> Self:
        """Reset the progress for the next target."""
        return replace(
            self, fallback=self.fallback + 1, may_be_submitted=False, staged=False, stopping=None, struggles={}
        )
