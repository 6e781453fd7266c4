"""Replays the recorded histories on the next major version of the durable SDK, over its own protocol.

Runs in an environment of its own (`tests.replay.on_next_version`), which has none of our hosts' packages. The messages
are those of the published durabletask protocol; the SDK offers their classes under `internal` alone.
"""

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from azure.durable_functions import Orchestrator
from durabletask import task
from durabletask.internal import orchestrator_service_pb2 as protocol
from google.protobuf.wrappers_pb2 import StringValue

RECORDED = Path(__file__).with_name("recorded")
STARTED, COMPLETED, FIRED, RAISED = 0, 5, 11, 15  # kinds of events, as recordings number them
ENDS = {1: "completed", 2: "continue-as-new", 3: "failed"}

type Code = Callable[[Any], Any]
type Event = protocol.HistoryEvent


def stories() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every recording, by its story."""
    for path in sorted(RECORDED.glob("*.json")):
        yield path.stem, json.loads(path.read_text(encoding="utf-8"))


def let_tasks_say_is_completed() -> None:
    """Give tasks the property that version 1 has and this one has renamed, to see what lies behind that fault."""
    task.Task.is_completed = property(lambda self: self.is_complete)


@dataclass(frozen=True)
class Step:
    """What code asked for in a turn: its kind and name, and the id that the SDK gave it."""

    name: str
    id: int


class Round:
    """One execution of an instance, turn by turn; `first` is the id of the first step in a history that exists."""

    def __init__(self, code: Code, recording: dict[str, Any], start_input: Any, first: int | None) -> None:
        """Take the code, the recording, the round's input, and None for ids as this SDK numbers its own."""
        self._turn_of = Orchestrator.create(code)
        self._recording = recording
        self._start_input = json.dumps(start_input)
        self._first = first
        self._past: list[Event] = []
        self._ids: list[int | None] = []  # of each step as recorded, which numbers them from 0

    def take(self, turn: dict[str, Any], *, is_last: bool) -> str | None:
        """Take one turn, and return what is wrong with its answer; after the last one the instance has ended."""
        at = turn["at"]
        new = [_event(at, orchestratorStarted=protocol.OrchestratorStartedEvent())]
        new += [event for met in turn["met"] if (event := self._met(at, met)) is not None]
        steps, failure = self._answer(new)
        if failure:
            return failure
        self._past += new
        expected = [name for name in turn["took"] if not name.startswith("event ")]  # to wait for one is no step here
        return self._compare(at, expected or ["completed"] if is_last else expected, steps)

    def _answer(self, new: list[Event]) -> tuple[list[Step], str | None]:
        request = protocol.OrchestratorRequest(
            instanceId=self._recording["instanceId"], pastEvents=self._past, newEvents=new
        )
        answer = protocol.OrchestratorResponse()
        answer.ParseFromString(base64.b64decode(self._turn_of(base64.b64encode(request.SerializeToString()).decode())))
        steps = [Step(_name(action), action.id) for action in answer.actions]
        for action in answer.actions:
            failed = action.completeOrchestration.failureDetails
            if failed.errorMessage:
                return steps, f"{failed.errorType}: {failed.errorMessage.partition('. ')[0]}"
        return steps, None

    def _compare(self, at: str, expected: list[str], steps: list[Step]) -> str | None:
        left = list(steps)
        for index, name in enumerate(expected):
            if left and left[0].name == name:
                step = left.pop(0)
                self._ids.append(step.id)
                self._past += _confirmation(at, step, self._id_of(len(self._ids) - 1))
            elif name == "timer" and index < len(expected) - 1:
                self._ids.append(None)  # cancelled in the turn that made it: version 2 does not create it at all
            else:
                return f"its step was {name!r} and is {[step.name for step in steps]} on this version"
        return f"it also takes {[step.name for step in left]}" if left else None

    def _id_of(self, place: int) -> int | None:
        return self._ids[place] if self._first is None else self._first + place

    def _met(self, at: str, met: dict[str, Any]) -> Event | None:
        match met["EventType"]:
            case kind if kind == STARTED:
                instance = protocol.OrchestrationInstance(instanceId=self._recording["instanceId"])
                started = {"name": met["Name"], "input": StringValue(value=self._start_input)}
                if met["Version"] is not None:
                    started["version"] = StringValue(value=met["Version"])
                began = protocol.ExecutionStartedEvent(orchestrationInstance=instance, **started)
                return _event(at, executionStarted=began)
            case kind if kind == RAISED:
                text = StringValue(value=met.get("Input") or "null")
                return _event(at, eventRaised=protocol.EventRaisedEvent(name=met["Name"], input=text))
            case kind if kind == FIRED:
                number = self._id_of(met["TimerId"])
                return None if number is None else _event(at, timerFired=protocol.TimerFiredEvent(timerId=number))
            case kind if kind == COMPLETED:
                result = StringValue(value=met["Result"])
                number = self._id_of(met["TaskScheduledId"])
                done = protocol.TaskCompletedEvent(taskScheduledId=number, result=result)
                return _event(at, taskCompleted=done)
            case kind:
                raise ValueError(f"a recording has an event of type {kind}, which is not translated yet: add a case")


def replay(code: Code, recording: dict[str, Any], first: int | None = None) -> str | None:
    """Take every turn of a recording, and return the first thing that is wrong, with its place."""
    for number, part in enumerate(recording["rounds"], 1):
        round_ = Round(code, recording, part["input"], first)
        for place, turn in enumerate(part["turns"], 1):
            if problem := round_.take(turn, is_last=place == len(part["turns"])):
                return f"round {number}, turn {place}: {problem}"
    return None


def _name(action: Any) -> str:
    match action.WhichOneof("orchestratorActionType"):
        case "scheduleTask":
            return f"activity {action.scheduleTask.name}"
        case "createTimer":
            return "timer"
        case "completeOrchestration":
            return ENDS.get(action.completeOrchestration.orchestrationStatus, "ended")
        case other:
            return str(other)


def _confirmation(at: str, step: Step, number: int | None) -> list[Event]:
    kind, _, name = step.name.partition(" ")
    if kind == "activity":
        return [_event(at, number, taskScheduled=protocol.TaskScheduledEvent(name=name))]
    return [_event(at, number, timerCreated=protocol.TimerCreatedEvent())] if kind == "timer" else []


def _event(at: str, number: int | None = None, **what: Any) -> Event:
    event = protocol.HistoryEvent(eventId=-1 if number is None else number, **what)
    event.timestamp.FromDatetime(datetime.fromisoformat(at).replace(tzinfo=None))  # the class takes UTC without a zone
    return event
