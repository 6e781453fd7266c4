"""The durable engine behind the Orchestrations port: azure-functions-durable's client, for one invocation."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import batched
from typing import Any

from azure.durable_functions import DurableOrchestrationClient, OrchestrationRuntimeStatus, Orchestrator

from quantum.jobs.errors import ServiceUnavailableError
from quantum.jobs.ids import NEXT_LOOK, RUN_JOB, WAKE
from quantum.jobs.model import Job
from quantum.ports import InstanceStatus, State
from quantum.wire import codec as wire

STATES: dict[str, State] = {"Completed": "ended", "Failed": "died", "Canceled": "died", "Terminated": "died"}
BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)
PURGED_AT_ONCE = 8


def connect_to_engine(binding: str) -> "DurableOrchestrations":
    """Make the client that a durableClient binding describes, as JSON."""
    return DurableOrchestrations(DurableOrchestrationClient(binding))


def replayed(process: Callable[[Any], Any]) -> Callable[[Any], str]:
    """Let the SDK run an orchestrator: from the context of a turn, as JSON, to its actions, as JSON."""
    turn: Callable[[Any], str] = Orchestrator.create(process)
    return turn


class DurableOrchestrations:
    """Wraps the `DurableOrchestrationClient` that a door's durableClient binding was given.

    The client raises bare exceptions; what they mean is found by asking for the instance's status.
    """

    def __init__(self, client: Any) -> None:
        self._client = client

    async def start(self, job: Job) -> None:
        """Start the job's orchestration unless one with its id runs.

        The client keeps its connections, and one that was closed while it idled is noticed by the request that needs
        it: what did not come there is sent once more.
        """
        for is_last in (False, True):
            try:
                await self._client.start_new(RUN_JOB, job.id, job.to_wire())
            except Exception as error:
                if await self.state(job.id) == "running":
                    return
                if is_last:
                    raise ServiceUnavailableError("The durable engine did not take the job.") from error
            else:
                return

    async def state(self, job_id: str) -> State:
        """What has become of the orchestration with this id."""
        return (await self.status(job_id)).state

    async def status(self, job_id: str) -> InstanceStatus:
        """How the orchestration with this id stands."""
        try:
            status = await self._client.get_status(job_id)
        except Exception as error:
            raise ServiceUnavailableError("The durable engine does not answer.") from error
        if not status:
            return InstanceStatus("unknown")
        word = status.runtime_status.name
        if word == "Suspended":  # by an operator, who alone lets it go on
            return InstanceStatus("running")
        return InstanceStatus(STATES.get(word, "running"), status.last_updated_time, _announced(status.custom_status))

    async def purge(self, before: datetime, prefixes: Sequence[str]) -> None:
        """Forget orchestrations that ended before a moment, of ids that begin so: as many as a page has of each."""
        try:
            for prefix in prefixes:
                # What was created later cannot have ended before; when it last moved is when it ended.
                page = await self._client.get_status_by(BEGINNING, before, _ended_states(), prefix)
                ended = [status.instance_id for status in page if status.last_updated_time < before]
                for some in batched(ended, PURGED_AT_ONCE, strict=False):
                    await asyncio.gather(*map(self._client.purge_instance_history, some))
        except Exception as error:
            raise ServiceUnavailableError("The durable engine does not answer.") from error

    async def wake(self, job_id: str) -> None:
        """End the current pause of a waiting orchestration; a hint, lost without harm."""
        try:
            await self._client.raise_event(job_id, WAKE, None)
        except Exception:  # noqa: BLE001  # it may have ended, or not have begun: the flag in the index says the same
            return


def _announced(custom_status: object) -> datetime | None:
    until = custom_status.get(NEXT_LOOK) if isinstance(custom_status, dict) else None
    return wire.moment(until) if isinstance(until, str) else None


def _ended_states() -> list[Any]:
    return [OrchestrationRuntimeStatus[name] for name in STATES]
