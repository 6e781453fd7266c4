"""What an orchestrator function returns: its actions so far, and whether it has completed."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from .history import moment, to_text

OUT_OF_PROC_DATA = "$OutOfProcData$:"


@dataclass(frozen=True)
class Retry:
    """The retry policy of a call: a pause and a number of attempts, as in the SDK."""

    interval: timedelta
    attempts: int


@dataclass(frozen=True)
class CallActivity:
    """Run an activity function; `input` is JSON text."""

    name: str
    input: str | None
    retry: Retry | None = None

    @property
    def signature(self) -> str:
        """What must be the same in every replay."""
        return f"activity {self.name}"


@dataclass(frozen=True)
class CallSubOrchestrator:
    """Run another orchestration and take its output; `input` is JSON text."""

    name: str
    input: str | None
    instance_id: str | None = None
    version: str | None = None
    retry: Retry | None = None

    @property
    def signature(self) -> str:
        """What must be the same in every replay."""
        return f"sub-orchestrator {self.name}"


@dataclass(frozen=True)
class CreateTimer:
    """Wake up at a time, unless cancelled meanwhile."""

    fire_at: datetime
    cancelled: bool = False

    signature = "timer"


@dataclass(frozen=True)
class WaitForEvent:
    """Take one external event of this name."""

    name: str

    @property
    def signature(self) -> str:
        """What must be the same in every replay."""
        return f"event {self.name}"


@dataclass(frozen=True)
class ContinueAsNew:
    """Start over with this input (JSON text) and an empty history."""

    input: str | None

    signature = "continue-as-new"


@dataclass(frozen=True)
class Unsupported:
    """An action that this host does not carry out, and why."""

    reason: str

    signature = "unsupported"


type Action = CallActivity | CallSubOrchestrator | CreateTimer | WaitForEvent | ContinueAsNew | Unsupported


@dataclass(frozen=True)
class Answer:
    """One turn's answer; `output` and `custom_status` are JSON text, `error` the exception's message."""

    actions: tuple[Action, ...] = ()
    done: bool = False
    output: str | None = None
    custom_status: str | None = None
    error: str | None = None
    details: str = ""


def read_answer(text: str) -> Answer:
    """Read what an orchestrator function returned."""
    state = json.loads(text)
    return Answer(
        actions=tuple(_flat([action for group in state["actions"] for action in group])),
        done=bool(state["isDone"]),
        output=_json_or_none(state, "output"),
        custom_status=_json_or_none(state, "customStatus"),
        error=state.get("error"),
    )


def read_failure(message: str, stack_trace: str) -> Answer:
    """Read the answer that the SDK hides in the message of an orchestrator's exception."""
    position = message.find(OUT_OF_PROC_DATA)
    while position >= 0:
        try:
            answer = read_answer(message[position + len(OUT_OF_PROC_DATA) :])
        except (ValueError, KeyError, TypeError):
            # The user's own text may contain the label too; the SDK's is the one that JSON follows.
            position = message.find(OUT_OF_PROC_DATA, position + 1)
        else:
            return replace(answer, done=False, error=answer.error or message[:position], details=stack_trace)
    return Answer(error=message, details=stack_trace)


def _json_or_none(state: dict[str, Any], key: str) -> str | None:
    return to_text(state[key]) if state.get(key) is not None else None


def _flat(actions: list[dict[str, Any]]) -> Iterator[Action]:
    for action in actions:
        if "compoundActions" in action:
            yield from _flat(action["compoundActions"])
        else:
            yield _action(action)


def _action(action: dict[str, Any]) -> Action:
    kind = action["actionType"]
    read = _READERS.get(kind)
    if read is None:
        return Unsupported(f"it took an action of type {kind}, which this host does not know")
    return read(action)


def _call_activity(action: dict[str, Any]) -> Action:
    return CallActivity(action["functionName"], action.get("input"), _retry(action))


def _call_sub_orchestrator(action: dict[str, Any]) -> Action:
    name, text = action["functionName"], action.get("input")
    return CallSubOrchestrator(name, text, action.get("instanceId"), action.get("version"), _retry(action))


def _use_entity(action: dict[str, Any]) -> Action:
    return Unsupported(
        f"it uses the entity '{action.get('instanceId')}' (operation '{action.get('operation')}'), "
        "and this host has no entities; they need the Durable extension"
    )


def _call_http(action: dict[str, Any]) -> Action:
    uri = action.get("httpRequest", {}).get("uri")
    return Unsupported(f"it uses call_http ({uri}), which this host does not do; call it in an activity")


def _retry(action: dict[str, Any]) -> Retry | None:
    options = action.get("retryOptions")
    if not options:
        return None
    interval = timedelta(milliseconds=options["firstRetryIntervalInMilliseconds"])
    return Retry(interval, options["maxNumberOfAttempts"])


_READERS: dict[int, Callable[[dict[str, Any]], Action]] = {
    0: _call_activity,
    1: _call_activity,
    2: _call_sub_orchestrator,
    3: _call_sub_orchestrator,
    4: lambda action: ContinueAsNew(action.get("input")),
    5: lambda action: CreateTimer(moment(action["fireAt"]), bool(action.get("isCanceled"))),
    6: lambda action: WaitForEvent(action["externalEventName"]),
    7: _use_entity,
    8: _call_http,
    9: _use_entity,
    10: _use_entity,
}
