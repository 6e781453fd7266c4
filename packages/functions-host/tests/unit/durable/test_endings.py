"""How an execution ends, in its history and for its parent."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from functions_host.durable.actions import (
    Action,
    Answer,
    CallActivity,
    CallSubOrchestrator,
    ContinueAsNew,
    CreateTimer,
    Retry,
)
from functions_host.durable.engine import Catalogue, Ending, Turn, close_turn, open_turn
from functions_host.durable.execution import Execution
from functions_host.durable.history import Event, EventType, event, stamp

NOW = datetime(2026, 11, 1, tzinfo=UTC)
CATALOGUE = Catalogue({"greet"}, {"child"})
STARTED = event(EventType.EXECUTION_STARTED, NOW, Name="story", Input=None, Version=None)


def a_turn(
    actions: Sequence[Action] = (), message: Event = STARTED, execution: Execution | None = None, **answer: Any
) -> Turn:
    """Take a turn in which the code took these actions."""
    execution = execution or Execution("execution", "story")
    return close_turn(execution, open_turn(execution, [message], NOW), Answer(tuple(actions), **answer), CATALOGUE)


def kinds(turn: Turn) -> list[EventType]:
    """The events of a turn, by kind."""
    return [EventType(item["EventType"]) for item in turn.events]


def test_a_terminated_execution_ends_at_once() -> None:
    """Its output is the caller's reason, as JSON; the code does not run, and no completion is recorded."""
    execution = Execution("execution", "story")
    a_turn([CallActivity("greet", "null")], execution=execution)

    terminated = event(EventType.EXECUTION_TERMINATED, NOW, Input="enough")
    turn = close_turn(execution, open_turn(execution, [terminated], NOW), None, CATALOGUE)

    assert turn.ending == Ending("Terminated", '"enough"', "enough")
    assert not turn.wakes_code
    assert EventType.EXECUTION_COMPLETED not in kinds(turn)


def test_terminating_without_a_reason_is_possible() -> None:
    """The reason is optional."""
    turn = open_turn(Execution("execution", "story"), [event(EventType.EXECUTION_TERMINATED, NOW, Input=None)], NOW)

    assert turn.ending == Ending("Terminated", "null", "")


@pytest.mark.parametrize(
    ("answer", "status", "output"),
    [
        ({"done": True, "output": "[1]"}, "Completed", "[1]"),
        ({"done": True}, "Completed", "null"),
        ({"error": "no"}, "Failed", "\"Orchestrator function 'story' failed: no\""),
    ],
)
def test_an_end_is_kept_in_the_history(answer: dict[str, Any], status: str, output: str) -> None:
    """The last event but one says how it ended and with what."""
    turn = a_turn(**answer)

    completed = turn.events[-2]
    assert completed["EventType"] == EventType.EXECUTION_COMPLETED
    assert (completed["OrchestrationStatus"], completed["Result"]) == (status, output)


def test_continuing_as_new_is_no_end() -> None:
    """The history that it closes says nothing of a completion."""
    assert EventType.EXECUTION_COMPLETED not in kinds(a_turn([ContinueAsNew("1")], done=True))


def test_a_parent_hears_the_output_of_a_child() -> None:
    """By the id under which it called."""
    outcome = Ending("Completed", "[1]").for_parent(7, NOW)

    kind = EventType.SUB_ORCHESTRATION_COMPLETED
    assert outcome == event(kind, NOW, TaskScheduledId=7, Result="[1]")


@pytest.mark.parametrize("status", ["Failed", "Terminated"])
def test_a_parent_hears_why_a_child_failed(status: str) -> None:
    """With the trace that came with it."""
    outcome = Ending(status, '"no"', "no", "line 1").for_parent(7, NOW)

    kind = EventType.SUB_ORCHESTRATION_FAILED
    assert outcome == event(kind, NOW, TaskScheduledId=7, Reason="no", Details="line 1")


def test_a_failure_keeps_its_trace() -> None:
    """The function's name and the exception's text are the output, its trace the details."""
    message = "Orchestrator function 'story' failed: boom"

    assert a_turn(error="boom", details="line 1").ending == Ending("Failed", json.dumps(message), message, "line 1")


@pytest.mark.parametrize(
    ("action", "reason"),
    [
        (CallActivity("child", None), "'child' doesn't exist, is disabled, or is not an activity function."),
        (CallSubOrchestrator("greet", None), "'greet' doesn't exist, is disabled, or is not an orchestrator function."),
    ],
)
def test_calling_what_is_not_there_fails(action: Action, reason: str) -> None:
    """The message names the kind of function, and nothing is scheduled."""
    turn = a_turn([action])

    assert turn.ending is not None
    assert turn.ending.reason == f"Orchestrator function 'story' failed: The function {reason}"
    assert (turn.activities, turn.children) == ({}, {})


@pytest.mark.parametrize(("letters", "fits"), [(8192, True), (8193, False)])
def test_a_custom_status_has_a_size(letters: int, *, fits: bool) -> None:
    """16 KB in UTF-16, as the extension counts; one letter more ends the execution and says so."""
    turn = a_turn(custom_status="é" * letters)

    assert (turn.ending is None) == fits
    assert turn.custom_status == ("é" * letters if fits else None)
    assert fits or "its custom status is larger than 16 KB of UTF-16 text" in str(turn.ending)


def test_a_child_gets_an_id_of_its_own_unless_it_is_given_one() -> None:
    """Two executions of one parent never ask for the same child; the history distinguishes chosen and generated ids."""
    turn = a_turn([CallSubOrchestrator("child", "1"), CallSubOrchestrator("child", "2", "mine", "v2")])

    generated, chosen = turn.events[2:4]
    assert [child.instance_id for child in turn.children.values()] == ["execution:0000", "mine"]
    assert (generated["InstanceId"], generated["OwnId"]) == ("execution:0000", None)
    assert (chosen["InstanceId"], chosen["OwnId"], chosen["Version"]) == ("mine", "mine", "v2")


def test_a_child_that_is_tried_again_is_another_child() -> None:
    """The next attempt gets a new id, unless the code chose one; name, input and version stay."""
    execution = Execution("execution", "story")
    call = CallSubOrchestrator("child", "1", None, "v2", Retry(timedelta(seconds=30), 2))
    a_turn([call], execution=execution)
    failed = event(EventType.SUB_ORCHESTRATION_FAILED, NOW, TaskScheduledId=0, Reason="no", Details="")
    close_turn(execution, open_turn(execution, [failed], NOW), None, CATALOGUE)

    # From here on by another process, which knows the history only.
    fired = event(EventType.TIMER_FIRED, NOW, TimerId=1)
    again = close_turn(execution, open_turn(execution, [fired], NOW), None, CATALOGUE)

    (child,) = again.children.values()
    assert (child.instance_id, child.name, child.input, child.version) == ("execution:0002", "child", "1", "v2")


def test_a_timer_that_is_cancelled_at_once_is_never_set() -> None:
    """It takes its id, and is closed in the turn that made it."""
    turn = a_turn([CreateTimer(NOW + timedelta(days=1), cancelled=True), CallActivity("greet", None)])

    assert (turn.timers, turn.cancelled, list(turn.activities)) == ({}, [0], [1])


def test_changed_code_starts_nothing() -> None:
    """Steps after the first difference do not run either."""
    execution = Execution("execution", "story")
    a_turn([CallActivity("greet", "1")], execution=execution)
    done = event(EventType.TASK_COMPLETED, NOW, TaskScheduledId=0, Result="1")

    turn = a_turn([CreateTimer(NOW), CallActivity("greet", "2")], done, execution)

    assert turn.ending is not None
    assert turn.ending.status == "Failed"
    assert turn.ending.reason.endswith(
        "Non-Deterministic workflow detected: a previous execution of this orchestration took as action 0 "
        "'activity greet', but the current replay took 'timer'. "
        "Was a change made to the orchestrator code after this instance had already started running?"
    )
    assert (turn.activities, turn.timers) == ({}, {})


def test_a_turn_is_written_with_its_time_and_its_tasks() -> None:
    """Every event has the turn's time; what was scheduled has its id."""
    at = NOW + timedelta(days=1)
    turn = a_turn([CallActivity("greet", "1"), CreateTimer(at)])

    scheduled, timer = turn.events[2:4]
    assert {item["Timestamp"] for item in turn.events} == {stamp(NOW)}
    assert (scheduled["EventId"], scheduled["Name"], scheduled["Input"]) == (0, "greet", "1")
    assert (timer["EventId"], timer["FireAt"]) == (1, stamp(at))
    assert turn.events[-1]["Actions"] == ["activity greet", "timer"]
