"""The first runs, in memory."""

from collections.abc import AsyncIterator

from quantum.jobs.first_runs import FirstRun
from tests.support.fakes.failing import Failing


class InMemoryFirstRuns(Failing):
    """The FirstRunStore port on dicts."""

    def __init__(self) -> None:
        super().__init__()
        self.first: dict[str, FirstRun] = {}
        self.waiting: dict[str, list[str]] = {}

    async def find(self, key: str) -> FirstRun | None:
        """Read the first run of a key."""
        self._answer()
        return self.first.get(key)

    async def take(self, key: str, job_id: str, former: FirstRun | None) -> bool:
        """Make a job the first run, where the one before is still the former."""
        self._answer()
        if self.first.get(key) != former:
            return False
        self.first[key] = FirstRun(job_id, str(int(former.version) + 1 if former else 0))
        return True

    async def wait_for(self, first: str, job_id: str) -> None:
        """Note that a job waits for another one."""
        self._answer()
        waiting = self.waiting.setdefault(first, [])
        waiting += [job_id] if job_id not in waiting else []

    async def waiting_for(self, first: str) -> AsyncIterator[str]:
        """List the jobs that wait for a job."""
        self._answer()
        for job_id in self.waiting.get(first, []):
            yield job_id
