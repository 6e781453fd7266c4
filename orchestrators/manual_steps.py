"""Runs a job's orchestrator outside the durable engine, until it would have to wait.

The orchestrator and the activities are the same, so a step that runs both here and in the engine does no harm.
"""

import json
from collections.abc import Awaitable, Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from orchestrators.messages import RecordProgress
from quantum.jobs.model import Job
from quantum.wire.records import record

type Process = Callable[[Any], Generator[Any, Any, Any]]
type Activities = Mapping[str, Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]]


@record
class ManualSteps:
    """An orchestrator, its activities by name, and a clock."""

    process: Process
    activities: Activities
    now: Callable[[], datetime]

    async def take_step(self, job: Job) -> bool:
        """Continue a job until it would have to wait, and record its state; return True where it has ended."""
        # What the stalled orchestration sent last is uncertain, and its state is older than this one from now on.
        outside = job.progress.steps_outside + 1
        resumed = replace(job, progress=replace(job.progress, may_be_submitted=True, steps_outside=outside))
        turn = _Turn(resumed, self.now)
        generator = self.process(turn)
        task = next(generator, None)
        while task is not None:
            task = await self._resume(generator, task)
        if turn.carried is not None:
            record = RecordProgress(Job.from_wire(turn.carried))
            await self._act(record.activity, record.to_wire())
        return turn.carried is None

    async def _resume(self, generator: Generator[Any, Any, Any], task: Any) -> Any:
        try:
            if not isinstance(task, _Call):
                return generator.send(task.result())
            try:
                outcome = await self._act(task.activity, task.payload)
            except Exception as error:  # noqa: BLE001  # an activity may raise anything; the orchestrator handles it
                return generator.throw(RuntimeError(str(error) or type(error).__name__))
            return generator.send(outcome)
        except StopIteration:
            return None

    async def _act(self, activity: str, payload: Any) -> Any:
        return _serialized(await self.activities[activity](_serialized(payload)))


@record
class _Call:
    activity: str
    payload: Any


@dataclass
class _Timer:
    """A timer that never completes."""

    is_completed: bool = False

    def cancel(self) -> None:
        """Do nothing."""

    def result(self) -> None:
        """Resume the orchestrator with the timer not completed."""


@dataclass
class _Event:
    """An event that completes as soon as it is awaited."""

    is_completed: bool = False

    def result(self) -> "_Event":
        """Complete the event."""
        self.is_completed = True
        return self


class _Turn:
    """The context that the engine would pass to the orchestrator."""

    def __init__(self, job: Job, now: Callable[[], datetime]) -> None:
        self.instance_id = job.id
        self.version: str | None = None  # the newest version: docs/operations.md
        self.carried: dict[str, Any] | None = None
        self._input = job.to_wire()
        self._now = now

    @property
    def current_utc_datetime(self) -> datetime:
        """The current time."""
        return self._now()

    def get_input(self) -> Any:
        """Return the job, as JSON."""
        return _serialized(self._input)

    def call_activity(self, name: str, payload: Any) -> _Call:
        """Request an activity call."""
        return _Call(name, payload)

    def create_timer(self, due: datetime) -> _Timer:  # noqa: ARG002
        """Request a timer."""
        return _Timer()

    def wait_for_external_event(self, name: str) -> _Event:  # noqa: ARG002
        """Wait for an event."""
        return _Event()

    def task_any(self, tasks: Sequence[Any]) -> Any:
        """Return the event, which always completes first."""
        return next(task for task in tasks if isinstance(task, _Event))

    def set_custom_status(self, status: Any) -> None:
        """Ignore the status: nobody reads it here."""

    def continue_as_new(self, carried: Any) -> None:
        """Store the job's state for the next round."""
        self.carried = carried


def _serialized(value: Any) -> Any:
    """Serialize a value as the engine does, so that both behave alike."""
    return json.loads(json.dumps(value))
