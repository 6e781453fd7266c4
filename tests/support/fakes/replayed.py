"""Replays an orchestrator through the real durable SDK, turn by turn, as the extension's side of its protocol.

Ids are handed out in the order in which the SDK meets the actions, and every turn begins anew from the whole history.
"""

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from quantum import wiring
from quantum.wire import codec

ORCHESTRATOR_STARTED, ORCHESTRATOR_COMPLETED, EXECUTION_STARTED, EVENT_RAISED = 12, 13, 0, 15
TASK_COMPLETED, TIMER_FIRED = 5, 11


class Replayed:
    """An instance of an orchestrator: `state` is what its last turn answered."""

    def __init__(self, orchestrator: Callable[[Any], Any], start_input: Any, at: datetime) -> None:
        self._handle = wiring.replayed(orchestrator)
        self._input = json.dumps(start_input)
        self._history: list[dict[str, Any]] = []
        self.now = at
        self.state: dict[str, Any] = {}
        self._turn(EventType=EXECUTION_STARTED, Name="orchestrator", Input=self._input, Version="")

    @property
    def actions(self) -> list[dict[str, Any]]:
        """Everything that was ever asked for; the place of an activity or a timer is its id."""
        return [action for action in _flat(self.state["actions"]) if "externalEventName" not in action]

    def complete(self, name: str, result: Any) -> None:
        """Let the latest activity, which must be this one, come to its end."""
        action = self.actions[-1]
        assert action["functionName"] == name, action
        self._turn(EventType=TASK_COMPLETED, TaskScheduledId=len(self.actions) - 1, Result=json.dumps(result))

    def fire(self) -> None:
        """Let the latest timer fire, at its time."""
        self.now = datetime.fromisoformat(self.actions[-1]["fireAt"])
        self._turn(EventType=TIMER_FIRED, TimerId=len(self.actions) - 1)

    def raise_event(self, name: str) -> None:
        """Let somebody raise an event."""
        self._turn(EventType=EVENT_RAISED, Name=name, Input="null")

    def _turn(self, **event: Any) -> None:
        before = self.actions if self.state else []
        self._history += [self._event(EventType=ORCHESTRATOR_STARTED), self._event(**event)]
        context = {
            "history": self._history,
            "instanceId": "instance",
            "isReplaying": False,
            "parentInstanceId": None,
            "input": self._input,
            "upperSchemaVersion": 2,
            "maximumShortTimerDuration": "6.00:00:00",
            "longRunningTimerIntervalDuration": "3.00:00:00",
        }
        self.state = json.loads(self._handle(json.dumps(context)))
        self._history.append(self._event(EventType=ORCHESTRATOR_COMPLETED))
        assert [_kind(action) for action in self.actions[: len(before)]] == [_kind(action) for action in before]

    def _event(self, **facts: Any) -> dict[str, Any]:
        return {"EventId": -1, "IsPlayed": False, "Timestamp": codec.timestamp(self.now), **facts}


def _flat(actions: list[Any]) -> Iterator[dict[str, Any]]:
    for action in actions:
        if isinstance(action, list):
            yield from _flat(action)
        elif "compoundActions" in action:
            yield from _flat(action["compoundActions"])
        else:
            yield action


def _kind(action: dict[str, Any]) -> tuple[Any, ...]:
    """What of an action may not change from turn to turn; a timer may be given up later."""
    return action.get("functionName"), action.get("input"), action.get("fireAt")
