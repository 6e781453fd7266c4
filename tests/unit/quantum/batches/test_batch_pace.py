"""The end that a batch is likely to have, by the pace of its members while it ran."""

from datetime import timedelta

import pytest

from quantum.batches.model import Batch
from quantum.batches.pace import expected_end
from quantum.batches.progress import BatchPhase
from quantum.jobs.lifecycle import IllegalMoveError
from quantum.wire import codec
from tests.support.builders import JOB_ID, NOW

AT = codec.timestamp(NOW)


def a_batch(members: str, *moves: tuple[BatchPhase, int], reused: int = 0) -> Batch:
    """A batch that moved at some minutes after its acceptance."""
    batch = Batch(JOB_ID, "many", AT, {"door": "http"}, members=members, reused=reused)
    for phase, minutes in moves:
        batch = batch.moved_to(phase, NOW + timedelta(minutes=minutes))
    return batch


def minutes_left(batch: Batch, minutes: int) -> float | None:
    """How many minutes remain, at some minutes after the acceptance."""
    now = NOW + timedelta(minutes=minutes)
    end = expected_end(batch, now)
    return None if end is None else (codec.moment(end) - now).total_seconds() / 60


def test_the_rest_takes_as_long_for_each_member() -> None:
    """Two in ten minutes: four more take twenty."""
    assert minutes_left(a_batch("sfr...", (BatchPhase.RUNNING, 5)), 15) == 20


def test_pauses_do_not_count() -> None:
    """Ten minutes before the pause, ten after it."""
    moves = (BatchPhase.RUNNING, 0), (BatchPhase.PAUSED, 10), (BatchPhase.RUNNING, 70)

    assert minutes_left(a_batch("ss..", *moves), 80) == 20


def test_members_that_ran_elsewhere_do_not_count() -> None:
    """They took no time here."""
    assert minutes_left(a_batch("sssf.", (BatchPhase.RUNNING, 0), reused=3), 10) == 10


@pytest.mark.parametrize(
    ("members", "moves"),
    [
        ("....", [(BatchPhase.RUNNING, 0)]),
        ("ss", [(BatchPhase.RUNNING, 0)]),
        ("s.", [(BatchPhase.RUNNING, 0), (BatchPhase.PAUSED, 1)]),
        ("s.", []),
        ("s" + "." * 9999, [(BatchPhase.RUNNING, -60 * 24 * 30)]),
    ],
    ids=["none has ended", "all have", "paused", "accepted", "in years"],
)
def test_where_nothing_can_be_said_nothing_is(members: str, moves: list[tuple[BatchPhase, int]]) -> None:
    """A guess without a basis is none."""
    assert minutes_left(a_batch(members, *moves), 2) is None


def test_a_batch_moves_only_as_its_table_says() -> None:
    """A cancelled batch does not run on; one that has ended stays as it is."""
    cancelling = a_batch("r", (BatchPhase.CANCELLING, 1))

    with pytest.raises(IllegalMoveError, match="cancelling"):
        cancelling.moved_to(BatchPhase.RUNNING, NOW)
    ended = cancelling.moved_to(BatchPhase.CANCELLED, NOW)
    assert ended.moved_to(BatchPhase.RUNNING, NOW) is ended
