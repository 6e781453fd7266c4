"""The life of a job in the workspace: every allowed move, and the status words for callers.

The states are the emulator's own and fewer than the words, because two kinds of workspace use different words:
V1 says Waiting, Executing (with `isCancelling`), Succeeded; V2 says Queued, CancellationRequested, Completed.
A move that is not in the table raises and changes nothing.
"""

from enum import StrEnum
from typing import Literal

type Vocabulary = Literal["V1", "V2"]


class State(StrEnum):
    """Where a job is."""

    QUEUED = "queued"
    EXECUTING = "executing"
    CANCELLING = "cancelling"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Event(StrEnum):
    """What can happen to a job."""

    START = "start"
    CANCEL = "cancel"
    STOP = "stop"
    FINISH = "finish"
    BREAK = "break"


MOVES: dict[State, dict[Event, State]] = {
    State.QUEUED: {Event.START: State.EXECUTING, Event.CANCEL: State.CANCELLED},
    State.EXECUTING: {
        Event.FINISH: State.SUCCEEDED,
        Event.BREAK: State.FAILED,
        Event.CANCEL: State.CANCELLING,
    },
    # An execution may end before its cancellation takes effect: the first end counts.
    State.CANCELLING: {
        Event.STOP: State.CANCELLED,
        Event.FINISH: State.SUCCEEDED,
        Event.BREAK: State.FAILED,
    },
    State.SUCCEEDED: {},
    State.FAILED: {},
    State.CANCELLED: {},
}

WORDS: dict[Vocabulary, dict[State, str]] = {
    "V1": {
        State.QUEUED: "Waiting",
        State.EXECUTING: "Executing",
        State.CANCELLING: "Executing",
        State.SUCCEEDED: "Succeeded",
        State.FAILED: "Failed",
        State.CANCELLED: "Cancelled",
    },
    "V2": {
        State.QUEUED: "Queued",
        State.EXECUTING: "Executing",
        State.CANCELLING: "CancellationRequested",
        State.SUCCEEDED: "Completed",
        State.FAILED: "Failed",
        State.CANCELLED: "Cancelled",
    },
}

FINAL = frozenset(state for state, moves in MOVES.items() if not moves)


class IllegalMoveError(Exception):
    """A move that the job's state does not have."""


def diagram() -> str:
    """Draw the table of moves, for the documentation, as a Mermaid state diagram."""
    moves = [f"    {state} --> {after}: {event}" for state, row in MOVES.items() for event, after in row.items()]
    ends = [f"    {state} --> [*]" for state in State if state in FINAL]
    return "\n".join(["stateDiagram-v2", f"    [*] --> {State.QUEUED}: create", *moves, *ends])


def move(state: State, event: Event) -> State:
    """Return the state that follows, or raise `IllegalMoveError`."""
    try:
        return MOVES[state][event]
    except KeyError:
        raise IllegalMoveError(f"a job that is {state} cannot {event}") from None
