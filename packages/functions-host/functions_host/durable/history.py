"""History events of the Durable protocol in three forms: stored, replayed, and in the status API."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from enum import IntEnum
from typing import Any

type Event = dict[str, Any]


class EventType(IntEnum):
    """The protocol's numbers for what can happen to an instance."""

    EXECUTION_STARTED = 0
    EXECUTION_COMPLETED = 1
    EXECUTION_TERMINATED = 3
    TASK_SCHEDULED = 4
    TASK_COMPLETED = 5
    TASK_FAILED = 6
    SUB_ORCHESTRATION_CREATED = 7
    SUB_ORCHESTRATION_COMPLETED = 8
    SUB_ORCHESTRATION_FAILED = 9
    TIMER_CREATED = 10
    TIMER_FIRED = 11
    ORCHESTRATOR_STARTED = 12
    ORCHESTRATOR_COMPLETED = 13
    EVENT_RAISED = 15
    EXECUTION_SUSPENDED = 19
    EXECUTION_RESUMED = 20


# The events that the SDK's replay reads; the host keeps the others for itself, and parsing them costs time.
REPLAYED = frozenset(
    {
        EventType.ORCHESTRATOR_STARTED,
        EventType.EXECUTION_STARTED,
        EventType.TASK_COMPLETED,
        EventType.TASK_FAILED,
        EventType.SUB_ORCHESTRATION_COMPLETED,
        EventType.SUB_ORCHESTRATION_FAILED,
        EventType.TIMER_FIRED,
        EventType.EVENT_RAISED,
    }
)
SHOWN_NAMES = {
    EventType.EXECUTION_STARTED: "ExecutionStarted",
    EventType.EXECUTION_COMPLETED: "ExecutionCompleted",
    EventType.EXECUTION_TERMINATED: "ExecutionTerminated",
    EventType.TASK_SCHEDULED: "TaskScheduled",
    EventType.TASK_COMPLETED: "TaskCompleted",
    EventType.TASK_FAILED: "TaskFailed",
    EventType.SUB_ORCHESTRATION_CREATED: "SubOrchestrationInstanceCreated",
    EventType.SUB_ORCHESTRATION_COMPLETED: "SubOrchestrationInstanceCompleted",
    EventType.SUB_ORCHESTRATION_FAILED: "SubOrchestrationInstanceFailed",
    EventType.TIMER_CREATED: "TimerCreated",
    EventType.TIMER_FIRED: "TimerFired",
    EventType.EVENT_RAISED: "EventRaised",
    EventType.EXECUTION_SUSPENDED: "ExecutionSuspended",
    EventType.EXECUTION_RESUMED: "ExecutionResumed",
}
HIDDEN_FIELDS = frozenset(
    {"EventId", "TaskScheduledId", "TimerId", "Version", "Retry", "Attempt", "Action", "Again", "OwnId", "Name"}
)


def stamp(at: datetime) -> str:
    """Write a time as the protocol does, to the microsecond."""
    return f"{at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def moment(text: str) -> datetime:
    """Read a time of the protocol."""
    return datetime.fromisoformat(text).astimezone(UTC)


def event(kind: EventType, at: datetime, **fields: Any) -> Event:
    """Build one event; scheduling events have their task id as EventId, the others -1."""
    return {"EventType": int(kind), "EventId": -1, "Timestamp": stamp(at), **fields}


def to_text(value: Any) -> str:
    """Write JSON compactly."""
    return json.dumps(value, separators=(",", ":"))


def to_replay(stored: Iterable[str], *, played: bool) -> list[str]:
    """Turn stored event texts into the SDK's history, without the events that it ignores."""
    flag = "true" if played else "false"
    return [f'{text[:-1]},"IsPlayed":{flag}}}' for text in stored if _kind(text) in REPLAYED]


def _kind(text: str) -> int:
    # Every event is written by `event`, so its type comes first: no need to parse a large result for it.
    return int(text[len('{"EventType":') : text.index(",")])


def code_input(stored: str | None) -> str | None:
    """
    Return an instance's input as the JSON text that the SDK's get_input decodes.

    Python's client sends JSON text inside a JSON string; plain JSON from other callers is passed as it is.
    """
    if stored is None:
        return None
    value = json.loads(stored)
    if not isinstance(value, str):
        return stored
    try:
        json.loads(value)
    except ValueError:
        return stored
    return value


def to_status_api(events: Iterable[Event], *, outputs: bool, inputs: bool) -> list[Event]:
    """Convert a history to the status API's form: scheduling merged into its outcome, without ids."""
    scheduled: dict[int, Event] = {}
    lines: list[Event] = []
    for item in events:
        kind = EventType(item["EventType"])
        if kind not in SHOWN_NAMES:
            continue
        line = _line(item, kind, outputs=outputs, inputs=inputs)
        if kind in {EventType.TASK_SCHEDULED, EventType.SUB_ORCHESTRATION_CREATED}:
            scheduled[item["EventId"]] = line
        elif (start := scheduled.pop(item.get("TaskScheduledId", -1), None)) is not None:
            lines.remove(start)
            line |= {"ScheduledTime": start["Timestamp"], "FunctionName": start["Name"]}
            line |= {"Input": start["Input"]} if inputs else {}
        lines.append(line)
    return lines


def _line(item: Event, kind: EventType, *, outputs: bool, inputs: bool) -> Event:
    hidden = HIDDEN_FIELDS | ({"Input"} if not inputs else set()) | ({"Result"} if not outputs else set())
    line = {**{key: value for key, value in item.items() if key not in hidden}, "EventType": SHOWN_NAMES[kind]}
    if "Name" in item:
        line["FunctionName" if kind is EventType.EXECUTION_STARTED else "Name"] = item["Name"]
    if outputs and isinstance(item.get("Result"), str):
        line["Result"] = json.loads(item["Result"])
    return line
