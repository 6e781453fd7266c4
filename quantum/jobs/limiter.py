"""The port of the limiter: which jobs may be at work at the same time, whatever process runs them.

`quantum.jobs.places` has the rules. Where nothing is limited, `NoLimit` costs nothing.
"""

from typing import Protocol

from quantum.jobs.places import Candidate
from quantum.wire.records import record


@record
class Admitted:
    """The reply to a request: `pause_seconds` is None for a job that has a place, else its longest pause.

    `called` are other jobs whose turn has come: whoever receives the reply wakes them. A wake-up that is lost costs a
    job no more than its pause.
    """

    pause_seconds: float | None = None
    called: tuple[str, ...] = ()


class Limiter(Protocol):
    """A limited number of places for each key."""

    async def take(self, key: str, candidate: Candidate) -> Admitted:
        """Take a place or renew it, or wait in line for one."""
        ...

    async def release(self, key: str, job_id: str) -> Admitted:
        """Give a place or a turn back; a job that has none is no error."""
        ...

    async def close(self) -> None:
        """Close the connections."""
        ...


class NoLimit:
    """The port where everybody is admitted at once."""

    async def take(self, key: str, candidate: Candidate) -> Admitted:  # noqa: ARG002
        """Admit the job."""
        return Admitted()

    async def release(self, key: str, job_id: str) -> Admitted:  # noqa: ARG002
        """Do nothing."""
        return Admitted()

    async def close(self) -> None:
        """Do nothing."""
