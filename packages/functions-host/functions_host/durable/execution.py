"""The state of one execution, computed from its history: open tasks, awaited events, actions already seen."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Self

from .actions import CallActivity, CallSubOrchestrator, Retry
from .history import Event, EventType, moment

COMPLETIONS = frozenset(
    {
        EventType.TASK_COMPLETED,
        EventType.TASK_FAILED,
        EventType.SUB_ORCHESTRATION_COMPLETED,
        EventType.SUB_ORCHESTRATION_FAILED,
    }
)
FAILURES = frozenset({EventType.TASK_FAILED, EventType.SUB_ORCHESTRATION_FAILED})
EVENT_SIGNATURE = "event "


@dataclass(frozen=True)
class Attempt:
    """A call in progress, and its attempt number."""

    call: CallActivity | CallSubOrchestrator
    number: int

    def to_wire(self) -> dict[str, Any]:
        """Return the fields of a scheduling event."""
        retry = self.call.retry
        options = [retry.interval / timedelta(milliseconds=1), retry.attempts] if retry else None
        fields = {"Name": self.call.name, "Input": self.call.input, "Retry": options, "Attempt": self.number}
        if isinstance(self.call, CallSubOrchestrator):
            fields |= {"InstanceId": self.call.instance_id, "Version": self.call.version}
        return fields

    @classmethod
    def from_wire(cls, fields: dict[str, Any]) -> Self:
        """Read it back; the own id of a sub-orchestration is the one that the code chose, if any."""
        name, text, number = fields["Name"], fields["Input"], fields["Attempt"]
        retry = fields["Retry"] and Retry(timedelta(milliseconds=fields["Retry"][0]), fields["Retry"][1])
        if "InstanceId" not in fields:
            return cls(CallActivity(name, text, retry), number)
        own_id = fields.get("OwnId", fields["InstanceId"])
        return cls(CallSubOrchestrator(name, text, own_id, fields["Version"], retry), number)


@dataclass(frozen=True)
class Pause:
    """A durable timer; `again` is the failed attempt before it."""

    fire_at: datetime
    again: Attempt | None = None

    @property
    def precedes_attempt(self) -> bool:
        """Whether another attempt follows; otherwise the code gets the failure."""
        if self.again is None or self.again.call.retry is None:
            return False
        return self.again.number < self.again.call.retry.attempts


@dataclass
class Execution:
    """The state of one execution; `apply` is its only way to change."""

    execution_id: str
    name: str
    started: bool = False
    suspended: bool = False
    last_turn: datetime | None = None
    next_id: int = 0
    signatures: list[str] = field(default_factory=list)
    open: dict[int, Attempt | Pause] = field(default_factory=dict)
    _waits: dict[str, list[str]] = field(default_factory=dict)
    _timers: dict[int, int] = field(default_factory=dict)

    @classmethod
    def replayed(cls, execution_id: str, name: str, history: Iterable[Event]) -> Self:
        """Build the state that this history leads to."""
        execution = cls(execution_id, name)
        for item in history:
            execution.apply(item)
        return execution

    def apply(self, item: Event) -> None:
        """Apply one event of the history."""
        match EventType(item["EventType"]):
            case EventType.ORCHESTRATOR_STARTED:
                self.last_turn = moment(item["Timestamp"])
            case EventType.EXECUTION_STARTED:
                self.started = True
            case EventType.EXECUTION_SUSPENDED | EventType.EXECUTION_RESUMED as kind:
                self.suspended = kind is EventType.EXECUTION_SUSPENDED
            case EventType.EVENT_RAISED:
                self._waits[item["Name"].casefold()].pop()
            case EventType.ORCHESTRATOR_COMPLETED:
                self._see(item["Actions"])
                for task_id in item["Cancelled"]:
                    self.open.pop(task_id, None)
            case kind:
                self._change_tasks(kind, item)

    def _change_tasks(self, kind: EventType, item: Event) -> None:
        match kind:
            case EventType.TASK_SCHEDULED | EventType.SUB_ORCHESTRATION_CREATED:
                self._open(item["EventId"], Attempt.from_wire(item))
            case EventType.TIMER_CREATED:
                self._open_timer(item)
            case _ if kind is EventType.TIMER_FIRED or kind in COMPLETIONS:
                self.open.pop(self._task_id(item), None)
            case _:
                pass  # How the execution ended: nothing follows from it.

    def _open(self, task_id: int, task: Attempt | Pause) -> None:
        self.open[task_id] = task
        self.next_id = task_id + 1

    def _open_timer(self, item: Event) -> None:
        again = Attempt.from_wire(item["Again"]) if "Again" in item else None
        self._open(item["EventId"], Pause(moment(item["FireAt"]), again))
        if "Action" in item:
            self._timers[item["Action"]] = item["EventId"]

    def _see(self, signatures: list[str]) -> None:
        self.signatures += signatures
        for signature in signatures:
            if signature.startswith(EVENT_SIGNATURE):
                name = signature.removeprefix(EVENT_SIGNATURE)
                self._waits.setdefault(name.casefold(), []).append(name)

    def awaits(self, name: str) -> str | None:
        """Return the code's spelling of an awaited event; None where the code does not wait for it."""
        names = self._waits.get(name.casefold())
        return names[-1] if names else None

    def answers(self, message: Event) -> int | None:
        """Return the open task that this message completes; None if it is stale."""
        task_id = self._task_id(message)
        task = self.open.get(task_id)
        is_timer = message["EventType"] == EventType.TIMER_FIRED
        return task_id if task is not None and isinstance(task, Pause) == is_timer else None

    def moves_retry(self, message: Event) -> bool:
        """Whether the message starts the next pause or attempt of a call without waking the code."""
        match self.open.get(self._task_id(message)):
            case Attempt(call):
                return call.retry is not None and message["EventType"] in FAILURES
            case Pause() as pause:
                return pause.precedes_attempt and message["EventType"] == EventType.TIMER_FIRED
            case None:
                return False

    def moved_attempt(self, message: Event) -> Attempt | None:
        """Return the attempt that failed, or the one before the timer that fired."""
        task = self.open[self._task_id(message)]
        return task.again if isinstance(task, Pause) else task

    def fires_at(self, message: Event) -> datetime | None:
        """Return the planned time of the timer that fired."""
        task = self.open.get(self._task_id(message))
        return task.fire_at if isinstance(task, Pause) else None

    def timer_of(self, index: int) -> int | None:
        """Return the task id of the open timer of this action, if there is one."""
        task_id = self._timers.get(index, -1)
        return task_id if task_id in self.open else None

    @staticmethod
    def _task_id(message: Event) -> int:
        key = "TimerId" if message["EventType"] == EventType.TIMER_FIRED else "TaskScheduledId"
        task_id: int = message.get(key, -1)
        return task_id
