"""The phases of a job and the moves between them.

1. A job is in one phase, and moves only as MOVES says; an illegal move raises and changes nothing.
2. The workspace's status is the truth about the remote job; PHASE_OF_STATUS maps the words of both kinds of workspace.
   An unknown word counts as running: the job keeps waiting and nothing is lost.
3. Only the workspace ends a submitted job. A cancellation request moves it to `cancelling`, no further.
4. `collecting` is our own phase: the remote job succeeded, and its output is not stored yet.
5. `awaitingApproval` is our own phase, too: the job is not submitted until somebody approves what it costs.
6. A job that reuses the result of an equal one goes from `staging` to `succeeded`.
7. A fallback leads from a phase before the end back to `staging`, on the next target.
"""

from enum import StrEnum


class Phase(StrEnum):
    """The phases, in the words of the API."""

    ACCEPTED = "accepted"
    STAGING = "staging"
    AWAITING_APPROVAL = "awaitingApproval"
    WAITING = "waiting"
    EXECUTING = "executing"
    CANCELLING = "cancelling"
    COLLECTING = "collecting"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    REJECTED = "rejected"
    EXPIRED = "expired"


IN_THE_WORKSPACE = frozenset({Phase.WAITING, Phase.EXECUTING, Phase.CANCELLING})
FINAL = frozenset({Phase.SUCCEEDED, Phase.FAILED, Phase.CANCELLED, Phase.REJECTED, Phase.EXPIRED})

_ENDINGS = frozenset({Phase.FAILED, Phase.CANCELLED, Phase.EXPIRED})
_RUNNING = frozenset({Phase.EXECUTING, Phase.CANCELLING, Phase.COLLECTING, Phase.STAGING}) | _ENDINGS

MOVES: dict[Phase, frozenset[Phase]] = {
    Phase.ACCEPTED: frozenset({Phase.STAGING, Phase.WAITING, Phase.REJECTED}) | _ENDINGS,  # waiting: for an adopted job
    Phase.STAGING: frozenset({Phase.WAITING, Phase.AWAITING_APPROVAL, Phase.REJECTED, Phase.SUCCEEDED}) | _RUNNING,
    Phase.AWAITING_APPROVAL: frozenset({Phase.STAGING, Phase.REJECTED}) | _ENDINGS,
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
UNFINISHED_STATUSES = tuple(
    status for status, phase in PHASE_OF_STATUS.items() if phase in {Phase.WAITING, Phase.EXECUTING, Phase.CANCELLING}
)


class IllegalMoveError(Exception):
    """A move between phases that MOVES does not allow."""


def phase_of(status: str) -> Phase:
    """Map a status word of a V1 or V2 workspace to a phase."""
    return PHASE_OF_STATUS.get(status, Phase.EXECUTING)


def move(current: Phase, to: Phase) -> Phase:
    """Return the next phase, which may be the same; raise IllegalMoveError for an illegal move."""
    if to != current and to not in MOVES[current]:
        raise IllegalMoveError(f"a job that is {current} cannot become {to}")
    return to
