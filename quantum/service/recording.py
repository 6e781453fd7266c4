"""Writes the states of a job to the index, each by the activity that brings it about, and counts them.

An activity may run again after it has recorded a state. It then takes the moment of that state from the index, so that
the index, the orchestration and the answer have the same moments.
"""

from contextlib import suppress
from datetime import datetime
from typing import Self

from quantum.jobs.errors import ServiceError
from quantum.jobs.model import Job
from quantum.ports import Entry, Services
from quantum.service.cancellation import require_current
from quantum.telemetry import names as telemetry
from quantum.wire import codec

LONG_BYTES = 1024 * 1024  # a transfer of more takes long enough for somebody to look


async def record(services: Services, job: Job) -> None:
    """Write the current state of a job."""
    await services.index.record(job)
    count_move(services, job)


async def try_to_record(services: Services, job: Job, entry: Entry | None) -> bool:
    """Write the state of a job unless its entry has it; return False where the index cannot be written now.

    A step that has had its effect does not fail because of the index.
    """
    if entry is not None and _has(entry.job, job):
        return True
    try:
        await record(services, job)
    except ServiceError:
        return False
    return True


class PassingPhase:
    """The phase of a step that mostly takes a moment: recorded only if that takes long, or fails.

    Else the index has it with the phase that follows.
    """

    def __init__(self, services: Services, job: Job) -> None:
        self._services = services
        self._job = job
        self._is_shown = False

    async def show(self) -> Entry | None:
        """Record the phase, and return the entry before; raise OvertakenError if the state is outdated."""
        entry = await require_current(self._services, self._job)
        self._is_shown = await try_to_record(self._services, self._job, entry)
        return entry

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: object, trace: object) -> None:
        if self._is_shown:
            return
        if kind is None:
            count_move(self._services, self._job)
        elif issubclass(kind, Exception):
            with suppress(ServiceError):  # the next attempt shows it
                await self.show()


def moment_of_move(job: Job, entry: Entry | None, now: datetime) -> datetime:
    """Return when an earlier run of the same activity recorded that the job left this state, or now."""
    mine, recorded = job.history, entry.job.history if entry else ()
    if len(recorded) > len(mine) and recorded[: len(mine)] == mine:
        return codec.moment(recorded[len(mine)]["at"])
    return now


def count_move(services: Services, job: Job) -> None:
    """Count and log the phase of a job."""
    facts = telemetry.about(job)
    services.telemetry.measure(telemetry.PHASES, 1, facts)
    telemetry.log_event(telemetry.JOB_MOVED, facts)


def _has(recorded: Job, job: Job) -> bool:
    return recorded.history == job.history and recorded.progress.steps_outside == job.progress.steps_outside
