"""Takes a step of a job outside of the durable engine: drives its process by hand, as far as it comes unwaiting.

The process and the activities are the same, so what is done twice, here and there, is as harmless as it is there.
"""

import json
from collections.abc import Awaitable, Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from orchestrators.messages import RecordProgress
from quantum.jobs.model import Job

type Process = Callable[[Any], Generator[Any, Any, Any]]
type Activities = Mapping[str, Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]]


@dataclass(frozen=True)
class ByHand:
    """A process, its activities by name, and the time."""

    process: Process
    activities: Activities
    now: Callable[[], datetime]

    async def take_step(self, job: Job) -> bool:
        """Go on with a job until it would have to wait, and keep what has been learnt; True where it has ended."""
        # Nobody knows what the orchestration sent last, and what it knows is older from now on.
        outside = job.progress.steps_outside + 1
        begun = replace(job, progress=replace(job.progress, may_be_submitted=True, steps_outside=outside))
        turn = _Turn(begun, self.now)
        generator = self.process(turn)
        waited_for = next(generator, None)
        while waited_for is not None:
            waited_for = await self._go_on(generator, waited_for)
        if turn.carried is not None:
            record = RecordProgress(Job.from_wire(turn.carried))
            await self._act(record.activity, record.to_wire())
        return turn.carried is None

    async def _go_on(self, generator: Generator[Any, Any, Any], waited_for: Any) -> Any:
        try:
            if not isinstance(waited_for, _Call):
                return generator.send(waited_for.passed())
            try:
                outcome = await self._act(waited_for.activity, waited_for.payload)
            except Exception as error:  # noqa: BLE001  # an activity may raise anything, and the process hears of it
                return generator.throw(RuntimeError(str(error) or type(error).__name__))
            return generator.send(outcome)
        except StopIteration:
            return None

    async def _act(self, activity: str, payload: Any) -> Any:
        return _as_sent(await self.activities[activity](_as_sent(payload)))


@dataclass(frozen=True)
class _Call:
    activity: str
    payload: Any


@dataclass
class _Timer:
    """A pause: nobody waits for it."""

    is_completed: bool = False

    def cancel(self) -> None:
        """There is nothing to give up."""

    def passed(self) -> None:
        """The process finds it not completed."""


@dataclass
class _Event:
    """An event: whoever waits for it is woken at once."""

    is_completed: bool = False

    def passed(self) -> "_Event":
        """The process finds it completed."""
        self.is_completed = True
        return self


class _Turn:
    """What a process sees of the engine."""

    def __init__(self, job: Job, now: Callable[[], datetime]) -> None:
        self.instance_id = job.id
        self.version: str | None = None  # a process takes its newest way: docs/operations.md
        self.carried: dict[str, Any] | None = None
        self._given = job.to_wire()
        self._now = now

    @property
    def current_utc_datetime(self) -> datetime:
        """The time."""
        return self._now()

    def get_input(self) -> Any:
        """The job."""
        return _as_sent(self._given)

    def call_activity(self, name: str, payload: Any) -> _Call:
        """Ask for a call."""
        return _Call(name, payload)

    def create_timer(self, due: datetime) -> _Timer:  # noqa: ARG002
        """Ask for a pause."""
        return _Timer()

    def wait_for_external_event(self, name: str) -> _Event:  # noqa: ARG002
        """Ask to be woken."""
        return _Event()

    def task_any(self, tasks: Sequence[Any]) -> Any:
        """Whatever comes first is the event."""
        return next(task for task in tasks if isinstance(task, _Event))

    def set_custom_status(self, status: Any) -> None:
        """Nobody looks here."""

    def continue_as_new(self, carried: Any) -> None:
        """Keep what the job has come to."""
        self.carried = carried


def _as_sent(value: Any) -> Any:
    """What the engine makes of a value on its way, so that what works here works there."""
    return json.loads(json.dumps(value))
