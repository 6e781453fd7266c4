"""The durable engine as a door sees it, in memory."""

from quantum.model import Job
from tests.fakes.failing import Failing


class InMemoryOrchestrations(Failing):
    """The Orchestrations port on a dict; `started` counts the starts of an id, `woken` keeps the hints."""

    def __init__(self) -> None:
        super().__init__()
        self.started: dict[str, int] = {}
        self.woken: list[str] = []

    async def start(self, job: Job) -> None:
        """Start the job's orchestration unless one with its id runs."""
        self._answer()
        self.started[job.id] = self.started.get(job.id, 0) + 1

    async def exists(self, job_id: str) -> bool:
        """Whether an orchestration with this id is known, running or not."""
        self._answer()
        return job_id in self.started

    async def wake(self, job_id: str) -> None:
        """Keep the hint."""
        self.woken.append(job_id)
