"""The durable engine behind the Orchestrations port: azure-functions-durable's client, for one invocation."""

from datetime import UTC, datetime
from typing import Any, Literal

from quantum.errors import ServiceUnavailableError
from quantum.model import Job

ORCHESTRATOR = "run_job"
WAKE_EVENT = "wake"
ENDED = frozenset({"Completed", "Failed", "Canceled", "Terminated"})
BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)


class DurableOrchestrations:
    """Wraps the `DurableOrchestrationClient` that a door's durableClient binding was given.

    The client raises bare exceptions; what they mean is found by asking for the instance's status.
    """

    def __init__(self, client: Any) -> None:
        self._client = client

    async def start(self, job: Job) -> None:
        """Start the job's orchestration unless one with its id runs."""
        try:
            await self._client.start_new(ORCHESTRATOR, job.id, job.to_wire())
        except Exception as error:
            if await self.state(job.id) != "running":
                raise ServiceUnavailableError("The durable engine did not take the job.") from error

    async def state(self, job_id: str) -> Literal["unknown", "running", "ended"]:
        """What has become of the orchestration with this id."""
        try:
            status = await self._client.get_status(job_id)
        except Exception as error:
            raise ServiceUnavailableError("The durable engine does not answer.") from error
        if not status:
            return "unknown"
        return "ended" if status.runtime_status.name in ENDED else "running"

    async def purge(self, before: datetime) -> None:
        """Forget the orchestrations that ended before a moment."""
        try:
            await self._client.purge_instance_history_by(BEGINNING, before, _ended_states())
        except Exception as error:
            raise ServiceUnavailableError("The durable engine does not answer.") from error

    async def wake(self, job_id: str) -> None:
        """End the current pause of a waiting orchestration; a hint, lost without harm."""
        try:
            await self._client.raise_event(job_id, WAKE_EVENT, None)
        except Exception:  # noqa: BLE001  # it may have ended, or not have begun: the flag in the index says the same
            return


def _ended_states() -> list[Any]:
    from azure.durable_functions import OrchestrationRuntimeStatus  # noqa: PLC0415

    return [OrchestrationRuntimeStatus[name] for name in sorted(ENDED)]
