"""The phases of a job and the moves between them: everything that may change a phase stands in this file.

1. A job is in one phase, and moves only as MOVES says; an illegal move raises and changes nothing.
2. The workspace's own status is the truth about the remote job; PHASE_OF_STATUS reads it, the words of both
   kinds of workspace together. A word that we do not know counts as running: a wait goes on, nothing is lost.
3. Only the workspace ends a job that was submitted. Asking to cancel moves it to `cancelling`, no further.
4. `collecting` is ours: the workspace says that the job succeeded, and its output is not yet stored.
5. A fallback leads from a phase before the end back to `staging`, on the next target.
"""

from enum import StrEnum


class Phase(StrEnum):
    """Where a job is, in the words of the API."""

    ACCEPTED = "accepted"
    STAGING = "staging"
    WAITING = "waiting"
    EXECUTING = "executing"
    CANCELLING = "cancelling"
    COLLECTING = "collecting"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    REJECTED = "rejected"
    EXPIRED = "expired"


FINAL = frozenset({Phase.SUCCEEDED, Phase.FAILED, Phase.CANCELLED, Phase.REJECTED, Phase.EXPIRED})

_ENDINGS = frozenset({Phase.FAILED, Phase.CANCELLED, Phase.EXPIRED})
_RUNNING = frozenset({Phase.EXECUTING, Phase.CANCELLING, Phase.COLLECTING, Phase.STAGING}) | _ENDINGS

MOVES: dict[Phase, frozenset[Phase]] = {
    Phase.ACCEPTED: frozenset({Phase.STAGING, Phase.WAITING, Phase.REJECTED}) | _ENDINGS,  # waiting: an adopted job
    Phase.STAGING: frozenset({Phase.WAITING, Phase.REJECTED}) | _RUNNING,
    Phase.WAITING: _RUNNING,
    Phase.EXECUTING: frozenset({Phase.WAITING}) | _RUNNING,
    Phase.CANCELLING: _RUNNING,
    Phase.COLLECTING: frozenset({Phase.SUCCEEDED, Phase.FAILED}),
} | {final: frozenset[Phase]() for final in FINAL}

PHASE_OF_STATUS = {
    "Queued": Phase.WAITING,
    "Waiting": Phase.WAITING,
    "Executing": Phase.EXECUTING,
    "Finishing": Phase.EXECUTING,
    "CancellationRequested": Phase.CANCELLING,
    "Cancelling": Phase.CANCELLING,
    "Completed": Phase.COLLECTING,
    "Succeeded": Phase.COLLECTING,
    "Failed": Phase.FAILED,
    "Cancelled": Phase.CANCELLED,
}


class IllegalMoveError(Exception):
    """A job was asked to go from a phase to one that MOVES does not lead to."""


def phase_of(status: str) -> Phase:
    """Read the workspace's status word, of a V1 or a V2 workspace, as a phase."""
    return PHASE_OF_STATUS.get(status, Phase.EXECUTING)


def move(current: Phase, to: Phase) -> Phase:
    """Go to another phase, or stay; an illegal move raises IllegalMoveError."""
    if to != current and to not in MOVES[current]:
        raise IllegalMoveError(f"a job that is {current} cannot become {to}")
    return to
