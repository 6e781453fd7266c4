"""The durable engine as a door sees it, in memory."""

from collections.abc import Sequence
from datetime import datetime

from quantum.jobs.model import Job
from quantum.ports import InstanceStatus, State
from tests.support.fakes.failing import Failing


class InMemoryOrchestrations(Failing):
    """The Orchestrations port on dicts; `started` counts the starts of an id, `inputs` has its last input.

    Every instance runs until a test writes another state; `woken` keeps the hints, `watchers` the
    workspaces whose watcher was started, `purges` and `purged` what was to be
    forgotten. Of those that `moved` names it tells when they last moved, and when the pause ends that they announced.
    """

    def __init__(self) -> None:
        super().__init__()
        self.started: dict[str, int] = {}
        self.inputs: dict[str, Job] = {}
        self.states: dict[str, State] = {}
        self.moved: dict[str, datetime] = {}
        self.pauses_until: dict[str, datetime] = {}
        self.woken: list[str] = []
        self.watchers: list[str] = []
        self.purges: list[datetime] = []
        self.purged: list[list[str]] = []

    async def start(self, job: Job) -> None:
        """Start the job's orchestration unless one with its id runs."""
        self._answer()
        if self.states.get(job.id) == "running":
            return
        self.started[job.id] = self.started.get(job.id, 0) + 1
        self.inputs[job.id] = job
        self.states[job.id] = "running"

    async def start_batch(self, batch_id: str) -> None:
        """Start the batch's orchestration unless one with its id runs."""
        self._answer()
        if self.states.get(batch_id) != "running":
            self.started[batch_id] = self.started.get(batch_id, 0) + 1
            self.states[batch_id] = "running"

    async def start_watcher(self, workspace: str) -> None:
        """Start the watcher of a workspace."""
        self._answer()
        self.watchers.append(workspace)

    async def state(self, job_id: str) -> State:
        """What has become of the orchestration with this id."""
        self._answer()
        return self.states.get(job_id, "unknown")

    async def status(self, job_id: str) -> InstanceStatus:
        """How the orchestration with this id stands."""
        return InstanceStatus(await self.state(job_id), self.moved.get(job_id), self.pauses_until.get(job_id))

    async def purge(self, before: datetime, prefixes: Sequence[str]) -> None:
        """Keep the moment, and whose turn it was."""
        self._answer()
        self.purges.append(before)
        self.purged.append(list(prefixes))

    async def wake(self, job_id: str) -> None:
        """Keep the hint."""
        self.woken.append(job_id)
