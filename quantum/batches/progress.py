"""What has become of a batch's members: one letter for each, so that 10,000 of them are one small text."""

from collections import Counter
from collections.abc import Mapping
from enum import StrEnum

from quantum.jobs.lifecycle import Phase

PENDING, RUNNING, LEFT_OUT = ".", "r", "x"
LETTERS: Mapping[Phase, str] = {
    Phase.SUCCEEDED: "s",
    Phase.FAILED: "f",
    Phase.CANCELLED: "c",
    Phase.REJECTED: "j",
    Phase.EXPIRED: "e",
}
SUCCEEDED = LETTERS[Phase.SUCCEEDED]
UNSUCCESSFUL = frozenset(LETTERS.values()) - {SUCCEEDED}
WORDS: Mapping[str, str] = {  # as callers read them
    PENDING: "pending",
    RUNNING: "running",
    **{letter: phase.value for phase, letter in LETTERS.items()},
    LEFT_OUT: "leftOut",
}


class BatchPhase(StrEnum):
    """The phases of a batch."""

    ACCEPTED = "accepted"
    AWAITING_APPROVAL = "awaitingApproval"
    RUNNING = "running"
    PAUSED = "paused"
    CANCELLING = "cancelling"
    SUCCEEDED = "succeeded"
    PARTLY = "partly"
    FAILED = "failed"
    CANCELLED = "cancelled"
    REJECTED = "rejected"
    EXPIRED = "expired"


ENDINGS = frozenset(
    {
        BatchPhase.SUCCEEDED,
        BatchPhase.PARTLY,
        BatchPhase.FAILED,
        BatchPhase.CANCELLED,
        BatchPhase.REJECTED,
        BatchPhase.EXPIRED,
    }
)
_ENDS_OF_MEMBERS = ENDINGS - {BatchPhase.REJECTED}
MOVES: Mapping[BatchPhase, frozenset[BatchPhase]] = {
    BatchPhase.ACCEPTED: ENDINGS
    | {BatchPhase.AWAITING_APPROVAL, BatchPhase.RUNNING, BatchPhase.PAUSED, BatchPhase.CANCELLING},
    BatchPhase.AWAITING_APPROVAL: ENDINGS | {BatchPhase.RUNNING, BatchPhase.PAUSED, BatchPhase.CANCELLING},
    BatchPhase.RUNNING: _ENDS_OF_MEMBERS | {BatchPhase.PAUSED, BatchPhase.CANCELLING},
    BatchPhase.PAUSED: _ENDS_OF_MEMBERS | {BatchPhase.AWAITING_APPROVAL, BatchPhase.RUNNING, BatchPhase.CANCELLING},
    BatchPhase.CANCELLING: _ENDS_OF_MEMBERS,
} | {ending: frozenset[BatchPhase]() for ending in ENDINGS}


def may_move(phase: BatchPhase, to: BatchPhase) -> bool:
    """Say whether a batch may move from one phase to another."""
    return to in MOVES[phase]


def numbers_of(progress: str, letter: str) -> list[int]:
    """Return the numbers of the members with a letter."""
    return [number for number, each in enumerate(progress) if each == letter]


def with_letters(progress: str, letters: Mapping[int, str]) -> str:
    """Set the letters of some members."""
    whole = list(progress)
    for number, letter in letters.items():
        whole[number] = letter
    return "".join(whole)


def by_phase(progress: str) -> dict[str, int]:
    """Count the members by phase, in the words of callers."""
    counted = Counter(progress)
    return {word: counted[letter] for letter, word in WORDS.items() if counted[letter]}


def ended_count(progress: str) -> int:
    """Count the members that have ended, or will not be started."""
    return len(progress) - progress.count(PENDING) - progress.count(RUNNING)


def has_failure(progress: str) -> bool:
    """Say whether a member has ended without success."""
    return any(letter in progress for letter in UNSUCCESSFUL)


def ending(progress: str, *, cancelled: bool) -> BatchPhase:
    """Return the last phase of a batch whose members have all ended."""
    succeeded = progress.count(SUCCEEDED)
    if succeeded == len(progress):
        return BatchPhase.SUCCEEDED
    if cancelled:
        return BatchPhase.CANCELLED
    if succeeded:
        return BatchPhase.PARTLY
    started = set(progress) - {LEFT_OUT}
    return BatchPhase.EXPIRED if started == {LETTERS[Phase.EXPIRED]} else BatchPhase.FAILED
