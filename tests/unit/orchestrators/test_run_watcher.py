"""A watcher's orchestrator: rounds and pauses in bounded histories, until few jobs wait."""

from datetime import timedelta

import pytest

from orchestrators.messages import Broken, Busy, LockedOut, Unavailable
from orchestrators.run_watcher import GIVES_UP_AFTER, LEAST_RETRY_SECONDS, ROUNDS_PER_HISTORY, run_watcher
from orchestrators.watcher_messages import Watched, WatchWorkspace
from quantum.jobs.model import Failure
from tests.support.builders import NOW
from tests.support.fakes.durable import HandDriven, Script

MANY, FEW = Watched(100, 0, 10.0), Watched(3, 0, 5.0, may_end=True)
LAST = Watched(3, 0, 5.0, may_end=True, has_ended=True)
DOWN = Unavailable(Failure("Down", "It is down."))


def watch(script: Script, *wakes: timedelta) -> tuple[HandDriven, object]:
    """Run a watcher to its end; gives what it did and its output."""
    context = HandDriven({"watch_workspace": script}, NOW, [NOW + each for each in wakes])
    return context, context.run(run_watcher, {"workspace": "lab"})


def requests(context: HandDriven) -> list[WatchWorkspace]:
    """What the activity was asked."""
    return [WatchWorkspace.from_wire(payload) for _, payload in context.calls]


def test_it_ends_only_when_few_jobs_waited_twice() -> None:
    """Each round says to the next whether it may be the last."""
    context, output = watch([MANY, FEW, MANY, FEW, LAST])

    assert [each.may_end for each in requests(context)] == [False, False, True, False, True]
    assert {each.workspace for each in requests(context)} == {"lab"}
    assert output == {"workspace": "lab", "rounds": 5}


def test_a_pause_is_the_round_s_with_jitter() -> None:
    """Ten per cent more at most, and not always the same."""
    context, _ = watch([*[MANY] * 10, LAST])

    assert all(timedelta(seconds=10) <= each <= timedelta(seconds=11) for each in context.pauses)
    assert len({*context.pauses}) > 1


def test_histories_are_bounded() -> None:
    """And the counts go on from one to the next."""
    context, output = watch([*[MANY] * (3 * ROUNDS_PER_HISTORY), LAST])

    assert len(context.rounds) == 4
    assert output == {"workspace": "lab", "rounds": 3 * ROUNDS_PER_HISTORY + 1}


def test_an_event_ends_a_pause() -> None:
    """In a history of its own, so that the event is not taken twice."""
    context, _ = watch([MANY, MANY, LAST], timedelta(seconds=4))

    assert context.pauses[0] == timedelta(seconds=4)
    assert context.pauses[1] >= timedelta(seconds=10)
    assert context.timers[0].is_cancelled
    assert len(context.rounds) == 2


@pytest.mark.parametrize("failure", [DOWN, LockedOut(DOWN.error), Broken(DOWN.error), RuntimeError("Boom.")])
def test_a_failure_is_retried_for_an_hour(failure: Broken | RuntimeError) -> None:
    """With pauses that grow; then its jobs look for themselves, until housekeeping starts it again."""
    context, output = watch([failure])

    assert sum(context.pauses, timedelta()) >= GIVES_UP_AFTER
    assert context.pauses[0] >= timedelta(seconds=LEAST_RETRY_SECONDS)
    assert len(context.pauses) < 60
    assert output is not None


def test_a_success_ends_the_count_of_failures() -> None:
    """Each failure begins anew."""
    context, _ = watch([*[DOWN, MANY] * 300, LAST])

    assert len(requests(context)) == 601


def test_retry_after_is_honoured() -> None:
    """However short the pauses are otherwise."""
    context, _ = watch([Busy(DOWN.error, 300.0), LAST])

    assert context.pauses[0] >= timedelta(minutes=5)
    assert context.statuses[0].keys() == {"nextLookAt"}
