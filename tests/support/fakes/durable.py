"""Drives an orchestrator by hand: scripted outcomes for its activities, a clock that its timers put forward.

What crosses the boundary goes through JSON, as the durable engine sends it.
"""

import json
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, get_args

from orchestrators.messages import AnyRequest, Outcome, Request
from quantum.jobs.model import Job
from quantum.wire import codec

REQUESTS: Mapping[str, type[Request[Any]]] = {request.activity: request for request in get_args(AnyRequest)}

Script = Sequence[Outcome | Exception] | Callable[[Any], Outcome]
Orchestrator = Callable[[Any], Generator[Any, Any, Any]]
Run = Callable[..., tuple["HandDriven", Job]]


@dataclass(eq=False)
class Task:
    """What an orchestrator waits for."""

    kind: str
    name: str = ""
    payload: Any = None
    due: datetime | None = None
    children: tuple["Task", ...] = ()
    is_completed: bool = False
    is_cancelled: bool = False

    def cancel(self) -> None:
        """Give a timer up."""
        if self.is_completed:
            raise ValueError("Cannot cancel a completed task.")
        self.is_cancelled = True


def request_in(name: str, payload: Any) -> Any:
    """Read the request that an activity was called with; one that only a test has stays as it is."""
    return REQUESTS[name].from_wire(payload) if name in REQUESTS else payload


@dataclass
class HandDriven:
    """An orchestration: give it scripts by activity, and `run` it.

    A script is the outcomes one after another, the last one again and again; or a function of the payload. `wakes`
    are the moments at which somebody raises the event. Everything that was done is kept.
    """

    scripts: Mapping[str, Script]
    now: datetime
    wakes: list[datetime] = field(default_factory=list)
    instance_id: str = "instance"
    calls: list[tuple[str, Any]] = field(default_factory=list)
    pauses: list[timedelta] = field(default_factory=list)
    statuses: list[Any] = field(default_factory=list)
    rounds: list[Any] = field(default_factory=list)
    timers: list[Task] = field(default_factory=list)

    @property
    def current_utc_datetime(self) -> datetime:
        """The orchestration's time."""
        return self.now

    def get_input(self) -> Any:
        """What this round was started with."""
        return json.loads(json.dumps(self.rounds[-1]))

    def call_activity(self, name: str, payload: Any) -> Task:
        """Schedule an activity."""
        return Task("activity", name, json.loads(json.dumps(payload)))

    def create_timer(self, due: datetime) -> Task:
        """Schedule a timer."""
        self.timers.append(timer := Task("timer", due=due))
        return timer

    def wait_for_external_event(self, name: str) -> Task:
        """Wait for an event."""
        return Task("event", name)

    def task_any(self, tasks: Sequence[Task]) -> Task:
        """Wait for the first of several."""
        return Task("any", children=tuple(tasks))

    def set_custom_status(self, status: Any) -> None:
        """Show something."""
        self.statuses.append(json.loads(json.dumps(status)))

    def continue_as_new(self, carried: Any) -> None:
        """Begin a fresh round."""
        self.rounds.append(json.loads(json.dumps(carried)))

    def called(self, name: str) -> list[Any]:
        """The requests that an activity was called with."""
        return [request_in(name, payload) for called, payload in self.calls if called == name]

    def run(self, orchestrator: Orchestrator, start_input: Any, rounds: int = 100) -> Any:
        """Run to the end, round by round, and give the output."""
        self.rounds.append(start_input)
        for number in range(1, rounds + 1):
            output = self._one_round(orchestrator(self))
            if len(self.rounds) == number:
                return output
        raise AssertionError(f"not at its end after {rounds} rounds")

    def _one_round(self, generator: Generator[Any, Any, Any]) -> Any:
        task = next(generator)
        while True:
            try:
                value = self._complete(task)
                task = generator.throw(value) if isinstance(value, Exception) else generator.send(value)
            except StopIteration as stop:
                return stop.value

    def _complete(self, task: Task) -> Any:
        if task.kind == "activity":
            self.calls.append((task.name, task.payload))
            return self._outcome(task)
        if task.kind == "any":
            return self._first(*task.children)
        return self._fire(task)

    def _outcome(self, task: Task) -> Any:
        script = self.scripts[task.name]
        if callable(script):
            outcome: Outcome | Exception = script(request_in(task.name, task.payload))
        else:
            times = sum(name == task.name for name, _ in self.calls)
            outcome = script[min(times, len(script)) - 1]
        return outcome if isinstance(outcome, Exception) else self._dated(outcome)

    def _dated(self, outcome: Outcome) -> Any:
        """Encode an outcome; one without a moment has the present one."""
        data = json.loads(json.dumps(outcome.to_wire()))
        return data | {"at": codec.timestamp(self.now)} if data.get("at") == "" else data

    def _first(self, event: Task, timer: Task) -> Task:
        assert timer.due is not None
        if self.wakes and self.wakes[0] <= timer.due:
            self.pauses.append(max(self.wakes[0], self.now) - self.now)
            self.now = max(self.wakes.pop(0), self.now)
            event.is_completed = True
            return event
        self._fire(timer)
        return timer

    def _fire(self, timer: Task) -> None:
        assert timer.due is not None
        self.pauses.append(timer.due - self.now)
        self.now = max(self.now, timer.due)
        timer.is_completed = True
