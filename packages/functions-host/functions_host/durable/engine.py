"""The rules of one orchestration: what enters a turn, and what follows from the answer of the code.

Theory of operation
-------------------
The code of an orchestrator runs in the worker, under the SDK, which replays it from the history on every turn.
The host never sees the code, only the list of actions that it took so far. Both sides number the tasks by
themselves, and nothing tells them when they disagree. Hence these rules, on which the whole host stands:

 1. An `Execution` is the fold of its history: `apply` is the only way that it changes, live and after a restart.
 2. A turn is `OrchestratorStarted`, the new events, their consequences, `OrchestratorCompleted`; it enters the
    journal whole or not at all. Its time is never before the last turn's, nor before a timer that fired in it.
 3. Task ids count up from 0, one for each activity, sub-orchestration and timer, in the order of the actions.
    Waiting for an external event takes none: events are matched by name.
 4. The list of actions only grows. What was in it before must be in it again, in the same place; otherwise the
    code has changed under a running instance, which fails and says so (non-determinism).
 5. A call with retries takes one id for each attempt and one for each pause after a failed attempt, the last
    one included. The SDK hands those out while it reads the event, before the code goes on. So in one turn the
    events that move a retry come before those that can wake the code; they need no code of their own.
 6. Many completions may share a turn, in the order in which they arrived; the SDK reads them one after another.
 7. An external event waits in the inbox until the code waits for its name, whatever its case, and then carries
    the name as the code spells it. It is the first to wake the code in its turn: the code may continue as new
    at any event, and what came after it in that turn would be lost.
    (The extension writes events into the history at once; the SDK then gives the same one to every later wait.)
 8. A message that completes no open task of this execution is stale and dropped: late, twice, or from before a
    continue-as-new. An external event that is still unread is never stale: it survives continue-as-new.
    (The extension drops those that it had already buffered.)
 9. Terminating comes first, then starting, then suspending and resuming; while suspended, nothing else enters.
10. An execution that has ended stays ended: its timers are deleted, outcomes of its activities are dropped.
"""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from .actions import (
    Action,
    Answer,
    CallActivity,
    CallSubOrchestrator,
    ContinueAsNew,
    CreateTimer,
    Unsupported,
    WaitForEvent,
)
from .batching import CONTROL
from .execution import Attempt, Execution
from .history import Event, EventType, event, stamp, to_text

LARGEST_CUSTOM_STATUS = 16 * 1024


@dataclass(frozen=True)
class Catalogue:
    """The names that the app registered."""

    activities: Container[str]
    orchestrators: Container[str]


@dataclass(frozen=True)
class Ending:
    """How an execution ended; `output` is JSON text, for a continue-as-new the next input."""

    status: str
    output: str | None
    reason: str = ""
    details: str = ""

    def for_parent(self, task_id: int, at: datetime) -> Event:
        """Build the event that tells the parent of a sub-orchestration."""
        if self.status == "Completed":
            kind = EventType.SUB_ORCHESTRATION_COMPLETED
            return event(kind, at, TaskScheduledId=task_id, Result=self.output)
        kind = EventType.SUB_ORCHESTRATION_FAILED
        return event(kind, at, TaskScheduledId=task_id, Reason=self.reason, Details=self.details)


@dataclass
class Turn:
    """One turn: the events to append and the work that follows from them."""

    at: datetime
    events: list[Event] = field(default_factory=list)
    activities: dict[int, CallActivity] = field(default_factory=dict)
    timers: dict[int, datetime] = field(default_factory=dict)
    cancelled: list[int] = field(default_factory=list)
    children: dict[int, CallSubOrchestrator] = field(default_factory=dict)
    wakes_code: bool = False
    custom_status: str | None = None
    ending: Ending | None = None


def open_turn(execution: Execution, messages: Iterable[Event], now: datetime) -> Turn:
    """Begin a turn with these messages; `wakes_code` is true where the code must run."""
    messages = list(messages)
    fired = [execution.fires_at(message) for message in messages if message["EventType"] == EventType.TIMER_FIRED]
    turn = Turn(max([now, *filter(None, [execution.last_turn, *fired])]))
    _append(execution, turn, event(EventType.ORCHESTRATOR_STARTED, turn.at))
    for message in messages:
        _enter(execution, turn, message)
    return turn


def _enter(execution: Execution, turn: Turn, message: Event) -> None:
    kind = EventType(message["EventType"])
    if kind is EventType.EXECUTION_TERMINATED:
        turn.ending = Ending("Terminated", to_text(message["Input"]), message["Input"] or "")
    if kind is EventType.EVENT_RAISED:
        message = {**message, "Name": execution.awaits(message["Name"])}
    moved = execution.moved_attempt(message) if execution.moves_retry(message) else None
    _append(execution, turn, message)
    if moved is not None:
        _retry(execution, turn, moved, failed=kind is not EventType.TIMER_FIRED)
    elif kind not in CONTROL and turn.ending is None:
        turn.wakes_code = True


def _retry(execution: Execution, turn: Turn, attempt: Attempt, *, failed: bool) -> None:
    if not failed:
        _call(execution, turn, attempt.call, attempt.number + 1)
    elif attempt.call.retry is not None:
        _start_timer(execution, turn, turn.at + attempt.call.retry.interval, Again=attempt.to_wire())


def close_turn(execution: Execution, turn: Turn, answer: Answer | None, catalogue: Catalogue) -> Turn:
    """Apply the code's answer, which is None when the turn did not wake it."""
    if answer is not None:
        turn.ending = _consequences(execution, turn, answer, catalogue)
    if turn.ending is not None and turn.ending.status not in {"ContinuedAsNew", "Terminated"}:
        completed = event(
            EventType.EXECUTION_COMPLETED,
            turn.at,
            OrchestrationStatus=turn.ending.status,
            Result=turn.ending.output,
        )
        _append(execution, turn, completed)
    signatures = [action.signature for action in answer.actions] if answer else []
    new = signatures[len(execution.signatures) :]
    completed = event(EventType.ORCHESTRATOR_COMPLETED, turn.at, Actions=new, Cancelled=turn.cancelled)
    _append(execution, turn, completed)
    return turn


def _consequences(execution: Execution, turn: Turn, answer: Answer, catalogue: Catalogue) -> Ending | None:
    if len((answer.custom_status or "").encode("utf-16-le")) > LARGEST_CUSTOM_STATUS:
        return _failure(execution, "its custom status is larger than 16 KB of UTF-16 text")
    turn.custom_status = answer.custom_status
    changed = _changed_action(execution.signatures, answer.actions)
    restart_or_refusal = None if changed else _carry_out_all(execution, turn, answer.actions, catalogue)
    if answer.error is not None:
        return _failure(execution, answer.error, answer.details)
    if changed is not None:
        return _failure(execution, changed)
    if restart_or_refusal is not None:
        return restart_or_refusal
    return Ending("Completed", answer.output or "null") if answer.done else None


def _changed_action(before: Sequence[str], actions: Sequence[Action]) -> str | None:
    now = [action.signature for action in actions]
    for index, former in enumerate(before):
        current = f"'{now[index]}'" if index < len(now) else "nothing"
        if current != f"'{former}'":
            return (
                "Non-Deterministic workflow detected: a previous execution of this orchestration took as action "
                f"{index} '{former}', but the current replay took {current}. "
                "Was a change made to the orchestrator code after this instance had already started running?"
            )
    return None


def _carry_out_all(execution: Execution, turn: Turn, actions: Sequence[Action], catalogue: Catalogue) -> Ending | None:
    for index, action in enumerate(actions):
        if index >= len(execution.signatures):
            ending = _carry_out(execution, turn, action, index, catalogue)
            if ending is not None:
                return ending
        elif isinstance(action, CreateTimer) and action.cancelled:
            _cancel(execution, turn, index)
    return None


def _carry_out(execution: Execution, turn: Turn, action: Action, index: int, catalogue: Catalogue) -> Ending | None:
    match action:
        case CallActivity() | CallSubOrchestrator():
            return _call_known(execution, turn, action, catalogue)
        case CreateTimer(fire_at, cancelled):
            task_id = _start_timer(execution, turn, fire_at, Action=index)
            if cancelled:
                _cancel(execution, turn, index)
                del turn.timers[task_id]
        case ContinueAsNew(new_input):
            return Ending("ContinuedAsNew", new_input)
        case Unsupported(reason):
            return _failure(execution, reason)
        case WaitForEvent():
            pass  # Identified by its signature, which OrchestratorCompleted stores.
    return None


def _call_known(
    execution: Execution, turn: Turn, call: CallActivity | CallSubOrchestrator, catalogue: Catalogue
) -> Ending | None:
    if isinstance(call, CallActivity):
        names, kind = catalogue.activities, "an activity function"
    else:
        names, kind = catalogue.orchestrators, "an orchestrator function"
    if call.name not in names:
        return _failure(execution, f"The function '{call.name}' doesn't exist, is disabled, or is not {kind}.")
    _call(execution, turn, call, 1)
    return None


def _call(execution: Execution, turn: Turn, call: CallActivity | CallSubOrchestrator, attempt: int) -> None:
    task_id = execution.next_id
    fields = Attempt(call, attempt).to_wire()
    if isinstance(call, CallActivity):
        turn.activities[task_id] = call
        kind = EventType.TASK_SCHEDULED
    else:
        call = replace(call, instance_id=call.instance_id or f"{execution.execution_id}:{task_id:04x}")
        turn.children[task_id] = call
        kind = EventType.SUB_ORCHESTRATION_CREATED
        fields = {**fields, "InstanceId": call.instance_id, "OwnId": fields["InstanceId"]}
    _append(execution, turn, {**event(kind, turn.at, **fields), "EventId": task_id})


def _start_timer(execution: Execution, turn: Turn, fire_at: datetime, **origin: object) -> int:
    task_id = execution.next_id
    created = event(EventType.TIMER_CREATED, turn.at, FireAt=stamp(fire_at), **origin)
    _append(execution, turn, {**created, "EventId": task_id})
    turn.timers[task_id] = fire_at
    return task_id


def _cancel(execution: Execution, turn: Turn, index: int) -> None:
    task_id = execution.timer_of(index)
    if task_id is not None:
        turn.cancelled.append(task_id)


def _append(execution: Execution, turn: Turn, item: Event) -> None:
    turn.events.append(item)
    execution.apply(item)


def _failure(execution: Execution, reason: str, details: str = "") -> Ending:
    message = f"Orchestrator function '{execution.name}' failed: {reason}"
    return Ending("Failed", to_text(message), message, details)
