"""The protocol, field by field: answers of the SDK, histories as stored, replayed and in the status API."""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from functions_host.durable.actions import (
    Answer,
    CallActivity,
    CallSubOrchestrator,
    ContinueAsNew,
    CreateTimer,
    Retry,
    Unsupported,
    WaitForEvent,
    read_answer,
    read_failure,
)
from functions_host.durable.history import Event, EventType, event, moment, stamp, to_replay, to_status_api, to_text

NOW = datetime(2026, 11, 1, 8, 30, 0, 250_000, tzinfo=UTC)
RETRY = {"firstRetryIntervalInMilliseconds": 1500, "maxNumberOfAttempts": 3}


def test_every_action_is_read_with_all_it_says() -> None:
    """The names of the fields are those of the SDK, with and without retries."""
    actions = [
        {"actionType": 0, "functionName": "a", "input": "1"},
        {"actionType": 1, "functionName": "b", "input": "2", "retryOptions": RETRY},
        {"actionType": 2, "functionName": "c", "input": "3", "instanceId": "i", "version": "v"},
        {"actionType": 3, "functionName": "d", "input": "4", "retryOptions": RETRY},
        {"actionType": 4, "input": "5"},
        {"actionType": 5, "fireAt": "2026-11-01T08:30:00.250000Z", "isCanceled": True},
        {"actionType": 6, "externalEventName": "e"},
    ]

    answer = read_answer(json.dumps({"isDone": True, "actions": [actions], "output": [6], "customStatus": {"s": 7}}))

    retry = Retry(timedelta(seconds=1.5), 3)
    assert answer == Answer(
        (
            CallActivity("a", "1"),
            CallActivity("b", "2", retry),
            CallSubOrchestrator("c", "3", "i", "v"),
            CallSubOrchestrator("d", "4", None, None, retry),
            ContinueAsNew("5"),
            CreateTimer(NOW, cancelled=True),
            WaitForEvent("e"),
        ),
        done=True,
        output="[6]",
        custom_status='{"s":7}',
    )


def test_what_an_answer_leaves_out_is_nothing() -> None:
    """No output, no status, no error; false and 0 are values."""
    bare = read_answer('{"isDone": false, "actions": []}')
    full = read_answer('{"isDone": true, "actions": [], "output": 0, "customStatus": false, "error": "no"}')

    assert bare == Answer()
    assert full == Answer(done=True, output="0", custom_status="false", error="no")


@pytest.mark.parametrize(
    ("action", "reason"),
    [
        ({"actionType": 7, "instanceId": "@c@1", "operation": "add"}, "it uses the entity '@c@1' (operation 'add')"),
        ({"actionType": 9, "instanceId": "@c@1", "operation": "add"}, "it uses the entity '@c@1' (operation 'add')"),
        ({"actionType": 8, "httpRequest": {"uri": "http://x"}}, "it uses call_http (http://x)"),
        ({"actionType": 8}, "it uses call_http (None)"),
        ({"actionType": 99}, "it took an action of type 99"),
    ],
)
def test_what_this_host_does_not_do_is_said_by_name(action: Any, reason: str) -> None:
    """The reader of the failure knows which call to change."""
    (unsupported,) = read_answer(json.dumps({"isDone": False, "actions": [[action]]})).actions

    assert isinstance(unsupported, Unsupported)
    assert unsupported.reason.startswith(reason)


def test_a_failed_turn_keeps_its_actions_and_is_not_done() -> None:
    """The SDK's state stands in the exception's message, where its own error, if it has none, is the text before."""
    label = "$OutOfProcData$:"
    state = {"isDone": True, "actions": [[{"actionType": 0, "functionName": "a", "input": "1"}]]}

    answer = read_failure(f"boom{label}{json.dumps(state | {'error': 'its own'})}", "trace")
    silent = read_failure(f"boom{label}{json.dumps(state)}", "trace")
    at_once = read_failure(f"{label}{json.dumps(state | {'error': 'x'})}", "trace")
    garbled = read_failure(f"boom{label}{{", "trace")

    assert answer == Answer((CallActivity("a", "1"),), error="its own", details="trace")
    assert silent == Answer((CallActivity("a", "1"),), error="boom", details="trace")
    assert at_once.actions == (CallActivity("a", "1"),)
    assert garbled == Answer(error=f"boom{label}{{", details="trace")


def test_an_event_has_its_type_first_and_its_time_in_utc() -> None:
    """What is stored is found by its first field, and compared by its text."""
    elsewhere = NOW.astimezone(timezone(timedelta(hours=2)))

    text = to_text(event(EventType.TIMER_FIRED, elsewhere, TimerId=3))

    assert text == '{"EventType":11,"EventId":-1,"Timestamp":"2026-11-01T08:30:00.250000Z","TimerId":3}'
    assert moment(stamp(elsewhere)) == NOW
    assert moment("2026-11-01T10:30:00.25+02:00").utcoffset() == timedelta(0)


def test_the_sdk_is_shown_what_it_reads() -> None:
    """The host's own records are left out, and replayed events are marked."""
    fired = to_text(event(EventType.TIMER_FIRED, NOW, TimerId=3))
    stored = to_text(event(EventType.ORCHESTRATOR_COMPLETED, NOW, Actions=[]))

    assert [json.loads(text)["IsPlayed"] for text in to_replay([fired, stored], played=True)] == [True]
    assert [json.loads(text)["IsPlayed"] for text in to_replay([fired, stored], played=False)] == [False]


CALLED = event(EventType.TASK_SCHEDULED, NOW, Name="greet", Input='"Oslo"', Retry=None, Attempt=1) | {"EventId": 0}
ANSWERED = event(EventType.TASK_COMPLETED, NOW + timedelta(seconds=1), TaskScheduledId=0, Result='"Hello"')
STORY: list[Event] = [
    event(EventType.ORCHESTRATOR_STARTED, NOW),
    event(EventType.EXECUTION_STARTED, NOW, Name="story", Input='"1"', Version=None),
    CALLED,
    event(EventType.ORCHESTRATOR_COMPLETED, NOW, Actions=["activity greet"], Cancelled=[]),
    ANSWERED,
    event(EventType.EVENT_RAISED, NOW, Name="go", Input="2"),
    event(EventType.EXECUTION_COMPLETED, NOW, OrchestrationStatus="Completed", Result="[3]"),
]


def test_a_history_is_shown_as_people_read_it() -> None:
    """A call is one line with its outcome and when it was scheduled; ids and book-keeping are left out."""
    at, later = stamp(NOW), stamp(NOW + timedelta(seconds=1))

    assert to_status_api(STORY, outputs=True, inputs=True) == [
        {"EventType": "ExecutionStarted", "Timestamp": at, "FunctionName": "story", "Input": '"1"'},
        {
            "EventType": "TaskCompleted",
            "Timestamp": later,
            "ScheduledTime": at,
            "FunctionName": "greet",
            "Input": '"Oslo"',
            "Result": "Hello",
        },
        {"EventType": "EventRaised", "Timestamp": at, "Name": "go", "Input": "2"},
        {"EventType": "ExecutionCompleted", "Timestamp": at, "OrchestrationStatus": "Completed", "Result": [3]},
    ]


@pytest.mark.parametrize(("outputs", "inputs"), [(True, False), (False, True), (False, False)])
def test_a_history_hides_what_was_not_asked_for(*, outputs: bool, inputs: bool) -> None:
    """Inputs and outputs may be large, or secret."""
    lines = to_status_api(STORY, outputs=outputs, inputs=inputs)

    assert any("Input" in line for line in lines) == inputs
    assert any("Result" in line for line in lines) == outputs


def test_what_is_under_way_is_shown_as_scheduled() -> None:
    """A call without an outcome has a line of its own; what failed says why."""
    child = event(EventType.SUB_ORCHESTRATION_CREATED, NOW, Name="child", Input="1", InstanceId="i", OwnId=None)
    failed = event(EventType.SUB_ORCHESTRATION_FAILED, NOW, TaskScheduledId=1, Reason="no", Details="trace")

    waiting = to_status_api([CALLED, child | {"EventId": 1}], outputs=True, inputs=False)
    ended = to_status_api([CALLED, child | {"EventId": 1}, failed], outputs=True, inputs=False)

    assert [line["EventType"] for line in waiting] == ["TaskScheduled", "SubOrchestrationInstanceCreated"]
    assert [line.get("FunctionName") or line["Name"] for line in ended] == ["greet", "child"]
    assert (ended[1]["Reason"], ended[1]["Details"]) == ("no", "trace")
