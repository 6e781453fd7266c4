"""The Orchestrations port on azure-functions-durable's client, for one invocation."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import batched
from typing import Any

from azure.durable_functions import DurableOrchestrationClient, OrchestrationRuntimeStatus, Orchestrator

from quantum.jobs.errors import ServiceUnavailableError
from quantum.jobs.ids import NEXT_LOOK, RUN_BATCH, RUN_JOB, RUN_WATCHER, WAKE, watcher_id
from quantum.jobs.model import Job
from quantum.ports import InstanceStatus, State
from quantum.wire import codec

STATES: dict[str, State] = {"Completed": "ended", "Failed": "died", "Canceled": "died", "Terminated": "died"}
BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)
PURGED_AT_ONCE = 8


def connect_to_engine(binding: str) -> "DurableOrchestrations":
    """Make the client of a durableClient binding."""
    return DurableOrchestrations(DurableOrchestrationClient(binding))


def replayed(process: Callable[[Any], Any]) -> Callable[[Any], str]:
    """Wrap an orchestrator with the SDK: the context of a turn in, actions out, both as JSON."""
    turn: Callable[[Any], str] = Orchestrator.create(process)
    return turn


class DurableOrchestrations:
    """Wraps the `DurableOrchestrationClient` of a door's binding.

    The client raises bare exceptions; the instance's status shows what they mean.
    """

    def __init__(self, client: Any) -> None:
        self._client = client

    async def start(self, job: Job) -> None:
        """Start the job's orchestration unless one with its id runs.

        The client pools its connections, and a connection that was closed while idle fails the next request: that is
        sent once more.
        """
        await self._start(RUN_JOB, job.id, job.to_wire())

    async def start_batch(self, batch_id: str) -> None:
        """Start the batch's orchestration unless one with its id runs."""
        await self._start(RUN_BATCH, batch_id, {"id": batch_id})

    async def start_watcher(self, workspace: str) -> None:
        """Start the watcher of a workspace unless it is running: two starts at once are one instance."""
        instance_id = watcher_id(workspace)
        if await self.state(instance_id) != "running":
            await self._start(RUN_WATCHER, instance_id, {"workspace": workspace})

    async def _start(self, process: str, instance_id: str, payload: object) -> None:
        for is_last in (False, True):
            try:
                await self._client.start_new(process, instance_id, payload)
            except Exception as error:
                if await self.state(instance_id) == "running":
                    return
                if is_last:
                    raise ServiceUnavailableError(f"The durable engine did not start {instance_id}.") from error
            else:
                return

    async def state(self, job_id: str) -> State:
        """Return the state of the orchestration with this id."""
        return (await self.status(job_id)).state

    async def status(self, job_id: str) -> InstanceStatus:
        """Return the status of the orchestration with this id."""
        try:
            status = await self._client.get_status(job_id)
        except Exception as error:
            raise ServiceUnavailableError("The durable engine does not answer.") from error
        if not status:
            return InstanceStatus("unknown")
        word = status.runtime_status.name
        if word == "Suspended":  # an operator suspended it, and only an operator resumes it
            return InstanceStatus("running")
        return InstanceStatus(STATES.get(word, "running"), status.last_updated_time, _announced(status.custom_status))

    async def purge(self, before: datetime, prefixes: Sequence[str]) -> None:
        """Purge orchestrations that ended before a moment and whose id has one of the prefixes: a page of each."""
        try:
            for prefix in prefixes:
                # An instance that was created later cannot have ended before; its last update is its end.
                page = await self._client.get_status_by(BEGINNING, before, _ended_states(), prefix)
                ended = [status.instance_id for status in page if status.last_updated_time < before]
                for some in batched(ended, PURGED_AT_ONCE, strict=False):
                    await asyncio.gather(*map(self._client.purge_instance_history, some))
        except Exception as error:
            raise ServiceUnavailableError("The durable engine does not answer.") from error

    async def wake(self, job_id: str) -> None:
        """End the current pause of an orchestration; a hint that may be lost without harm."""
        try:
            await self._client.raise_event(job_id, WAKE, None)
        except Exception:  # noqa: BLE001  # it may have ended, or not have started; the flag in the index has the same effect
            return


def _announced(custom_status: object) -> datetime | None:
    until = custom_status.get(NEXT_LOOK) if isinstance(custom_status, dict) else None
    return codec.moment(until) if isinstance(until, str) else None


def _ended_states() -> list[Any]:
    return [OrchestrationRuntimeStatus[name] for name in STATES]
