"""One letter for each member says what has become of it, and how the batch ends."""

import pytest

from quantum.batches import progress
from quantum.batches.progress import BatchPhase
from quantum.jobs.lifecycle import FINAL


def test_every_end_of_a_job_has_a_letter_of_its_own() -> None:
    """And a word that callers read."""
    assert progress.LETTERS.keys() == FINAL
    assert len({*progress.WORDS}) == len({*progress.WORDS.values()}) == len(FINAL) + 3


def test_letters_are_counted_and_changed() -> None:
    """Members that are left out count as ended."""
    letters = progress.with_letters("....", {1: "s", 3: "x"})

    assert letters == ".s.x"
    assert progress.by_phase(letters) == {"pending": 2, "succeeded": 1, "leftOut": 1}
    assert (progress.ended_count(letters), progress.numbers_of(letters, ".")) == (2, [0, 2])


@pytest.mark.parametrize(
    ("letters", "cancelled", "phase"),
    [
        ("ss", False, "succeeded"),
        ("ss", True, "succeeded"),
        ("sf", False, "partly"),
        ("sx", False, "partly"),
        ("sx", True, "cancelled"),
        ("fjec", False, "failed"),
        ("xx", True, "cancelled"),
        ("ee", False, "expired"),
        ("ex", False, "expired"),
        ("ef", False, "failed"),
        ("es", False, "partly"),
        ("xx", False, "failed"),
    ],
)
def test_a_batch_ends_as_its_members_did(letters: str, *, cancelled: bool, phase: str) -> None:
    """A cancellation that came too late changes nothing."""
    assert progress.ending(letters, cancelled=cancelled) is BatchPhase(phase)
