"""A batch's orchestrator: rounds of a step and a pause, each with its own history, until all members have ended."""

from datetime import timedelta

import pytest

from orchestrators.batch_messages import AdvanceBatch, BatchAdvanced, BatchFinished
from orchestrators.messages import Busy, Unavailable
from orchestrators.run_batch import GATHER_SECONDS, LONGEST_SECONDS, run_batch
from quantum.jobs.model import Failure
from tests.support.builders import JOB_ID, NOW
from tests.support.fakes.durable import HandDriven, Script

MOVED, SAME, ENDED = BatchAdvanced(False, True), BatchAdvanced(False, False), BatchAdvanced(True, True)  # noqa: FBT003
FINISHED = BatchFinished("succeeded")
DOWN = Failure("Down", "It is down.")


def run(
    advances: Script, finishes: Script = (FINISHED,), wakes: tuple[timedelta, ...] = ()
) -> tuple[HandDriven, object]:
    """Run a batch to its end; gives what it did and its output."""
    context = HandDriven({"advance_batch": advances, "finish_batch": finishes}, NOW, [NOW + each for each in wakes])
    return context, context.run(run_batch, {"id": JOB_ID})


def test_it_advances_until_all_members_have_ended() -> None:
    """Each round begins a new history, whose input is an id and a number."""
    context, output = run([MOVED, MOVED, ENDED])

    assert output == {"phase": "succeeded"}
    assert [name for name, _ in context.calls] == ["advance_batch"] * 3 + ["finish_batch"]
    assert [each.keys() for each in context.rounds[1:]] == [{"id", "idle"}] * 2
    assert AdvanceBatch.from_wire(context.calls[0][1]).id == JOB_ID


def test_pauses_grow_while_nothing_changes() -> None:
    """Up to five minutes, and become short again."""
    context, _ = run([*[SAME] * 10, MOVED, ENDED])
    seconds = [each.total_seconds() for each in context.pauses]

    assert seconds[:6] == sorted(seconds[:6])
    assert LONGEST_SECONDS <= seconds[9] <= LONGEST_SECONDS * 1.1
    assert seconds[10] <= 5.5


def test_an_event_ends_a_pause_and_gathers_others() -> None:
    """Members that end together cause one step."""
    context, _ = run([SAME, ENDED], wakes=(timedelta(seconds=2),))

    assert context.pauses == [timedelta(seconds=2), timedelta(seconds=GATHER_SECONDS)]
    assert context.timers[0].is_cancelled


@pytest.mark.parametrize("failure", [Unavailable(DOWN), Busy(DOWN, 600.0), RuntimeError("Boom.")])
def test_failures_are_retried_as_long_as_it_takes(failure: Unavailable | RuntimeError) -> None:
    """Nothing else would end the batch; a Retry-After is honoured."""
    context, output = run([*[failure] * 50, ENDED], [failure, FINISHED])

    assert output == {"phase": "succeeded"}
    assert not isinstance(failure, Busy) or min(context.pauses[:50]) >= timedelta(seconds=600)


def test_a_member_that_turns_out_to_run_is_waited_for() -> None:
    """The end that is not there yet is asked for again."""
    context, _ = run([ENDED], [BatchFinished(), FINISHED])

    assert [name for name, _ in context.calls] == ["advance_batch", "finish_batch"] * 2
