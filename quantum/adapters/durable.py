"""The durable engine behind the Orchestrations port: azure-functions-durable's client, for one invocation."""

from typing import Any

from quantum.errors import ServiceUnavailableError
from quantum.model import Job

ORCHESTRATOR = "run_job"
WAKE_EVENT = "wake"


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
            if not await self.exists(job.id):
                raise ServiceUnavailableError("The durable engine did not take the job.") from error

    async def exists(self, job_id: str) -> bool:
        """Whether an orchestration with this id is known, running or not."""
        try:
            return bool(await self._client.get_status(job_id))
        except Exception as error:
            raise ServiceUnavailableError("The durable engine does not answer.") from error

    async def wake(self, job_id: str) -> None:
        """End the current pause of a waiting orchestration; a hint, lost without harm."""
        try:
            await self._client.raise_event(job_id, WAKE_EVENT, None)
        except Exception:  # noqa: BLE001  # it may have ended, or not have begun: the flag in the index says the same
            return
