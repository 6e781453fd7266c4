"""Which members start next: as many as there is room for, in all and on each target."""

import pytest

from quantum.batches.expand import Members
from quantum.batches.model import Batch
from quantum.batches.window import next_numbers, possibly_started
from tests.support.builders import JOB_ID

MEMBERS = Members({"order": {}, "targets": ["a", "b"], "sweep": {"params": [{}] * 4}})  # a b a b a b a b


def a_batch(letters: str, window: int, **targets: int) -> Batch:
    """A batch whose members are so far."""
    at = "2026-11-21T09:00:00.000Z"
    return Batch(JOB_ID, "many", at, {"door": "http"}, members=letters, window=window, target_windows=targets)


@pytest.mark.parametrize(
    ("batch", "numbers"),
    [
        (a_batch("........", 3), [0, 1, 2]),
        (a_batch("sr......", 3), [2, 3]),
        (a_batch("rrr.....", 3), []),
        (a_batch("........", 6, a=1), [0, 1, 3, 5, 7]),
        (a_batch("r.......", 3, a=1, b=2), [1, 3]),
        (a_batch("........", 2, a=5), [0, 1]),
        (a_batch("rr......", 8, a=1, b=1), []),
    ],
)
def test_members_start_where_there_is_room(batch: Batch, numbers: list[int]) -> None:
    """A target that is full is passed over."""
    assert next_numbers(batch, MEMBERS) == numbers


@pytest.mark.parametrize("letters", ["........", "r.......", "rs.r....", "ss......"])
def test_what_a_step_may_have_started_is_among_the_possible_ones(letters: str) -> None:
    """Whatever ran when the step was cut off."""
    for batch in (a_batch(letters, 3), a_batch(letters, 4, a=1), a_batch(letters, 3, a=2, b=1)):
        assert {*next_numbers(batch, MEMBERS)} <= {*possibly_started(batch, MEMBERS)}
