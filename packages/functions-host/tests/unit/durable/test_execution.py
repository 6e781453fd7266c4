"""What an execution knows of itself: open tasks, awaited events, time; the same live as from its history."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from functions_host.durable.actions import (
    Action,
    Answer,
    CallActivity,
    CallSubOrchestrator,
    CreateTimer,
    Retry,
    WaitForEvent,
)
from functions_host.durable.batching import Batch, take
from functions_host.durable.engine import Catalogue, Turn, close_turn, open_turn
from functions_host.durable.execution import Attempt, Execution
from functions_host.durable.history import Event, EventType, event

NOW = datetime(2026, 11, 1, tzinfo=UTC)
CATALOGUE = Catalogue({"greet"}, {"child"})
STARTED = event(EventType.EXECUTION_STARTED, NOW, Name="story", Input=None, Version=None)
GREET = CallActivity("greet", "1")


def after(*turns: tuple[Event, Sequence[Action]], at: datetime = NOW) -> Execution:
    """Give an execution that took these turns."""
    execution = Execution("execution", "story")
    for message, actions in turns:
        turn = open_turn(execution, [message], at)
        close_turn(execution, turn, Answer(tuple(actions)), CATALOGUE)
    return execution


def done(task_id: int) -> Event:
    """Give the outcome of an activity."""
    return event(EventType.TASK_COMPLETED, NOW, TaskScheduledId=task_id, Result="1")


@pytest.mark.parametrize(
    ("action", "message"),
    [
        (GREET, done(0)),
        (GREET, event(EventType.TASK_FAILED, NOW, TaskScheduledId=0, Reason="no", Details="")),
        (CreateTimer(NOW), event(EventType.TIMER_FIRED, NOW, TimerId=0)),
        (CallSubOrchestrator("child", "1"), event(EventType.SUB_ORCHESTRATION_COMPLETED, NOW, TaskScheduledId=0)),
        (CallSubOrchestrator("child", "1"), event(EventType.SUB_ORCHESTRATION_FAILED, NOW, TaskScheduledId=0)),
    ],
)
def test_what_was_answered_is_closed(action: Action, message: Event) -> None:
    """Whatever comes again for it in a later turn is dropped."""
    execution = after((STARTED, [action]), (message, [action]))

    assert execution.open == {}
    assert take(execution, {1: message}) == Batch((), (1,))


def test_an_outcome_of_another_kind_answers_nothing() -> None:
    """A timer's id is no activity's, even where the numbers are the same; neither is one that never was."""
    execution = after((STARTED, [GREET]))

    assert take(execution, {1: event(EventType.TIMER_FIRED, NOW, TimerId=0)}) == Batch((), (1,))
    assert take(execution, {1: event(EventType.TASK_COMPLETED, NOW, Result="1")}) == Batch((), (1,))


def test_an_event_is_awaited_once_for_each_wait() -> None:
    """Two waits take two events, and the next one waits in the inbox."""
    wait = WaitForEvent("Go")
    raised = event(EventType.EVENT_RAISED, NOW, Name="go", Input="1")
    execution = after((STARTED, [wait, wait]), (raised, [wait, wait]))

    assert take(execution, {1: raised}) == Batch((1,), ())
    assert take(after((STARTED, [wait]), (raised, [wait])), {1: raised}) == Batch((), ())


def test_time_goes_on_from_the_last_turn() -> None:
    """A clock that was put back does not put an execution back."""
    later = NOW + timedelta(hours=1)
    execution = after((STARTED, [GREET]), at=later)

    assert execution.last_turn == later
    assert open_turn(execution, [done(0)], NOW).at == later


def test_only_one_timer_is_cancelled_by_its_place() -> None:
    """The other actions before and after it take no part, nor do the timers of retries."""
    execution = after((STARTED, [GREET, CreateTimer(NOW), CreateTimer(NOW)]))

    assert [execution.timer_of(index) for index in range(4)] == [None, 1, 2, None]


@pytest.mark.parametrize(
    "call",
    [
        CallActivity("greet", "1"),
        CallActivity("greet", None, Retry(timedelta(seconds=1.5), 3)),
        CallSubOrchestrator("child", "1", None, None),
        CallSubOrchestrator("child", "1", "given", "v2", Retry(timedelta(hours=1), 2)),
    ],
)
def test_a_call_survives_the_history(call: CallActivity | CallSubOrchestrator) -> None:
    """Whoever reads it back can make the next attempt of the very same call."""
    assert Attempt.from_wire(Attempt(call, 2).to_wire()) == Attempt(call, 2)


def test_a_suspended_execution_knows_it() -> None:
    """From its history too."""
    suspended = event(EventType.EXECUTION_SUSPENDED, NOW, Reason="")
    resumed = event(EventType.EXECUTION_RESUMED, NOW, Reason="")

    assert after((STARTED, []), (suspended, [])).suspended
    assert not after((STARTED, []), (suspended, []), (resumed, [])).suspended


def test_a_call_is_tried_as_often_as_was_asked() -> None:
    """Each failure leads to a pause, and each pause but the last one to another attempt."""
    execution = after((STARTED, [CallActivity("greet", "1", Retry(timedelta(seconds=1), 4))]))
    attempts = 1

    while not (turn := next_failure(execution)).wakes_code:
        attempts += len(turn.activities)

    assert attempts == 4


def next_failure(execution: Execution) -> Turn:
    """Fail the open attempt, let its pause end, and give that turn."""
    failed = event(EventType.TASK_FAILED, NOW, TaskScheduledId=next(iter(execution.open)), Reason="no", Details="")
    close_turn(execution, open_turn(execution, [failed], NOW), None, CATALOGUE)
    fired = open_turn(execution, [event(EventType.TIMER_FIRED, NOW, TimerId=next(iter(execution.open)))], NOW)
    return fired if fired.wakes_code else close_turn(execution, fired, None, CATALOGUE)
