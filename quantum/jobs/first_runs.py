"""The port of first runs: of equal orders that may share a result, which one runs, and which ones wait for it."""

from collections.abc import AsyncIterator
from typing import Protocol

from quantum.wire.records import record


@record
class FirstRun:
    """The job that runs for all equal ones; `version` changes with each write."""

    job_id: str
    version: str


class FirstRunStore(Protocol):
    """The first run of each key, and the jobs that wait for a job."""

    async def find(self, key: str) -> FirstRun | None:
        """Read the first run of a key."""
        ...

    async def take(self, key: str, job_id: str, former: FirstRun | None) -> bool:
        """Make a job the first run; return False where another one was faster than that or replaced the former."""
        ...

    async def wait_for(self, first: str, job_id: str) -> None:
        """Note that a job waits for another one; noted twice, it is the same."""
        ...

    def waiting_for(self, first: str) -> AsyncIterator[str]:
        """List the ids of the jobs that wait, or have waited, for a job."""
        ...

    async def close(self) -> None:
        """Close the connections."""
        ...
