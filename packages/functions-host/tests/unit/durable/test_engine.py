"""The rules of one orchestration, one by one and without a host."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from functions_host.durable.actions import (
    Action,
    Answer,
    CallActivity,
    ContinueAsNew,
    CreateTimer,
    Retry,
    Unsupported,
    WaitForEvent,
    read_answer,
    read_failure,
)
from functions_host.durable.batching import Batch, take
from functions_host.durable.engine import Catalogue, Turn, close_turn, open_turn
from functions_host.durable.execution import Execution
from functions_host.durable.history import Event, EventType, code_input, event

NOW = datetime(2026, 11, 1, tzinfo=UTC)
CATALOGUE = Catalogue({"greet", "count"}, {"child"})
STARTED = event(EventType.EXECUTION_STARTED, NOW, Name="story", Input=None, Version=None)
GREET = CallActivity("greet", "null")
RETRIED = CallActivity("count", "null", Retry(timedelta(seconds=30), 2))


def a_turn(execution: Execution, message: Event, *actions: Action, **answer: Any) -> Turn:
    """Take one turn in which the code has taken these actions so far."""
    turn = open_turn(execution, [message], NOW)
    return close_turn(execution, turn, Answer(actions, **answer), CATALOGUE)


def after_first_turn(*actions: Action) -> Execution:
    """Return an execution whose first turn took these actions."""
    execution = Execution("execution", "story")
    a_turn(execution, STARTED, *actions)
    return execution


def done(task_id: int) -> Event:
    """Return the outcome of an activity."""
    return event(EventType.TASK_COMPLETED, NOW, TaskScheduledId=task_id, Result="null")


def failed(task_id: int) -> Event:
    """Return the failure of an activity."""
    return event(EventType.TASK_FAILED, NOW, TaskScheduledId=task_id, Reason="stumbled", Details="")


def raised(name: str) -> Event:
    """Return an external event."""
    return event(EventType.EVENT_RAISED, NOW, Name=name, Input="null")


def commanded(kind: EventType) -> Event:
    """Return an external command."""
    return event(kind, NOW, Input="because", Reason="because")


def test_ids_follow_the_order_of_the_actions() -> None:
    """Waiting for an event takes no id, all else takes the next one."""
    execution = Execution("execution", "story")

    turn = a_turn(execution, STARTED, GREET, WaitForEvent("go"), CreateTimer(NOW), RETRIED)

    assert (list(turn.activities), list(turn.timers)) == ([0, 2], [1])
    assert execution.next_id == 3


def test_a_retry_takes_an_id_for_its_pause_and_one_for_its_attempt() -> None:
    """Neither needs the code; the last pause leads back to it."""
    execution = after_first_turn(RETRIED)

    pause = close_turn(execution, open_turn(execution, [failed(0)], NOW), None, CATALOGUE)
    fired = event(EventType.TIMER_FIRED, NOW, TimerId=1)
    attempt = close_turn(execution, open_turn(execution, [fired], NOW), None, CATALOGUE)
    close_turn(execution, open_turn(execution, [failed(2)], NOW), None, CATALOGUE)
    last = open_turn(execution, [event(EventType.TIMER_FIRED, NOW, TimerId=3)], NOW)

    assert pause.timers == {1: NOW + timedelta(seconds=30)}
    assert (attempt.activities, attempt.wakes_code) == ({2: RETRIED}, False)
    assert last.wakes_code


def test_time_never_runs_backwards_in_a_story() -> None:
    """A turn is not before the timer that it takes, nor before the last turn, whatever the clock says."""
    execution = after_first_turn(CreateTimer(NOW + timedelta(hours=1)))

    turn = open_turn(execution, [event(EventType.TIMER_FIRED, NOW, TimerId=0)], NOW - timedelta(days=1))

    assert turn.at == NOW + timedelta(hours=1)


@pytest.mark.parametrize(
    ("now", "replayed"),
    [((CallActivity("count", "null"),), "'activity count'"), ((), "nothing"), ((CreateTimer(NOW),), "'timer'")],
)
def test_changed_code_is_noticed(now: tuple[Action, ...], replayed: str) -> None:
    """An action that differs from the recorded one ends the execution, naming both."""
    execution = after_first_turn(GREET)

    turn = a_turn(execution, done(0), *now)

    assert turn.ending is not None
    assert turn.ending.status == "Failed"
    assert f"'activity greet', but the current replay took {replayed}." in turn.ending.reason
    assert turn.activities == {}


def test_an_error_tells_more_than_the_actions_it_lost() -> None:
    """Code that cannot run is not reported as non-deterministic."""
    turn = a_turn(after_first_turn(GREET), done(0), error="no module named x")

    assert turn.ending is not None
    assert turn.ending.reason == "Orchestrator function 'story' failed: no module named x"


def test_continue_as_new_ends_the_execution() -> None:
    """Its input is what the next one begins with; done alone means completed."""
    turn = a_turn(after_first_turn(GREET), done(0), GREET, ContinueAsNew("7"), done=True)
    completed = a_turn(after_first_turn(GREET), done(0), GREET, done=True, output="8")

    assert turn.ending is not None
    assert completed.ending is not None
    assert (turn.ending.status, turn.ending.output) == ("ContinuedAsNew", "7")
    assert (completed.ending.status, completed.ending.output) == ("Completed", "8")


def test_what_is_not_done_here_fails_by_name() -> None:
    """The reason of an unsupported action is the reason of the failure."""
    turn = a_turn(after_first_turn(), STARTED, Unsupported("it uses the entity 'counter'"))

    assert turn.ending is not None
    assert "it uses the entity 'counter'" in turn.ending.reason


def test_a_cancelled_timer_is_closed_once() -> None:
    """The first turn that shows it cancelled forgets it; firing afterwards is stale."""
    timer, cancelled = CreateTimer(NOW), CreateTimer(NOW, cancelled=True)
    execution = after_first_turn(timer, GREET)

    first = a_turn(execution, done(1), cancelled, GREET, GREET)
    second = a_turn(execution, done(2), cancelled, GREET, GREET)

    assert (first.cancelled, second.cancelled) == ([0], [])
    assert take(execution, {5: event(EventType.TIMER_FIRED, NOW, TimerId=0)}) == Batch((), (5,))


def test_completions_share_a_turn() -> None:
    """In order of arrival; stale and repeated ones are dropped."""
    execution = after_first_turn(GREET, GREET)

    assert take(execution, {1: done(1), 2: done(9), 3: done(0), 4: done(1)}) == Batch((1, 3), (2, 4))


def test_retries_move_before_the_code_wakes() -> None:
    """A failure that takes an id waits for the next turn once the code has been woken in this one."""
    execution = after_first_turn(GREET, RETRIED)

    assert take(execution, {1: failed(1), 2: done(0)}) == Batch((1, 2), ())
    assert take(execution, {1: done(0), 2: failed(1)}) == Batch((1,), ())


def test_events_wait_until_they_are_awaited() -> None:
    """Then, whatever their case, they come first in a turn and one at a time."""
    execution = after_first_turn(WaitForEvent("Go"), WaitForEvent("Go"), GREET)

    assert take(execution, {1: raised("stay"), 2: raised("GO"), 3: raised("go"), 4: done(0)}) == Batch((2,), ())
    assert take(execution, {1: done(0), 2: raised("go")}) == Batch((1,), ())
    assert open_turn(execution, [raised("GO")], NOW).events[-1]["Name"] == "Go"


def test_commands_come_first() -> None:
    """Terminate before suspend before anything else; a suspended execution takes nothing more."""
    execution = after_first_turn(GREET)
    pause, go_on = commanded(EventType.EXECUTION_SUSPENDED), commanded(EventType.EXECUTION_RESUMED)

    assert take(execution, {1: done(0), 2: pause, 3: commanded(EventType.EXECUTION_TERMINATED)}) == Batch((3,), ())
    assert take(execution, {1: done(0), 2: pause}) == Batch((2,), ())
    turn = open_turn(execution, [pause], NOW)
    assert not turn.wakes_code
    assert take(execution, {1: done(0)}) == Batch((), ())
    assert take(execution, {1: done(0), 3: go_on}) == Batch((3,), ())


def test_a_story_begins_before_it_can_be_paused() -> None:
    """Only an end overtakes the beginning."""
    execution, pause = Execution("execution", "story"), commanded(EventType.EXECUTION_SUSPENDED)

    assert take(execution, {1: pause, 2: STARTED}) == Batch((2,), ())
    assert take(execution, {1: STARTED, 2: commanded(EventType.EXECUTION_TERMINATED)}) == Batch((2,), ())


def test_the_sdks_state_is_found_in_an_exception() -> None:
    """Behind the SDK's label, even where the user's own text holds that label too."""
    state = json.dumps({"isDone": False, "actions": [[]], "error": "boom $OutOfProcData$: {}"})

    replayed = read_failure(f"ValueError: boom $OutOfProcData$: {{}}\n\n$OutOfProcData$:{state}", "trace")
    plain = read_failure("ValueError: boom", "trace")

    assert (replayed.error, replayed.details) == ("boom $OutOfProcData$: {}", "trace")
    assert (plain.error, plain.actions) == ("ValueError: boom", ())


def test_compound_actions_are_read_flat() -> None:
    """Whatever waits for whatever, tasks count in the order in which they are written."""
    greet = {"actionType": 0, "functionName": "greet", "input": "null"}
    wait = {"actionType": 6, "externalEventName": "go"}
    both = {"actionType": 12, "compoundActions": [greet, {"actionType": 11, "compoundActions": [wait, greet]}]}

    answer = read_answer(json.dumps({"isDone": False, "actions": [[both, greet]]}))

    assert answer.actions == (GREET, WaitForEvent("go"), GREET, GREET)


@pytest.mark.parametrize(
    ("stored", "argument"),
    [(None, None), ('{"a":1}', '{"a":1}'), ('"[1]"', "[1]"), ('"hello"', '"hello"'), (r'"\"hello\""', '"hello"')],
)
def test_inputs_reach_the_code_as_json(stored: str | None, argument: str | None) -> None:
    """JSON inside a JSON string, as the SDK sends it, and plain JSON both."""
    assert code_input(stored) == argument
